/** The parts of the quick-download buttons, which build on each other like the engine's. */
interface ChudanScripts {
  /** One button; the page sees its host and nothing in it. */
  rowButton: {
    /** The attribute of our hosts, by which copies that a page made are known. */
    MARK: string;
    make(on: ButtonEvents): RowButton;
  };
  /** Watch the rows of lists; each of them in view is given to `settle` whenever it is new or has changed. */
  watchRows(
    lists: EngineList[],
    /** Attributes that say what a row is. */
    attributes: string[],
    on: {
      settle(row: Element, list: EngineList | null): void;
      /** A row went out of view; false keeps it. */
      leave(row: Element): boolean;
    },
  ): {
    start(): void;
    stop(): void;
    again(): void;
    rest(all: boolean): void;
    listOf(row: Element): EngineList | null;
  };
  /** Whether the clerk sees an element of ours. */
  sight: { begin(target: Element): void; clear(target: Element): Promise<boolean> };
  /** The frame of D7 and D8. */
  quickFrame: {
    mount(token: string, anchor: DOMRect, closed: () => void): void;
    unmount(token: string): void;
    resize(token: string, height: number): void;
  };
}

interface ButtonEvents {
  /** A trusted press. */
  press(host: HTMLElement): void;
  /** The pointer or the focus has come to it. */
  near(host: HTMLElement): void;
  focus(host: HTMLElement): void;
  blur(): void;
  /** Its cell has no room for it. */
  tight(host: Element): void;
}

interface RowButton {
  host: HTMLElement;
  show(look: RowLook): void;
  focus(): void;
  focused(): boolean;
}

type Row = import("../shared/messages.js").RowOfList;

/** How a download goes; `reason` is a key. */
interface Going {
  state: import("../shared/messages.js").DownloadState | null;
  percent: number | null;
  reason: string | null;
}

interface RowLook extends Going {
  kind: "policy" | "proposal";
  /** Signs instead of words. */
  tight: boolean;
}

/** `at`: when it was told, in milliseconds. */
interface Told extends Going {
  at: number;
}
