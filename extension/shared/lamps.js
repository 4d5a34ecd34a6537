/**
 * @import { Lamp, Status } from "./messages.js"
 * @typedef {"reconnect" | "allow" | "first_run" | "open_portal" | "diagnostics" | "welcome"} Verb
 * @typedef {{name: "extension" | "companion" | "office" | "session", lamp: Lamp, reason: string,
 *   values: (string | number)[], verb: Verb | null}} Light  `reason` is a locale key, `values` its parameters
 * @typedef {object} Condition  how everything is, as the background knows it
 * @property {string} link
 * @property {string} version
 * @property {{waiting: number, refused: number[], unreadable?: boolean}} queue
 * @property {{carrier: string, origin: string, hosts: string[], name: string}[]} portals  `hosts`: every origin of it
 * @property {string[]} missing origins the clerk has not allowed yet
 * @property {number} stale open portal pages that want a refresh
 * @property {{carrier: string, origin: string, login: string, tabs: number[]}[]} live
 * @property {import("./messages.js").Question[]} asked
 * @property {string} daemon its version, empty before it was reached
 * @property {Status | null} status
 * @property {{carrier: string, reason: string}[]} off profiles that are switched off
 * @property {{carrier: string, rule: string}[]} drifts portals that lately looked otherwise than their profiles say
 */

/** The four lamps 扩展 · 本机助手 · 管理系统 · 保险公司会话, each with its reason and what to do. @param {Condition} condition */
export function lamps(condition) {
  return [extension(condition), companion(condition), office(condition), session(condition)];
}

/** @param {Light["name"]} name @param {Lamp} lamp @param {string} reason @param {(string | number)[]} [values] @param {Verb | null} [verb] @returns {Light} */
function light(name, lamp, reason, values = [], verb = null) {
  return { name, lamp, reason, values, verb };
}

/** @param {Condition} condition */
function extension({ version, queue, missing, stale, portals, link, off, drifts }) {
  const [code] = queue.refused;
  if (queue.unreadable) return light("extension", "broken", "why_queue_unreadable", [], "diagnostics");
  const [quiet] = off.filter(({ carrier }) => nameOf(portals, carrier) !== "");
  if (code !== undefined) return light("extension", "broken", "why_refused", [queue.refused.length, code], "diagnostics");
  if (missing.length > 0) return light("extension", "broken", "why_not_allowed", [new URL(missing[0]).host], "allow");
  if (quiet) return light("extension", "broken", "why_profile_off", [nameOf(portals, quiet.carrier), quiet.reason], "diagnostics");
  if (drifts.length > 0) return light("extension", "broken", "why_drift", [nameOf(portals, drifts[0].carrier)], "diagnostics");
  // Accounts are known from the companion alone: without it, that none is known here says nothing.
  if (portals.length === 0 && link === "up") return light("extension", "waiting", "why_no_account", [], "first_run");
  if (stale > 0) return light("extension", "waiting", "why_stale", [stale]);
  return light("extension", "ok", "why_version", [version]);
}

/** @param {Condition} condition */
function companion({ link, queue, daemon }) {
  if (link === "up" && queue.waiting > 0) return light("companion", "waiting", "why_queue", [queue.waiting]);
  if (link === "up") return light("companion", "ok", daemon ? "why_version" : "why_connected", [daemon]);
  if (link === "connecting") return light("companion", "waiting", "why_connecting");
  const kept = queue.waiting > 0 ? "_kept" : "";
  return light("companion", "broken", `why_${link}${kept}`, [queue.waiting], "reconnect");
}

/** @param {Condition} condition */
function office({ status, link }) {
  if (!status) return light("office", "waiting", link === "up" ? "why_no_answer" : "why_unknown");
  const { office: lamp, office_detail: detail, waiting } = status;
  if (lamp === "ok") return light("office", "ok", "why_office_ok");
  const kept = detail === "office_away" && waiting > 0 ? "_kept" : "";
  return light("office", lamp, `why_${detail}${kept}`, [waiting], lamp === "broken" ? "diagnostics" : null);
}

/** @param {Condition} condition */
function session({ live, portals, status }) {
  if (live.length > 0) {
    const names = live.map(({ origin, login }) => `${named(portals, origin)} ${login}`).join(" / ");
    return light("session", "ok", "why_session", [names]);
  }
  if ((status?.sessions.length ?? 0) > 0) return light("session", "ok", "why_session_elsewhere");
  return light("session", "waiting", "why_no_session", [], portals.length > 0 ? "open_portal" : null);
}

/** @param {Condition["portals"]} portals @param {string} origin */
function named(portals, origin) {
  return portals.find((portal) => portal.origin === origin)?.name ?? "";
}

/** @param {Condition["portals"]} portals @param {string} carrier */
function nameOf(portals, carrier) {
  return portals.find((portal) => portal.carrier === carrier)?.name ?? "";
}
