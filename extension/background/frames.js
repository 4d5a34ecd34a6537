import { api } from "../shared/api.js";
import { Kept } from "./kept.js";

/**
 * @import { Portals } from "./portals.js"
 * @typedef {{doc: string, origin: string}} Frame  `doc`: our own name for the document, new with each load
 * @typedef {Record<string, Record<string, Frame>>} Tabs  tab -> frame -> the document admitted there
 * @typedef {{tab: number, frame: number, origin: string}} Spot
 */

/** Closed tabs that are remembered: their last words may come after the news that they are gone. */
const MOST_CLOSED = 20;

/**
 * Where our page scripts stand, and which documents are served (error 131). The top page of a tab is what our
 * own script in its frame 0 reported; a frame below it is admitted only while that very script answers, and only
 * on a host of the very portal that the top page is of.
 */
export class Frames {
  #tabs = new Kept("frames", /** @type {Tabs} */ ({}));
  #closed = new Kept("closed", /** @type {Tabs} */ ({}));
  /** Tabs of our own, in which nobody is asked or shown anything. @type {Set<number>} */
  #hidden = new Set();

  /** @param {Pick<Portals, "home" | "belongs">} portals */
  constructor(portals) {
    this.portals = portals;
  }

  /**
   * A document has begun to load. A new top document ends all that was in its tab.
   * @param {Spot} spot
   * @param {string} doc
   * @returns {Promise<boolean>} whether it stands where it may be served
   */
  async admit(spot, doc) {
    const { tab, frame, origin } = spot;
    if (frame !== 0 && !(await this.#belongs(spot))) return false;
    await this.#tabs.change((tabs) => {
      const known = tabs[tab]?.[frame];
      if (frame === 0 && known?.doc !== doc) tabs[tab] = {};
      (tabs[tab] ??= {})[frame] = { doc, origin };
    });
    return true;
  }

  /** Whether the top page of a frame's tab is of the same portal, now. @param {Spot} spot */
  async #belongs({ tab, frame, origin }) {
    const top = (await this.#tabs.read())[tab]?.[0];
    const home = top && (await this.#homeIn({ [frame]: { doc: "", origin }, 0: top }, frame));
    return Boolean(home) && (await this.stands(tab)) === top?.doc;
  }

  /**
   * The account's own origin of the portal that a frame among those of a tab belongs to, or null.
   * @param {Record<string, Frame>} frames @param {number} frame
   */
  async #homeIn(frames, frame) {
    const home = frames[0] ? await this.portals.home(frames[0].origin) : null;
    return home !== null && (await this.portals.belongs(home, frames[frame].origin)) ? home : null;
  }

  /** The document whose script answers in the top page of a tab, or null. @param {number} tab @returns {Promise<string | null>} */
  async stands(tab) {
    try {
      return (await api.tabs.sendMessage(tab, { what: "there" }, { frameId: 0 })) ?? null;
    } catch {
      return null; // no script of ours there
    }
  }

  /**
   * The account's own origin of the portal for which a document was admitted, or null. Its tab may have been
   * closed since.
   * @param {Spot} spot @param {string} doc
   */
  async served({ tab, frame, origin }, doc) {
    const known = among((await this.#tabs.read())[tab], frame) ?? among((await this.#closed.read())[tab], frame);
    const found = known?.[frame];
    return known && found?.doc === doc && found.origin === origin ? this.#homeIn(known, frame) : null;
  }

  /** Where an admitted document stands, or stood last. @param {string} doc @returns {Promise<Spot | null>} */
  async find(doc) {
    for (const tabs of [await this.#tabs.read(), await this.#closed.read()]) {
      for (const [tab, frames] of Object.entries(tabs)) {
        const found = Object.entries(frames).find(([, frame]) => frame.doc === doc);
        if (found) return { tab: Number(tab), frame: Number(found[0]), origin: found[1].origin };
      }
    }
    return null;
  }

  /** A document went away; false for late news of one already replaced. @param {Spot} spot @param {string} doc */
  async gone({ tab, frame }, doc) {
    const last = await this.#tabs.change((tabs) => {
      const known = tabs[tab];
      if (known?.[frame]?.doc !== doc) return null;
      if (frame === 0) delete tabs[tab];
      else delete known[frame];
      return known;
    });
    if (last && frame === 0) await this.#remember(tab, last);
    return last !== null;
  }

  /** A tab was closed, or its top page is none of ours any more. @param {number} tab */
  async closed(tab) {
    const last = await this.#tabs.change((tabs) => {
      const known = tabs[tab];
      delete tabs[tab];
      return known;
    });
    if (last) await this.#remember(tab, last);
  }

  /** @param {number} tab @param {Record<string, Frame>} frames */
  #remember(tab, frames) {
    return this.#closed.change((closed) => {
      closed[tab] = frames;
      for (const old of Object.keys(closed).slice(0, -MOST_CLOSED)) delete closed[old];
    });
  }

  /** The origin that our script in the tab's top page reported. @param {number} tab @returns {Promise<string | null>} */
  async top(tab) {
    return (await this.#tabs.read())[tab]?.[0]?.origin ?? null;
  }

  /** The frames of a tab that belong to an origin. @param {number} tab @param {string} origin */
  async of(tab, origin) {
    const frames = Object.entries((await this.#tabs.read())[tab] ?? {});
    return frames.filter(([, frame]) => frame.origin === origin).map(([frame]) => Number(frame));
  }

  /** The frames of a tab at one of these origins; with its top page all of them. @param {number} tab @param {string[]} origins */
  async within(tab, origins) {
    const frames = Object.entries((await this.#tabs.read())[tab] ?? {});
    const all = frames.some(([frame, { origin }]) => frame === "0" && origins.includes(origin));
    return frames.filter(([, { origin }]) => all || origins.includes(origin)).map(([frame]) => Number(frame));
  }

  /** The tabs whose top page is at an origin. @param {string} origin */
  async tabs(origin) {
    const all = Object.entries(await this.#tabs.read());
    const open = all.filter(([, frames]) => frames[0]?.origin === origin).map(([tab]) => Number(tab));
    return open.filter((tab) => !this.#hidden.has(tab));
  }

  /** Leave a tab of our own out of `tabs`. @param {number} tab */
  hide(tab) {
    this.#hidden.add(tab);
  }

  /** The document admitted in a frame, or null. @param {number} tab @param {number} frame */
  async doc(tab, frame) {
    return (await this.#tabs.read())[tab]?.[frame]?.doc ?? null;
  }

  /** Every tab our script stands in. */
  async all() {
    return Object.keys(await this.#tabs.read()).map(Number);
  }
}

/** A frame of a tab with the top page above it, as they are now; null where that frame is not known. @param {Record<string, Frame> | undefined} frames @param {number} frame */
function among(frames, frame) {
  return frames?.[frame] ? { 0: frames[0], [frame]: frames[frame] } : null;
}
