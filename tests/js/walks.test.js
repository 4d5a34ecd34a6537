// Walks: steps from document to document in a tab of our own, and queries made by them.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake, settled, until } from "./fake_browser.js";
import { ORIGIN, account, id, job } from "./samples.js";
import { Frames } from "../../extension/background/frames.js";
import { Jobs } from "../../extension/background/jobs.js";
import { Portals } from "../../extension/background/portals.js";
import { Sessions } from "../../extension/background/sessions.js";
import { NoWay, Steps } from "../../extension/background/steps.js";
import { Walks } from "../../extension/background/walks.js";

const WALK = { start: "{base}/query.html", steps: [{ fill: "#no", value: "{number}" }, { click: "#go" }, { wait: { at: "#found", matches: "{number}" } }] };
const PROFILE = { queries: { confirm: { walk: WALK, walk_answer: {} }, detail: { request: {}, answer: {}, walk: WALK, walk_answer: {} } } };
const line = (number, more = {}) => ({
  number, quote_number: null, kind: "commercial", policy_number: null, underwriting: "none", deleted: false,
  plate: null, insured: null, start: null, premium: null, raw_status: "", ...more,
});
const answered = (whoami, ...lines) => ({ outcome: "answered", whoami, lines, data: [], error: null });

/** @type {any} */
let parts;
/** What each frame answers: "tab/frame" -> verbs. */
let site;
/** Tabs as they come and go: "open 501", "go 501 http…", "close 501". */
let tabs;

beforeEach(async () => {
  fake.reset();
  fake.profile = PROFILE;
  site = {};
  tabs = [];
  let made = 500;
  Object.assign(chrome.tabs, {
    create: async ({ url, active }) => (tabs.push(`open ${(made += 1)} ${url} ${active}`), { id: made }),
    update: async (tab, { url }) => (tabs.push(`go ${tab} ${url}`), arrive(tab, new URL(url).pathname), {}),
    remove: async (tab) => void tabs.push(`close ${tab}`),
    get: async () => ({ status: "complete" }),
  });
  fake.page = async (tab, message, frame) => {
    const verbs = site[`${tab}/${frame}`];
    if (!verbs) throw new Error("Could not establish connection. Receiving end does not exist.");
    return typeof verbs[message.what] === "function" ? verbs[message.what](message) : (verbs[message.what] ?? null);
  };
  const portals = new Portals();
  await portals.set([account()]);
  const frames = new Frames(portals);
  const steps = new Steps(frames);
  const sessions = new Sessions(() => undefined);
  parts = { portals, frames, steps, sessions, walks: new Walks(frames, steps) };
});

/** What a document of a walk's tab does; a test changes it. */
const usual = {
  step: () => ({ ok: true }),
  whose: () => answered("clerk01"),
  read_page: ({ number }) => answered(null, line(number)),
};
/** A page has come up in a frame. */
async function arrive(tab, path, more = {}, frame = 0) {
  const doc = id();
  site[`${tab}/${frame}`] = { ...usual, there: doc, where: { path, loading: false, login: false }, ...more };
  await parts.frames.admit({ tab, frame, origin: ORIGIN }, doc);
  parts.steps.arrived(tab);
}
const soon = () => Date.now() + 20_000;
const closed = () => tabs.filter((one) => one.startsWith("close"));

test("steps are made one after the other in the frame whose page they are for", async () => {
  const made = [];
  const step = ({ step: one, values }) => (made.push([Object.keys(one)[0], values.number]), { ok: true });
  await arrive(7, "/main.html");
  await arrive(7, "/app/query.html", { step }, 3);
  const arrival = await parts.steps.make(7, ORIGIN, { frame: "/query\\.html$", steps: WALK.steps }, { number: "T0001" }, soon());
  assert.deepEqual(arrival, { frame: 3, taken: null });
  assert.deepEqual(made, [["fill", "T0001"], ["click", "T0001"], ["wait", "T0001"]]);
});

test("nothing is done before the page has come, and a page that still loads is waited for", async () => {
  const done = parts.steps.make(7, ORIGIN, { steps: [{ click: "#go" }] }, {}, soon());
  await settled();
  await arrive(7, "/query.html", { where: { path: "/query.html", loading: true } });
  await settled();
  assert.deepEqual(fake.told.filter(({ what }) => what === "step"), []);
  site["7/0"].where = { path: "/query.html", loading: false };
  parts.steps.arrived(7);
  assert.equal((await done).frame, 0);
});

