// What our own scripts of the isolated world share beside the engine (content/engine/types.d.ts). For the type
// checker only; not shipped.

type TapNote = ({ what: "network" } & NetworkNote) | { what: "dialog"; text?: string } | { what: "form" };

/** What a page script tells the background. */
interface PageMessage {
  what: string;
  [more: string]: unknown;
}

/** What a script of ours gets once it is known whose page this is. */
interface PageReady {
  profile: EngineProfile;
  /** Our own name for this document. */
  doc: string;
  /** To the background, once; undefined when nobody took it. */
  send(message: PageMessage): Promise<any>;
  /** To the background, until it was taken. */
  deliver(message: PageMessage): Promise<any>;
  /** Ends when our script has nothing more to do here: updated, switched off, a stranger's frame. */
  signal: AbortSignal;
}

/** What the parts of main.js share of the document they are in. */
interface PageScript {
  doc: string;
  deliver(message: object): Promise<any>;
  /** Whether the extension that put us here still runs; after an update it does not. */
  alive(): boolean;
  signal: AbortSignal;
  /** Whether this is another host of the portal than the account's own. */
  away: boolean;
}

interface ChudanScripts {
  /** A random UUID. */
  newId(): string;
  account(page: PageScript): PageAccount;
  eyes(page: PageScript, account: PageAccount): PageEyes;
  /** What the background may ask for: `tabs.sendMessage(tab, {what, …}, {frameId})` gives what the function gives. */
  verbs: Record<string, (message: any, profile: EngineProfile) => any>;
  /** Told once per document, when the profile is known; served frames only, and no tab of a walk. */
  onReady(told: (page: PageReady) => void): void;
  /** Called at each look at the page (at most four a second; once a second while nothing moves). */
  onLook(look: (profile: EngineProfile) => void): void;
  /** Whether this page no longer looks as its profile says: then nothing on it is offered to the clerk. */
  drifted(): boolean;
  /** For main.js: what was registered by the two above. */
  seams: {
    ready(page: PageReady): void;
    looked(profile: EngineProfile): void;
  };
  /** Watches for a page that no longer looks as its profile says. */
  drift: {
    /** An answer that should have told something; the rule's place in the profile. */
    unread(rule: string): void;
    look(profile: EngineProfile): void;
    begin(page: PageReady): void;
  };
  /** The address of this document, or of the page that wrote it. */
  here(): string;
  /** The full address of a path of this portal. Throws for one that would leave it. */
  address(path: string): string;
  /** Ask the portal as this page would. */
  pageFetch(url: string, options: object): Promise<Response>;
  /** Make one step of a walk in this document. */
  step(step: EngineStep, values: Record<string, string>, profile: EngineProfile, patience: number): Promise<StepDone>;
  /** What an img or canvas shows, in base64; null while it shows nothing, "" where it may not be read. */
  picture(at: string): Promise<string | null>;
  /** Hear the tap; `wanted` is asked before an answer is copied. */
  hearTap(heard: (note: TapNote) => void, wanted: (answer: AnswerHead) => boolean): void;
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
    focus(token: string): boolean;
    lost(): string | null;
    unmount(token: string): void;
    resize(token: string, height: number): void;
    notice(text: string): void;
  };
  /** Fields of a page, filled in so that the page's own scripts notice. */
  fields: {
    set(element: Element | null, value: string): boolean;
    choose(element: Element | null, value: string): boolean;
    holds(element: Element | null, value: string): boolean;
    press(element: Element | null): boolean;
  };
  /** Mark this page as one of a session that is over (会话已切换). */
  mark(text: string): boolean;
  running?: boolean;
}

/** What a visit wants filled in in this document. */
interface VisitTask {
  visit: string;
  kind: "entry" | "finder";
  values: Record<string, string>;
}

/** Who is logged in, as this document shows it. */
interface PageAccount {
  login(): string | null;
  /** What the background knows; undefined where nothing was said yet. */
  known(login: string | undefined): void;
  look(profile: EngineProfile): void;
  /** The portal told this page that nobody is logged in any more. */
  over(profile: EngineProfile): void;
  /** What this document shows may be from before: a name that stands in it now is not believed. */
  doubt(profile: EngineProfile): void;
  /** Where no page of a portal says who is logged in, ask the portal: once per login, from the top page. */
  ask(profile: EngineProfile): void;
}

interface PageEyes {
  network(profile: EngineProfile, note: NetworkNote): void;
  dialog(profile: EngineProfile, text: string): void;
  look(profile: EngineProfile): void;
  /** A form was answered: the same number is news again. */
  forget(): void;
}

/** An answer of the network before it is copied: where it was asked, where it came from at last. */
interface AnswerHead {
  url: string;
  last: string;
  status: number;
}

/** `ok`: made. `gone`: the element is not there. `taken`: of `take`, the address. `stays`: of `go`, no new document comes. */
interface StepDone {
  ok: boolean;
  why?: "element_gone" | "timeout" | "other_origin";
  taken?: string;
  stays?: boolean;
}

/** A node of a recorded page: text, or an element (record/serialise.js). */
type RecordedNode = string | { tag: string; attributes: [string, string][]; children: RecordedNode[] };
