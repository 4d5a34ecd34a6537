// What a page script makes of dialogs, codes, log-in forms, sessions that end, pages that have changed, profiles that
// are switched off, and tabs of our own.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { settled, until } from "./fake_browser.js";
import { PROFILE, portalPage, watchShadows } from "./pages.js";

/** @type {any[]} */
const open = [];
afterEach(() => open.splice(0).forEach(({ dom }) => dom.window.close()));

function page(body, options) {
  const made = portalPage(body, options);
  open.push(made);
  const of = (what) => made.sent.filter((message) => message.what === what);
  return { ...made, of, ready: () => until(() => of("ready").length > 0) };
}
const served = (more) => ({ answer: ({ what }) => (what === "frame" ? { profile: PROFILE, login: "clerk01", ...more } : true) });
const told = (hints) => hints.map(({ kind, numbers, source, code }) => [kind, numbers.join(), source, ...(code ? [code] : [])]);

test("what a dialog says is a hint, though the page itself never shows it", async () => {
  const made = page("", { dialog: () => undefined });
  await made.ready();
  made.window.alert("T000000001 核保通过");
  made.window.alert("车架号不能为空");
  made.window.alert();
  assert.deepEqual(told(made.of("hint")), [["underwriting", "T000000001", "page"]]);
});

test("a dialog that came before the profile did is not lost", async () => {
  const made = page("", { order: "tap first", dialog: () => undefined });
  made.window.alert("T000000001 核保通过");
  await until(() => made.of("hint").length > 0);
  assert.deepEqual(told(made.of("hint")), [["underwriting", "T000000001", "page"]]);
});

test("many numbers of one answer leave in hints of eight", async () => {
  const made = page("");
  await made.ready();
  const all = Array.from({ length: 19 }, (_, index) => `T${String(index).padStart(9, "0")}`);
  const xhr = new made.window.XMLHttpRequest();
  xhr.open("POST", "/save");
  Object.defineProperties(xhr, { readyState: { value: 4 }, status: { value: 200 }, responseText: { value: all.join() } });
  xhr.dispatchEvent(new made.window.Event("readystatechange"));
  assert.deepEqual(made.of("hint").map(({ numbers }) => numbers.length), [8, 8, 3]);
  assert.deepEqual(made.of("hint").flatMap(({ numbers }) => numbers), all);
  assert.equal(new Set(made.of("hint").map(({ id }) => id)).size, 3);
});

test("a code is told with its picture, once it is there, and again when it is another one", async () => {
  const made = page(`<canvas id="code"></canvas>`);
  let shown = null;
  made.window.Chudan.picture = async (at) => (assert.equal(at, "#code"), shown);
  await made.ready();
  await settled();
  assert.deepEqual(made.of("hint"), [], "the picture has not come yet");
  const look = async () => (made.look(), settled());
  for (shown of ["QUJD", "QUJD", "REVG", "REVG"]) await look();
  shown = "";
  await look();
  assert.deepEqual(told(made.of("hint")), [
    ["qr_fetched", "T000000007", "page", { image: "QUJD", text: null }],
    ["qr_fetched", "T000000007", "page", { image: "REVG", text: null }],
    ["qr_fetched", "T000000007", "page"],
  ]);
  assert.deepEqual(Object.values(made.notes).map(({ code }) => code?.image), ["QUJD", "REVG", undefined]);
});

test("a captcha is told once, from the log-in page only, and not while its field is hidden", async () => {
  const made = page(`<form id="login"><input id="captcha" /></form>`);
  await made.ready();
  made.look();
  assert.equal(made.of("captcha").length, 1);
  const other = page(`<input id="captcha" />`);
  await other.ready();
  assert.equal(other.of("captcha").length, 0);
  const hidden = page("");
  hidden.document.body.innerHTML = `<form id="login"><input id="captcha" /></form>`;
  hidden.document.querySelector("#captcha").checkVisibility = () => false;
  await hidden.ready();
  assert.equal(hidden.of("captcha").length, 0);
});

const NAMED = `<input id="who" value="clerk01" />`;
const UNAUTHORISED = async () => new Response("", { status: 401 });
const logins = ({ of }) => of("login").map(({ login, was }) => [login, was]);