test("a step whose document goes away under it is made again in the next one", async () => {
  let tries = 0;
  const wait = async () => {
    tries += 1;
    await arrive(7, "/result.html", { step: () => ((tries += 1), { ok: true }) });
    throw new Error("The message port closed before a response was received.");
  };
  await arrive(7, "/query.html", { step: wait });
  await parts.steps.make(7, ORIGIN, { steps: [{ wait: { at: "#x" } }] }, {}, soon());
  assert.equal(tries, 2);
});

test("after going somewhere the old document does nothing any more", async () => {
  const where = [];
  const step = (here) => ({ step: one }) => (where.push([here, Object.keys(one)[0]]), { ok: true });
  await arrive(7, "/a.html", { step: step("a") });
  const done = parts.steps.make(7, ORIGIN, { steps: [{ go: "/b.html" }, { click: "#x" }] }, {}, soon());
  await until(() => where.length > 0);
  await settled();
  assert.deepEqual(where, [["a", "go"]]);
  await arrive(7, "/b.html", { step: step("b") });
  await done;
  assert.deepEqual(where, [["a", "go"], ["b", "click"]]);
});

test("going to another part of the same page waits for no new one", async () => {
  await arrive(7, "/a.html", { step: () => ({ ok: true, stays: true }) });
  assert.equal((await parts.steps.make(7, ORIGIN, { steps: [{ go: "/a.html#b" }] }, {}, soon())).frame, 0);
});

test("why there is no way is said: log-in page, missing element, time over", async () => {
  const why = async (more, way = { steps: [{ click: "#go" }] }, deadline = soon()) => {
    await arrive(7, "/query.html", more);
    return parts.steps.make(7, ORIGIN, way, {}, deadline).then(() => "there", (error) => (assert.ok(error instanceof NoWay), error.why));
  };
  assert.equal(await why({ where: { path: "/login", loading: false, login: true } }), "logged_out");
  assert.equal(await why({ step: () => ({ ok: false, why: "element_gone" }) }), "element_gone");
  assert.equal(await why({}, { frame: "/nowhere$", steps: [] }, Date.now() + 50), "timeout");
  assert.equal(await why({}, { steps: [] }, Date.now() - 1), "timeout");
});

test("a walk has a tab of its own, in the background, and closes it whatever happens", async () => {
  await arrive(7, "/app_v2/main.html", { path_to: ({ path }) => path.replace("{base}", "/app_v2") });
  const tour = { origin: ORIGIN, walk: WALK, values: { number: "T0001" }, deadline: soon(), from: 7 };
  const read = await parts.walks.run(tour, async ({ tab, frame }) => {
    assert.ok(await parts.walks.owns(tab));
    assert.deepEqual(await parts.frames.tabs(ORIGIN), [7], "nobody is asked or shown anything there");
    return `${tab}/${frame}`;
  });
  assert.equal(read, "501/0");
  assert.deepEqual(tabs, ["open 501 about:blank false", `go 501 ${ORIGIN}/app_v2/query.html`, "close 501"]);
  await assert.rejects(parts.walks.run(tour, async () => Promise.reject(new Error("defect"))), /defect/);
  assert.deepEqual(closed(), ["close 501", "close 502"]);
  assert.equal(await parts.walks.owns(502), false);
});

test("a walk never leaves the portal", async () => {
  const tour = { origin: ORIGIN, walk: { ...WALK, start: "//evil.example/x" }, values: {}, deadline: soon(), from: 7 };
  await assert.rejects(parts.walks.run(tour, async () => undefined), { why: "other_origin" });
  assert.deepEqual(tabs, []);
});

test("a walk begins when its new tab stands: before that a browser forgets where it was sent", async () => {
  const looks = ["unloaded", "loading", "complete"];
  chrome.tabs.get = async (tab) => (tabs.push(`look ${tab} ${looks[0]}`), { status: looks.shift() });
  const tour = { origin: ORIGIN, walk: WALK, values: { number: "T0001" }, deadline: soon(), from: 7 };
  await parts.walks.run(tour, async () => undefined);
  const order = tabs.map((one) => one.split(" ")).map(([what, , how]) => (what === "look" ? how : what));
  assert.deepEqual(order, ["open", "unloaded", "loading", "complete", "go", "close"]);
});

test("walks of one portal wait for each other, also for one that failed", async () => {
  const order = [];
  const tour = { origin: ORIGIN, walk: { start: "/query.html", steps: [] }, values: {}, deadline: soon(), from: 7 };
  const one = parts.walks.run(tour, async () => {
    order.push("one begins");
    await settled();
    order.push("one ends");
    throw new NoWay("timeout");
  });
  const two = parts.walks.run(tour, async () => void order.push("two"));
  await assert.rejects(one);
  await two;
  assert.deepEqual(order, ["one begins", "one ends", "two"]);
});

