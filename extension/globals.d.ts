// What our own scripts of the isolated world share beside the engine (content/engine/types.d.ts). For the type
// checker only; not shipped.

type TapNote = ({ what: "network" } & NetworkNote) | { what: "dialog" } | { what: "form" };

interface ChudanScripts {
  /** Hear the tap; `wanted` is asked before an answer is copied. */
  hearTap(heard: (note: TapNote) => void, wanted: (url: string) => boolean): void;
  /** Call `look` whenever the page may have changed, and `listen` whenever listeners are gone. */
  watch(look: () => void, listen: () => void, signal: AbortSignal): { now(): void };
  /** Make one portal query with this page's session. */
  work(
    profile: EngineProfile,
    job: { query: import("./shared/messages.js").QueryName; numbers: string[]; budget: number },
  ): Promise<Outcome>;
  /** Ask the portal who is logged in. */
  whoami(profile: EngineProfile, signal: AbortSignal): Promise<Outcome>;
  /** The question frame in this page. */
  host: {
    area(): number;
    mount(token: string): boolean;
    unmount(token: string): void;
    resize(token: string, height: number): void;
    notice(text: string): void;
  };
  running?: boolean;
}