test("an answer that says nobody is logged in ends the session, whatever its address; another site's does not", async () => {
  const made = page(NAMED, { ...served(), fetch: UNAUTHORISED });
  await made.ready();
  await made.window.fetch("http://elsewhere.example/x");
  assert.deepEqual(made.of("login"), []);
  await made.window.fetch("/any/query");
  made.look();
  await made.window.fetch("/any/query");
  made.look();
  await settled();
  assert.deepEqual(logins(made), [[null, "clerk01"]], "the name that still stands there is nobody's");
});

test("after that the portal itself is asked, and a name is believed that has come since", async () => {
  const made = page(NAMED, { ...served(), fetch: UNAUTHORISED });
  made.window.asked = { outcome: "answered", whoami: "clerk02" };
  await made.ready();
  await made.window.fetch("/any/query");
  await settled();
  made.look();
  assert.deepEqual(logins(made), [[null, "clerk01"], ["clerk02", null]]);
  made.document.querySelector("#who").value = "clerk03";
  made.look();
  assert.deepEqual(logins(made).at(-1), ["clerk03", null]);
});

test("who logs in again in the very same document is believed", async () => {
  const made = page(NAMED, { ...served(), fetch: UNAUTHORISED });
  await made.ready();
  await made.window.fetch("/any/query");
  made.document.body.innerHTML = `<form id="login"></form>`;
  made.look();
  made.document.body.innerHTML = NAMED;
  made.look();
  assert.deepEqual(logins(made), [[null, "clerk01"], ["clerk01", null]]);
});

test("a page that comes back from before tells nobody's login anew", async () => {
  let known = "clerk01";
  const answer = ({ what }) => (what === "frame" ? { profile: PROFILE, login: known } : true);
  const made = page(NAMED, { answer });
  await made.ready();
  known = "clerk02";
  const back = async () => {
    made.window.dispatchEvent(Object.assign(new made.window.Event("pageshow"), { persisted: true }));
    await settled();
    made.look();
  };
  await back();
  assert.deepEqual(logins(made), []);
  known = null;
  made.window.asked = { outcome: "logged_out", whoami: null };
  await back();
  assert.deepEqual(logins(made), [[null, null]]);
});

/** A page whose clock the test turns. */
function slowPage(body, options) {
  const made = page(body, options);
  let now = 0;
  made.window.performance.now = () => now;
  made.window.setTimeout = () => 0;
  return { ...made, later: (milliseconds) => ((now += milliseconds), made.look()) };
}

test("a place that is gone from a loaded page for a while is drift: told once, shown to the clerk, and it may heal", async () => {
  const profile = { ...PROFILE, pages: { any: { always: ["body", "#grid"] } } };
  const made = slowPage(`<b id="grid"></b>`, served({ profile }));
  const roots = watchShadows(made.window);
  await made.ready();
  await until(() => made.document.readyState === "complete");
  made.later(10_000);
  const grid = made.document.querySelector("#grid");
  grid.remove();
  made.later(1);
  made.later(2_900);
  assert.equal(made.window.Chudan.drifted(), false, "pages draw themselves anew");
  made.later(200);
  made.later(200);
  assert.equal(made.window.Chudan.drifted(), true);
  assert.deepEqual(made.of("drift").map(({ sign, rule, shown }) => [sign, rule, shown]), [["selector_gone", "pages.any.always.1", true]]);
  assert.deepEqual(roots.map((root) => root.textContent), ["drift_page"]);
  made.document.body.append(grid);
  made.later(1);
  assert.equal(made.window.Chudan.drifted(), false);
});

test("an answer that nobody can read is drift until the page is loaded anew; a refused save is none", async () => {
  const answers = ["refused", "{}", "[]"];
  const made = page("", { fetch: async () => new Response(answers.shift()) });
  await made.ready();
  await made.window.fetch("/save");
  assert.equal(made.window.Chudan.drifted(), false);
  await made.window.fetch("/save");
  await made.window.fetch("/save");
  assert.deepEqual(made.of("drift").map(({ sign, rule }) => [sign, rule]), [["unread_answer", "hints_network.0"]]);
  assert.equal(made.window.Chudan.drifted(), true);
});

