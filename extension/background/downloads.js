import { Kept } from "./kept.js";
import { tell } from "./tell.js";

/**
 * @import { DownloadTold, Place, QuickDownload, RowOfList } from "../shared/messages.js"
 * @import { Frames } from "./frames.js"
 * @typedef {{state: DownloadTold["state"] | null, percent: number | null, reason: string | null, at: number}} Going
 * @typedef {Going & {row: RowOfList, place: Place, carrier: string}} Asked  a download that was asked for, and how it goes
 */

/** Downloads whose state is remembered while the browser runs. */
const MOST = 300;

/** How the quick downloads go, shown on the buttons of their rows wherever these are listed. Numbers and ids only. */
export class Downloads {
  #asked = new Kept("quick_asked", /** @type {Record<string, Asked>} */ ({}));

  /** @param {Frames} frames */
  constructor(frames) {
    this.frames = frames;
  }

  /** A download is on its way. @param {QuickDownload} asked */
  async follow({ id, row, place, carrier, at }) {
    /** @type {Asked} */
    const going = { row, place, carrier, state: "waiting", percent: null, reason: null, at };
    await this.#asked.change((all) => {
      all[id] ??= going;
      for (const old of Object.keys(all).slice(0, -MOST)) delete all[old];
    });
    await this.#show(going);
  }

  /** It never left. @param {QuickDownload} asked */
  async drop({ id, row, place, carrier }) {
    await this.#asked.change((all) => {
      delete all[id];
    });
    await this.#show({ row, place, carrier, state: null, percent: null, reason: null, at: 0 });
  }

  /**
   * How one goes, from the daemon.
   * @param {Pick<DownloadTold, "request" | "state" | "percent" | "reason">} news
   * @returns {Promise<Asked | null>} null for one of another browser, and where it was known already
   */
  async told({ request, state, percent, reason }) {
    const now = await this.#asked.change((all) => {
      const known = Object.hasOwn(all, request) ? all[request] : null;
      if (!known || (known.state === state && known.percent === percent && known.reason === reason)) return null;
      return { ...Object.assign(known, { state, percent, reason, at: Date.now() }) };
    });
    if (now) await this.#show(now);
    return now;
  }

  /** How the downloads of a portal go, the newest last: for a page that has just been loaded. @param {string} origin */
  async of(origin) {
    const all = Object.values(await this.#asked.read()).filter(({ place }) => place.origin === origin);
    return all.map(({ row, state, percent, reason, at }) => ({ row, state, percent, reason, at }));
  }

  /** @param {Asked} asked */
  async #show({ row, place: { origin }, state, percent, reason, at }) {
    const news = { what: "quick_state", row, state, percent, reason, at };
    for (const tab of await this.frames.tabs(origin)) {
      const frames = await this.frames.of(tab, origin);
      await Promise.all(frames.map((frame) => tell(tab, frame, news)));
    }
  }
}