test("a tab that a dead background left open is closed at the next start", async () => {
  const tour = { origin: ORIGIN, walk: { start: "/query.html", steps: [] }, values: {}, deadline: soon(), from: 7 };
  void parts.walks.run(tour, () => new Promise(() => undefined));
  await until(() => tabs.length === 2);
  const next = new Walks(parts.frames, parts.steps);
  await next.start();
  assert.deepEqual(closed(), ["close 501"]);
  await next.start();
  assert.deepEqual(closed(), ["close 501"]);
});

/** A portal tab with a session, and a job runner. */
async function jobs(more = {}) {
  await arrive(7, "/main.html", more);
  await parts.sessions.seen({ carrier: "example", origin: ORIGIN }, 7, "clerk01");
  return new Jobs(parts);
}

test("a portal that cannot be asked is walked through once per number, and nothing of its pages is asked twice", async () => {
  const runner = await jobs();
  const result = await runner.run(job({ numbers: ["T00001", "T00002"] }));
  assert.deepEqual([result.outcome, result.whoami, result.lines.map(({ number }) => number)], ["answered", "clerk01", ["T00001", "T00002"]]);
  assert.deepEqual(tabs.filter((one) => one.startsWith("go")), [`go 501 ${ORIGIN}/query.html`, `go 502 ${ORIGIN}/query.html`]);
  assert.deepEqual(closed(), ["close 501", "close 502"]);
  assert.deepEqual(fake.told.filter(({ what }) => what === "job"), []);
});

test("a line that both numbers find is one; two policies of one number are two", async () => {
  usual.read_page = () => answered("clerk01", line("Q00001", { policy_number: "P00001" }), line("Q00001", { policy_number: "P00002" }));
  const result = await (await jobs()).run(job({ numbers: ["P00001", "P00002"] }));
  usual.read_page = ({ number }) => answered(null, line(number));
  assert.deepEqual(result.lines.map(({ policy_number: policy }) => policy), ["P00001", "P00002"]);
});

test("a session that changes between two walks files nothing", async () => {
  let who = 0;
  usual.whose = () => answered(`clerk0${(who += 1)}`);
  const result = await (await jobs()).run(job({ numbers: ["T00001", "T00002"] }));
  usual.whose = () => answered("clerk01");
  assert.deepEqual([result.outcome, result.error], ["failed", "session_changed"]);
});

test("who is logged in is read off the frame that shows it", async () => {
  usual.whose = ({ ask }) => (ask ? { outcome: "failed", whoami: null, lines: [], data: [], error: "no_login" } : answered("clerk03"));
  const update = chrome.tabs.update;
  chrome.tabs.update = async (tab, change) => (await update(tab, change), await settled(), await arrive(tab, "/top.html", {}, 2));
  const runner = await jobs();
  const result = await runner.run(job({ login: null }));
  usual.whose = () => answered("clerk01");
  assert.equal(result.whoami, "clerk03");
  assert.equal((await parts.sessions.at(ORIGIN))?.login, "clerk03", "the session is known from it");
});

test("where a request fails the walk is tried, and from then on it goes first, until it fails", async () => {
  let requests = 0;
  const runner = await jobs({ job: () => ((requests += 1), { outcome: "failed", whoami: null, lines: [], data: [], error: "unexpected_answer" }) });
  const detail = () => runner.run(job({ query: "detail" }));
  assert.equal((await detail()).outcome, "answered");
  await detail();
  assert.equal(requests, 1);
  usual.step = () => ({ ok: false, why: "element_gone" });
  assert.deepEqual([(await detail()).error, requests], ["walk_element_gone", 1]);
  await detail();
  usual.step = () => ({ ok: true });
  assert.equal(requests, 2);
});

test("a request that is answered is never walked after, nor is a session walked for that is over", async () => {
  const runner = await jobs({ job: () => answered("clerk01", line("T00001")) });
  assert.equal((await runner.run(job({ query: "detail" }))).outcome, "answered");
  assert.equal((await runner.run(job({ login: "clerk09" }))).outcome, "no_session");
  assert.deepEqual(tabs, []);
});

test("a walk that ends at the log-in page ends the session", async () => {
  const runner = await jobs();
  chrome.tabs.update = async (tab) => void arrive(tab, "/login", { where: { path: "/login", loading: false, login: true } });
  assert.equal((await runner.run(job())).outcome, "logged_out");
  assert.equal(await parts.sessions.at(ORIGIN), null);
  assert.deepEqual(closed(), ["close 501"]);
});

test("a profile that is switched off asks nothing", async () => {
  const runner = await jobs();
  await parts.portals.delivered.set({ profiles: [], off: [{ carrier: "example", reason: "改版" }] });
  assert.deepEqual([(await runner.run(job())).error, tabs], ["profile_off", []]);
});
