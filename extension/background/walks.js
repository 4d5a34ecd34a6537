import { api } from "../shared/api.js";
import { Kept } from "./kept.js";
import { NoWay } from "./steps.js";
import { tell } from "./tell.js";

/**
 * @import { Frames } from "./frames.js"
 * @import { Steps } from "./steps.js"
 * @typedef {object} Tour
 * @property {string} origin
 * @property {EngineWalk} walk
 * @property {Record<string, string>} values  what goes into `{name}` of a step
 * @property {number} deadline  milliseconds since 1970
 * @property {number} from  a tab of the session: it knows where the portal's paths begin now
 * @typedef {{tab: number, frame: number, taken: string | null}} There
 */

/** How often, and after how many milliseconds again, a new tab is looked at. */
const LOOKS = 100;
const PAUSE = 20;

/**
 * Walks through a portal's own pages, for portals that only their pages can ask. Each has a tab of its own, in the
 * background and closed afterwards; what happens in it is no news, and nothing is put into it. One at a time per
 * portal, so that two never share a form that the portal keeps per session.
 */
export class Walks {
  /** Tabs of walks: one left by a background that died is closed at the next start. */
  #tabs = new Kept("walks", /** @type {Record<string, true>} */ ({}));
  /** @type {Map<string, Promise<unknown>>} */
  #turns = new Map();

  /** @param {Frames} frames @param {Steps} steps */
  constructor(frames, steps) {
    this.frames = frames;
    this.steps = steps;
  }

  /** Close what an earlier life left open. */
  async start() {
    for (const tab of Object.keys(await this.#tabs.read())) await this.#close(Number(tab));
  }

  /** Whether a tab is one of ours. @param {number} tab */
  async owns(tab) {
    return Object.hasOwn(await this.#tabs.read(), tab);
  }

  /**
   * Walk, and let `use` read what stands there before the tab is closed. Raises NoWay.
   * @template T @param {Tour} tour @param {(there: There) => Promise<T>} use @returns {Promise<T>}
   */
  run(tour, use) {
    const before = this.#turns.get(tour.origin) ?? Promise.resolve();
    const turn = before.then(() => this.#run(tour, use));
    this.#turns.set(tour.origin, turn.catch(() => undefined));
    return turn;
  }

  /** @template T @param {Tour} tour @param {(there: There) => Promise<T>} use */
  async #run({ origin, walk, values, deadline, from }, use) {
    const path = (await tell(from, 0, { what: "path_to", path: walk.start })) ?? walk.start.replace("{base}", "");
    const start = new URL(path, origin);
    if (start.origin !== origin) throw new NoWay("other_origin");
    const tab = await this.#open();
    try {
      await api.tabs.update(tab, { url: start.href }).catch(() => {
        throw new NoWay("tab_closed"); // by the clerk, already
      });
      const { frame, taken } = await this.steps.make(tab, origin, walk, values, deadline);
      return await use({ tab, frame, taken });
    } finally {
      await this.#close(tab);
    }
  }

  /** An empty tab, marked as ours before any page is in it. */
  async #open() {
    const { id: tab = -1 } = await api.tabs.create({ url: "about:blank", active: false });
    this.frames.hide(tab);
    await this.#tabs.change((tabs) => {
      tabs[tab] = true;
    });
    await standing(tab);
    return tab;
  }

  /** @param {number} tab */
  async #close(tab) {
    await api.tabs.remove(tab).catch(() => undefined); // closed by the clerk already
    await this.#tabs.change((tabs) => {
      delete tabs[tab];
    });
  }
}

/** Until a new tab shows its empty page: before that Chromium forgets where it is sent (measured: one in eight). @param {number} tab */
async function standing(tab) {
  for (let look = 0; look < LOOKS; look += 1) {
    const found = await api.tabs.get(tab).catch(() => null);
    if (found === null || found.status === "complete") return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
