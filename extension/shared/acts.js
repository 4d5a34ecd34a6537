import { api } from "./api.js";
import { pattern } from "./patterns.js";

/**
 * @import { Condition, Verb } from "./lamps.js"
 */

/** How everything is now. @returns {Promise<Condition>} */
export function condition() {
  return api.runtime.sendMessage({ what: "status" });
}

/**
 * Do what a lamp offers. Resolves when it is done; the caller looks again then.
 * @param {Verb} verb
 * @param {Condition} now
 */
export async function act(verb, now) {
  if (verb === "allow") {
    // Before anything is awaited: the browser asks only while the press still counts as one.
    const allowed = await api.permissions.request({ origins: now.missing.map(pattern) });
    if (allowed) await api.runtime.sendMessage({ what: "permitted" });
  } else if (verb === "open_portal") await api.tabs.create({ url: portalToOpen(now).origin });
  else if (verb === "reconnect") await api.runtime.sendMessage({ what: "reconnect" });
  else if (verb === "welcome") await api.tabs.create({ url: api.runtime.getURL("welcome/welcome.html") });
  else await openRoom(verb);
}

/** The first portal whose pages we may see and where nobody is logged in yet. @param {Condition} now */
function portalToOpen({ portals, missing, live }) {
  const wanted = portals.find(({ origin }) => !missing.includes(origin) && live.every((session) => session.origin !== origin));
  return wanted ?? portals[0];
}

/** Open the console or a local page. @param {"console" | "first_run" | "diagnostics"} page @returns {Promise<boolean>} whether it opened */
export function openRoom(page) {
  return api.runtime.sendMessage({ what: "console", page });
}
