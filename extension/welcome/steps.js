/**
 * @import { Condition, Light, Verb } from "../shared/lamps.js"
 * @typedef {{name: string, state: "done" | "now" | "broken" | "later", reason: string,
 *   values: (string | number)[], verb: Verb | null}} Step
 */

/**
 * The way from a fresh installation to work, one step after the other: browser, companion, management system,
 * account, permission, session. The first that is not done is the one to do now (000 §9).
 * @param {Condition} condition
 * @param {Light[]} lights
 * @returns {Step[]}
 */
export function steps(condition, lights) {
  const [, companion, office, session] = lights;
  const { version, portals, missing, stale } = condition;
  const host = missing[0] ? new URL(missing[0]).host : "";
  const named = portals.map(({ name, origin }) => `${name} ${new URL(origin).host}`).join(" / ");
  const all = [
    step("browser", true, "why_version", [version]),
    step("companion", condition.link === "up", companion.reason, companion.values, companion.verb),
    step("office", office.lamp === "ok", office.reason, office.values, office.verb),
    portals.length > 0
      ? step("account", true, "why_accounts", [named])
      : step("account", false, "why_no_account", [], "first_run"),
    missing.length > 0
      ? step("permission", false, "why_not_allowed", [host], "allow")
      : step("permission", portals.length > 0, "why_allowed"),
    step("session", session.lamp === "ok", stale > 0 ? "why_stale" : session.reason, stale > 0 ? [stale] : session.values, session.verb),
  ];
  const current = all.findIndex(({ state }) => state !== "done");
  return all.map((one, index) => ({ ...one, state: stateOf(one, index, current, lights) }));
}

/** @param {string} name @param {boolean} done @param {string} reason @param {(string | number)[]} [values] @param {Verb | null} [verb] @returns {Step} */
function step(name, done, reason, values = [], verb = null) {
  return { name, state: done ? "done" : "later", reason, values, verb: done ? null : verb };
}

/** @param {Step} one @param {number} index @param {number} current @param {Light[]} lights @returns {Step["state"]} */
function stateOf(one, index, current, lights) {
  if (one.state === "done") return "done";
  if (index !== current) return "later";
  const light = lights.find(({ name }) => name === one.name);
  return light?.lamp === "broken" ? "broken" : "now";
}
