import assert from "node:assert/strict";
import { test } from "node:test";
import "./fake_browser.js";
import { act } from "../../extension/shared/acts.js";
import { lamps } from "../../extension/shared/lamps.js";
import { steps } from "../../extension/welcome/steps.js";
import { ORIGIN } from "./samples.js";

const STATUS = { office: "ok", office_detail: "office_ok", waiting: 0, sessions: [], questions: [], recent: [] };
const fine = (more = {}) =>
  /** @type {any} */ ({
    link: "up",
    version: "0.1.0",
    daemon: "0.1.0",
    queue: { waiting: 0, refused: [] },
    portals: [{ carrier: "example", origin: ORIGIN, name: "示例财险" }],
    missing: [],
    stale: 0,
    live: [{ carrier: "example", origin: ORIGIN, login: "clerk01", tabs: [7] }],
    asked: [],
    status: STATUS,
    off: [],
    drifts: [],
    ...more,
  });
const lit = (more = {}) => Object.fromEntries(lamps(fine(more)).map((light) => [light.name, light]));
const brief = ({ lamp, reason, verb }) => [lamp, reason, verb];

test("all is well", () => {
  assert.deepEqual(lamps(fine()).map(({ lamp }) => lamp), ["ok", "ok", "ok", "ok"]);
  assert.deepEqual(lit().session.values, ["示例财险 clerk01"]);
});

test("each lamp says what is wrong and offers what can be done", () => {
  for (const [name, more, expected] of /** @type {[string, object, any[]][]} */ ([
    ["extension", { missing: [ORIGIN] }, ["broken", "why_not_allowed", "allow"]],
    ["extension", { portals: [] }, ["waiting", "why_no_account", "first_run"]],
    ["extension", { portals: [], link: "lost" }, ["ok", "why_version", null]],
    ["extension", { queue: { waiting: 0, refused: [], unreadable: true } }, ["broken", "why_queue_unreadable", "diagnostics"]],
    ["extension", { stale: 2 }, ["waiting", "why_stale", null]],
    ["extension", { queue: { waiting: 0, refused: [113] } }, ["broken", "why_refused", "diagnostics"]],
    ["extension", { off: [{ carrier: "example", reason: "改版" }] }, ["broken", "why_profile_off", "diagnostics"]],
    ["extension", { off: [{ carrier: "unused", reason: "改版" }] }, ["ok", "why_version", null]],
    ["extension", { drifts: [{ carrier: "example", rule: "pages.list.always.0" }] }, ["broken", "why_drift", "diagnostics"]],
    ["companion", { link: "connecting" }, ["waiting", "why_connecting", null]],
    ["companion", { link: "daemon_down" }, ["broken", "why_daemon_down", "reconnect"]],
    ["companion", { link: "host_missing", queue: { waiting: 2, refused: [] } }, ["broken", "why_host_missing_kept", "reconnect"]],
    ["companion", { queue: { waiting: 2, refused: [] } }, ["waiting", "why_queue", null]],
    ["office", { status: null }, ["waiting", "why_no_answer", null]],
    ["office", { status: null, link: "lost" }, ["waiting", "why_unknown", null]],
    ["office", { status: { ...STATUS, office: "broken", office_detail: "office_away" } }, ["broken", "why_office_away", "diagnostics"]],
    ["office", { status: { ...STATUS, office: "broken", office_detail: "office_away", waiting: 3 } }, ["broken", "why_office_away_kept", "diagnostics"]],
    ["session", { live: [] }, ["waiting", "why_no_session", "open_portal"]],
    ["session", { live: [], portals: [] }, ["waiting", "why_no_session", null]],
    ["session", { live: [], status: { ...STATUS, sessions: [{}] } }, ["ok", "why_session_elsewhere", null]],
  ])) {
    assert.deepEqual(brief(lit(more)[name]), expected, `${name} ${JSON.stringify(more)}`);
  }
});

const walk = (more = {}) => {
  const condition = fine(more);
  return steps(condition, lamps(condition));
};

test("the welcome page names the first step that is not done, and only that one asks for something", () => {
  for (const [more, name, verb] of /** @type {[object, string, string | null][]} */ ([
    [{ link: "host_missing", status: null }, "companion", "reconnect"],
    [{ status: { ...STATUS, office: "broken", office_detail: "office_away" } }, "office", "diagnostics"],
    [{ portals: [], live: [] }, "account", "first_run"],
    [{ missing: [ORIGIN], live: [] }, "permission", "allow"],
    [{ live: [] }, "session", "open_portal"],
  ])) {
    const all = walk(more);
    const current = all.filter(({ state }) => state === "now" || state === "broken");
    assert.deepEqual(current.map((step) => [step.name, step.verb]), [[name, verb]]);
    assert.ok(all.slice(all.indexOf(current[0]) + 1).every(({ state }) => state !== "now" && state !== "broken"));
  }
});

test("打开保险公司 opens a portal that we may see and where nobody is logged in, as far as there is one", async (context) => {
  const opened = [];
  context.mock.method(chrome.tabs, "create", async ({ url }) => opened.push(url));
  const portals = ["a", "b", "c"].map((host) => ({ carrier: "example", origin: `http://${host}.localhost`, hosts: [], name: "" }));
  const [a, b, c] = portals.map(({ origin }) => origin);
  for (const missing of [[], [a], [a, c], [a, b, c]]) await act("open_portal", fine({ portals, missing, live: [{ origin: b }] }));
  assert.deepEqual(opened, [a, c, a, a]);
});

test("with everything done no step is left", () => {
  assert.ok(walk().every(({ state, verb }) => state === "done" && verb === null));
});
