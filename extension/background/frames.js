import { Kept } from "./kept.js";

/**
 * @typedef {{doc: string, origin: string}} Frame  `doc`: our own name for the document, new with each load
 * @typedef {Record<string, Record<string, Frame>>} Tabs  tab -> frame -> what our script there reported
 * @typedef {{tab: number, frame: number, origin: string}} Spot
 */

/** Where our own page script stands: the only source of what a tab's top page is (error 131). */
export class Frames {
  #tabs = new Kept("frames", /** @type {Tabs} */ ({}));

  /** A document has loaded. A new top document ends all that was in the tab. @param {Spot} spot @param {string} doc */
  async report({ tab, frame, origin }, doc) {
    await this.#tabs.change((tabs) => {
      const known = tabs[tab]?.[frame];
      if (frame === 0 && known?.doc !== doc) tabs[tab] = {};
      (tabs[tab] ??= {})[frame] = { doc, origin };
    });
  }

  /** A document went away; false for late news of one already replaced. @param {Spot} spot @param {string} doc */
  async gone({ tab, frame }, doc) {
    return this.#tabs.change((tabs) => {
      if (tabs[tab]?.[frame]?.doc !== doc) return false;
      if (frame === 0) delete tabs[tab];
      else delete tabs[tab][frame];
      return true;
    });
  }

  /** A tab was closed, or its top page is none of ours. @param {number} tab */
  async closed(tab) {
    await this.#tabs.change((tabs) => {
      delete tabs[tab];
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

  /** The tabs whose top page is at an origin. @param {string} origin */
  async tabs(origin) {
    const all = Object.entries(await this.#tabs.read());
    return all.filter(([, frames]) => frames[0]?.origin === origin).map(([tab]) => Number(tab));
  }

  /** Every tab our script stands in. */
  async all() {
    return Object.keys(await this.#tabs.read()).map(Number);
  }
}