test("our other scripts are told of a served page once, and of each look", async () => {
  const made = page("", served());
  const seen = [];
  made.window.Chudan.onReady(({ profile, signal, doc }) => seen.push(["ready", profile.login.page, signal.aborted, typeof doc]));
  made.window.Chudan.onLook((profile) => seen.push(["look", profile.login.page]));
  await made.ready();
  assert.deepEqual(seen.slice(0, 2), [["ready", "login", false, "string"], ["look", "login"]]);
  const looks = seen.length;
  made.look();
  made.window.dispatchEvent(Object.assign(new made.window.Event("pageshow"), { persisted: true }));
  await settled();
  assert.ok(seen.length > looks);
  assert.equal(seen.filter(([what]) => what === "ready").length, 1);
});

test("a tab of our own says what it is; nothing in it is news", async () => {
  const made = page(`<input id="saved" value="T000000001" /><input id="who" value="clerk09" />`, { ...served({ walking: true }), dialog: () => undefined });
  const roots = watchShadows(made.window);
  made.window.Chudan.onReady(() => assert.fail("no buttons here"));
  await made.ready();
  made.look();
  made.window.alert("T000000001 核保通过");
  await made.window.fetch("/save", { method: "POST" });
  await settled();
  assert.deepEqual(made.sent.map(({ what }) => what), ["frame", "ready"]);
  assert.equal(made.document.title, "walk_tab");
  assert.deepEqual(roots.map((root) => root.textContent), ["walk_tab_more"]);
});

test("where the profile is switched off nothing is watched, and the reason stands in the page", async () => {
  const answer = ({ what }) => (what === "frame" ? { off: true } : what === "off_reason" ? "改版中" : true);
  const made = page(`<input id="saved" value="T000000001" />`, { answer });
  const roots = watchShadows(made.window);
  await until(() => roots.length > 0);
  made.look();
  await settled();
  assert.deepEqual(made.sent.map(({ what }) => what), ["frame", "off_reason"]);
  assert.deepEqual(roots.map((root) => root.textContent), ["改版中"]);
});

test("a page that stands open when its profile is switched off falls silent at once", async () => {
  const made = page(`<input id="saved" />`, served());
  made.window.Chudan.verbs.echo = ({ word }, profile) => `${word} ${profile.login.page}`;
  let ended = false;
  made.window.Chudan.onReady(({ signal }) => signal.addEventListener("abort", () => (ended = true)));
  await made.ready();
  assert.equal(await made.ask({ what: "echo", word: "a" }), "a login");
  await made.ask({ what: "off" });
  made.document.querySelector("#saved").value = "T000000001";
  made.look();
  assert.deepEqual(made.of("hint"), []);
  assert.equal(await made.ask({ what: "echo", word: "a" }), null);
  assert.ok(ended);
});

test("a newer profile is used at once in a page that stands open; one that is none of ours gets none", async () => {
  const made = page("", served());
  made.window.Chudan.verbs.echo = (_asked, profile) => profile.version ?? "old";
  await made.ready();
  assert.equal(await made.ask({ what: "echo" }), "old");
  await made.ask({ what: "newer", profile: { ...PROFILE, version: "new" } });
  assert.equal(await made.ask({ what: "echo" }), "new");
  const stranger = page("", { answer: () => null });
  stranger.window.Chudan.verbs.echo = () => "served";
  await settled();
  await stranger.ask({ what: "newer", profile: PROFILE });
  assert.equal(await stranger.ask({ what: "echo" }), null);
});

test("a verb that fails says nothing of why: that could be a page's text", async () => {
  const made = page("", served());
  made.window.Chudan.verbs.bad = () => {
    throw new Error("王小明");
  };
  await made.ready();
  assert.equal(await made.ask({ what: "bad" }), null);
});

test("a path leads to this portal or nowhere", () => {
  const { address, here } = page("").window.Chudan;
  assert.equal(address("/a?b=1"), new URL("/a?b=1", here()).href);
  for (const path of ["//evil.example/x", "/\\evil.example", "http://evil.example"]) assert.throws(() => address(path), /leaves the portal/, path);
});
