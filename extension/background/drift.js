import { t } from "../shared/api.js";
import { fault } from "../shared/check.js";
import { VERSION } from "../shared/messages.js";
import { Kept } from "./kept.js";
import { largest, tell } from "./tell.js";

/**
 * @import { Drift } from "../shared/messages.js"
 * @import { Desk } from "./desk.js"
 * @import { Portal } from "./portals.js"
 * @import { Served } from "./verbs.js"
 */

const MOST = 20;
/** How long (ms) the popup speaks of one. */
const NEWS = 3_600_000;

/** Portals that no longer look as their profiles say. */
export class Drifts {
  #last = new Kept("drifts", /** @type {Pick<Drift, "at" | "carrier" | "what" | "rule">[]} */ ([]));

  /** Those of the last hour, for the popup: rules of profiles, nothing of a page. @param {number} now milliseconds */
  async lately(now) {
    return (await this.#last.read()).filter(({ at }) => at > now - NEWS);
  }

  /** @param {Drift} drift */
  async add({ at, carrier, what, rule }) {
    await this.#last.change((all) => {
      const others = all.filter((one) => one.carrier !== carrier || one.rule !== rule);
      all.splice(0, all.length, ...others.slice(-MOST + 1), { at, carrier, what, rule });
    });
  }
}

/** What page scripts may say. @type {Record<string, (desk: Desk, message: any, spot: Served, portal: Portal) => Promise<any>>} */
export const DRIFT = {
  async drift(desk, { sign, rule, shown }, { tab }, { carrier, origin }) {
    const profile = (await desk.portals.hash(carrier)) ?? "";
    /** @type {Drift} */
    const drift = { v: VERSION, type: "drift", at: Date.now(), carrier, profile, what: sign, rule: String(rule) };
    if (fault(drift, "up") !== null) return false;
    await desk.drifts.add(drift);
    desk.link.post(drift);
    // A frame too small for words: the largest one of the tab says them.
    if (!shown) await tellLargest(desk, tab, origin, t("drift_page"));
    return true;
  },
};

/** Say something in the largest frame of a tab. @param {Desk} desk @param {number} tab @param {string} origin @param {string} words */
export async function tellLargest(desk, tab, origin, words) {
  const frame = await largest(tab, await desk.frames.of(tab, origin));
  if (frame !== null) await tell(tab, frame, { what: "notice", words });
}
