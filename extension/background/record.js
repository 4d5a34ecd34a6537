import { tell } from "./tell.js";

/** @import { Desk } from "./desk.js" */

/** What the popup asks before it offers to record a page. @type {Record<string, (desk: Desk, message: any) => Promise<any>>} */
export const RECORD = {
  /** Whether a tab shows a page of a portal that its profile knows, unchanged. */
  async recognised(desk, { tab }) {
    const hosts = await desk.portals.origins();
    for (const origin of hosts) {
      for (const frame of await desk.frames.of(tab, origin)) {
        if (await tell(tab, frame, { what: "recognised" })) return true;
      }
    }
    return false;
  },
};
