import { t } from "../shared/api.js";
import { ErrorCode } from "../shared/messages.js";
import { wrong } from "./delivered.js";
import { tellLargest } from "./drift.js";
import { Kept } from "./kept.js";
import { trouble } from "./link.js";
import { tell } from "./tell.js";

/**
 * @import { Profiles as Told } from "../shared/messages.js"
 * @import { Desk } from "./desk.js"
 * @import { Portal } from "./portals.js"
 * @import { Served } from "./verbs.js"
 */

/** Takes what the daemon delivers of profiles, and says where one is switched off. */
export class Profiles {
  /** Tabs that have been told why nothing happens in them. */
  #said = new Kept("said_off", /** @type {Record<string, true>} */ ({}));

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** Use these from now on, in pages that stand open as well. @param {Told} told */
  async received({ profiles, off }) {
    const { portals, link } = this.desk;
    const before = await portals.hashes();
    const good = [];
    for (const one of profiles) {
      const why = await wrong(one, await portals.shipped(one.carrier));
      if (why === null) good.push(one);
      else link.post(trouble(ErrorCode.BAD_FIELD, `profile of ${one.carrier} not taken: ${why}`));
    }
    await portals.delivered.set({ profiles: good, off });
    const after = Object.entries(await portals.hashes());
    for (const [carrier] of after.filter(([one, hash]) => hash !== before[one])) await this.#renew(carrier);
    for (const { carrier, reason } of off) await this.#silence(carrier, reason);
  }

  /** Portals whose top page is never loaded anew would ask by the old profile for ever. @param {string} carrier */
  async #renew(carrier) {
    const profile = await this.desk.portals.profile(carrier);
    for (const { tab, frame } of await this.#open(carrier)) await tell(tab, frame, { what: "newer", profile });
  }

  /** The frames of a carrier's pages that stand open. @param {string} carrier */
  async #open(carrier) {
    const { frames, portals } = this.desk;
    const found = [];
    for (const { origin } of (await portals.all()).filter((one) => one.carrier === carrier)) {
      for (const tab of await frames.tabs(origin)) {
        for (const frame of await frames.of(tab, origin)) found.push({ tab, frame, origin });
      }
    }
    return found;
  }

  /** Pages of a carrier that stand open: no eyes and no buttons any more. @param {string} carrier @param {string} reason */
  async #silence(carrier, reason) {
    for (const { tab, frame, origin } of await this.#open(carrier)) {
      if (await this.first(tab)) await tellLargest(this.desk, tab, origin, t("profile_off", reason));
      await tell(tab, frame, { what: "off" });
    }
  }

  /** Whether a tab has not been told yet. @param {number} tab */
  first(tab) {
    return this.#said.change((said) => {
      const first = !said[tab];
      said[tab] = true;
      return first;
    });
  }
}

/** What page scripts may say. @type {Record<string, (desk: Desk, message: any, spot: Served, portal: Portal) => Promise<any>>} */
export const PROFILES = {
  /** A page whose profile is switched off, and which can show words: why is nothing offered there? Said once per tab. */
  async off_reason(desk, _message, { tab }, { carrier }) {
    const reason = await desk.portals.off(carrier);
    return reason !== null && (await desk.profiles.first(tab)) ? t("profile_off", reason) : null;
  },
};
