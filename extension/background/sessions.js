import { fault } from "../shared/check.js";
import { VERSION } from "../shared/messages.js";
import { Kept } from "./kept.js";
import { trouble } from "./link.js";

/**
 * @import { Fault } from "../shared/check.js"
 * @import { Session, Upward } from "../shared/messages.js"
 * @import { Portal } from "./portals.js"
 * @typedef {Portal & {login: string, tabs: number[]}} Live  `tabs`: the one used last comes last
 */

/** Who is logged in where: one session per portal origin, because that is what a cookie jar holds (I-1.11). */
export class Sessions {
  #live = new Kept("sessions", /** @type {Record<string, Live>} */ ({}));

  /**
   * @param {(message: Upward) => void} post
   * @param {(portal: Portal, tab: number, before: string | null, login: string | null) => void} [changed] told when a
   *   page showed that another account is logged in there than before, or nobody any more
   */
  constructor(post, changed = () => undefined) {
    this.post = post;
    this.changed = changed;
  }

  /**
   * Somebody is logged in at a portal, seen in this tab. A name that no message may carry is no session, and
   * is told as a trouble.
   * @param {Portal} portal @param {number} tab @param {string} login
   * @returns {Promise<Fault | null>} what is wrong with the name
   */
  async seen(portal, tab, login) {
    const live = message(portal, login, "live", tab);
    const bad = fault(live, "up");
    if (bad) {
      this.post(trouble(bad.code, `session: ${bad.where}`));
      return bad;
    }
    const before = await this.#live.change((sessions) => {
      const before = sessions[portal.origin];
      const tabs = [...(before?.login === login ? before.tabs : []).filter((one) => one !== tab), tab];
      sessions[portal.origin] = { ...portal, login, tabs };
      return before?.login ?? null;
    });
    if (before === login) return null;
    this.post(live);
    this.changed(portal, tab, before, login);
    return null;
  }

  /** A further tab of a session that is known already. @param {string} origin @param {number} tab */
  async joined(origin, tab) {
    await this.#live.change((live) => {
      const session = live[origin];
      if (session) session.tabs = [...session.tabs.filter((one) => one !== tab), tab];
    });
  }

  /**
   * Nobody is logged in there any more, or not the one that a page left open knows of.
   * @param {string} origin @param {number} tab @param {string | null} [login] whose session is over; null: anybody's
   */
  async ended(origin, tab, login = null) {
    const session = await this.#live.change((live) => {
      const before = live[origin];
      if (login !== null && before?.login !== login) return undefined;
      delete live[origin];
      return before;
    });
    if (!session) return;
    this.post(message(session, session.login, "ended", tab));
    this.changed({ carrier: session.carrier, origin }, tab, session.login, null);
  }

  /** A log-in page waits for what only the clerk can read off an image. @param {Portal} portal @param {number} tab */
  async captcha(portal, tab) {
    this.post(message(portal, null, "captcha", tab));
  }

  /** A tab left a portal; a session without a tab cannot be asked anything. @param {number} tab */
  async left(tab) {
    const over = await this.#live.change((live) => {
      const touched = Object.values(live).filter((session) => session.tabs.includes(tab));
      for (const session of touched) session.tabs = session.tabs.filter((one) => one !== tab);
      const empty = touched.filter((session) => session.tabs.length === 0);
      for (const { origin } of empty) delete live[origin];
      return empty;
    });
    for (const session of over) this.post(message(session, session.login, "ended", tab));
  }

  /** Whether a session counts on a tab. @param {number} tab */
  async holds(tab) {
    return (await this.all()).some((session) => session.tabs.includes(tab));
  }

  /** The session at an origin. @param {string} origin @returns {Promise<Live | null>} */
  async at(origin) {
    return (await this.#live.read())[origin] ?? null;
  }

  /** @returns {Promise<Live[]>} */
  async all() {
    return Object.values(await this.#live.read());
  }

  /** Tell the daemon everything anew, after it greeted us. */
  async tellAll() {
    for (const session of await this.all()) {
      this.post(message(session, session.login, "live", session.tabs.at(-1) ?? -1));
    }
  }
}

/** @param {Portal} portal @param {string | null} login @param {Session["state"]} state @param {number} tab @returns {Session} */
function message({ carrier, origin }, login, state, tab) {
  return { v: VERSION, type: "session", carrier, origin, login, state, tab };
}
