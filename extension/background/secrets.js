import { ErrorCode } from "../shared/messages.js";
import { Refused, envelope, trouble } from "./link.js";
import { tell } from "./tell.js";

/**
 * @import { Account, FillSecret } from "../shared/messages.js"
 * @import { Desk } from "./desk.js"
 * @import { Served } from "./verbs.js"
 * @typedef {{filled: boolean, captcha?: boolean, why?: string}} Outcome
 */

/** A password is good for so long (ms) after it was asked for. */
export const LIFE = 5_000;

/**
 * Passwords on their way from the keyring into a log-in form. One is asked for when the form of an account's portal
 * stands in a frame, goes straight there and is forgotten: not kept, not queued, not logged, not tried again.
 */
export class Secrets {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /**
   * Fill in the log-in form that stands in a frame. `stand` is the form's own name for itself.
   * @param {Served} spot @param {{stand: string, doc: string}} form @param {Account} account
   * @returns {Promise<Outcome>}
   */
  async fill(spot, { stand, doc }, account) {
    if (!(await this.#ours(spot, doc, account))) return this.#stranger();
    const asked = Date.now();
    const answer = await this.#ask(spot, account);
    if (typeof answer === "string") return { filled: false, why: answer };
    // Everything once more: while the daemon answered, the page may have become another one.
    if (Date.now() - asked > LIFE) return { filled: false, why: "too_late" };
    if (answer.login !== account.login || !(await this.#ours(spot, doc, account))) return this.#stranger();
    const { login, password } = answer;
    const until = asked + LIFE;
    const done = await tell(spot.tab, spot.frame, { what: "fill_secret", stand, origin: spot.host, until, login, password });
    return done ?? { filled: false, why: "page_gone" };
  }

  /** @param {Served} spot @param {Account} account @returns {Promise<FillSecret | string>} or why there is none */
  async #ask({ tab, frame, host }, { id }) {
    try {
      return await this.desk.link.ask({ ...envelope(), type: "secret_request", account: id, origin: host, tab, frame }, LIFE);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.code === ErrorCode.NOT_HERE ? "no_password" : "no_secret";
    }
  }

  /**
   * Whether a frame is, now, one of the account's own portal: its origin and that of the page above it are the
   * same host of the account, and our script still stands in that very document.
   * @param {Served} spot @param {string} doc @param {Account} account
   */
  async #ours({ tab, frame, origin, host }, doc, account) {
    const { frames, portals } = this.desk;
    const portal = (await portals.all()).find((one) => one.origin === account.origin && one.carrier === account.carrier);
    if (!portal || origin !== account.origin) return false;
    const hosts = await portals.hosts(portal);
    if (!hosts.some((one) => one.top && one.origin === host) || (await frames.top(tab)) !== host) return false;
    if ((await frames.served({ tab, frame, origin: host }, doc)) !== account.origin) return false;
    const there = await frames.stands(tab);
    return frame === 0 ? there === doc : there !== null;
  }

  /** @returns {Outcome} */
  #stranger() {
    this.desk.link.post(trouble(ErrorCode.FRAME_OF_A_STRANGER, "a log-in form that is not the account's"));
    return { filled: false, why: "stranger" };
  }
}
