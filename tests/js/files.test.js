import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fake, settled, until } from "./fake_browser.js";
import { NUMBER, ORIGIN, account, id } from "./samples.js";
import { Desk } from "../../extension/background/desk.js";
import { NoWay } from "../../extension/background/steps.js";

const POLICY = "PDAA202600000000000001";
const PIECE = 4;
const DATA = "%PDF-abcdefg"; // three pieces
/** @type {any} */
let desk;
/** What the page script does. @type {any} */
let page;
const port = () => fake.ports.at(-1);

afterEach(() => mock.timers.reset());
beforeEach(async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  fake.reset();
  page = { fetch: id(), data: DATA, began: 0, dropped: 0, ending: null, tabs: [7] };
  fake.page = answer;
  desk = new Desk();
  desk.portals.profile = async () => ({ files: { e_policy: { request: { method: "GET", path: "/x" } } } });
  desk.portals.off = async () => null;
  desk.jobs.tabs = async () => page.tabs;
  await connect();
});

async function connect() {
  desk.link.start();
  const [hello] = await until(() => port().ofType("hello").length > 0 && port().ofType("hello"));
  const welcome = { v: 1, type: "welcome", re: hello.id, daemon_version: "0.1.0", device: id(), accounts: [account()] };
  port().onMessage.fire(welcome);
  await until(() => desk.link.state === "up");
}

function answer(tab, message) {
  if (page.gone === tab) throw new Error("Could not establish connection.");
  if (message.what === "file") {
    page.began += 1;
    page.asked = message;
    return page.ending ?? { fetch: page.fetch, size: page.data.length, type: "application/pdf" };
  }
  if (message.what === "file_drop") page.dropped += 1;
  if (message.what !== "file_piece") return true;
  if (page.half) return page.half;
  const piece = page.data.slice(message.offset, message.offset + PIECE);
  return piece ? { data: btoa(piece) } : { size: page.data.length, whoami: "clerk01" };
}

const job = (more = {}) => ({
  v: 1, type: "file_job", id: id(), file: "e_policy", carrier: "example", origin: ORIGIN, login: "clerk01",
  numbers: [NUMBER], policy_number: POLICY, tab: 7, budget: 60_000, ...more,
});
const wanted = (asked) => port().onMessage.fire(asked);
const go = (re, offset) => port().onMessage.fire({ v: 1, type: "file_go", re, offset });
const sent = (type) => until(() => port().ofType(type).length > 0 && port().ofType(type));
const chunks = (from = port()) => from.ofType("file_chunk").map(({ offset, data }) => [offset, atob(data)]);

test("a file leaves piece by piece, the next only when it is asked for", async () => {
  const asked = job();
  wanted(asked);
  const [begin] = await sent("file_begin");
  assert.deepEqual([begin.re, begin.fetch, begin.size], [asked.id, page.fetch, DATA.length]);
  await settled();
  assert.deepEqual(chunks(), []);
  for (const offset of [0, 4, 8]) {
    go(asked.id, offset);
    await until(() => chunks().at(-1)?.[0] === offset);
  }
  assert.deepEqual(chunks(), [[0, "%PDF"], [4, "-abc"], [8, "defg"]]);
  assert.deepEqual(port().ofType("file_end"), []);
  go(asked.id, 12);
  const [end] = await sent("file_end");
  assert.deepEqual([end.re, end.size, end.whoami], [asked.id, 12, "clerk01"]);
  assert.deepEqual(port().ofType("job_result"), []);
});

test("after a broken link nothing goes on until it is asked for, and then from there", async () => {
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  go(asked.id, 0);
  await until(() => chunks().length === 1);
  port().die("Native host has exited.");
  await connect();
  await settled();
  assert.deepEqual(port().ofType("file_begin"), []);
  wanted(asked);
  const [again] = await sent("file_begin");
  assert.equal(again.fetch, page.fetch);
  go(asked.id, 8);
  await until(() => chunks().length === 1);
  assert.deepEqual(chunks(), [[8, "defg"]]);
  go(asked.id, 12);
  await sent("file_end");
});

test("a link that breaks while the page gives a piece: the piece stays", async () => {
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  /** @type {any} */
  let give;
  const before = fake.page;
  fake.page = (tab, message) => (message.what === "file_piece" ? new Promise((resolve) => (give = resolve)) : before(tab, message));
  go(asked.id, 0);
  await until(() => give);
  port().die("Native host has exited.");
  await connect();
  fake.page = before;
  give({ data: btoa("%PDF") });
  await settled();
  assert.deepEqual(chunks(), [], "the daemon of this connection was not told of the file yet");
  wanted(asked);
  await sent("file_begin");
});

test("a background that died goes on with what the page holds", async () => {
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  port().die("Native host has exited.");
  desk = Object.assign(new Desk(), {});
  desk.portals.profile = async () => ({ files: { e_policy: { request: { method: "GET", path: "/x" } } } });
  desk.portals.off = async () => null;
  desk.jobs.tabs = async () => [7];
  await connect();
  wanted(asked);
  const [begin] = await sent("file_begin");
  assert.equal(begin.fetch, page.fetch);
});

test("what cannot be had is said in one of our words", async () => {
  page.ending = { outcome: "failed", error: "not_a_pdf" };
  const asked = job();
  wanted(asked);
  const [result] = await sent("job_result");
  assert.deepEqual([result.re, result.outcome, result.error, result.lines], [asked.id, "failed", "not_a_pdf", []]);
});

test("nobody logged in ends the session", async () => {
  page.ending = { outcome: "logged_out", error: null };
  const over = mock.method(desk.sessions, "ended", async () => undefined);
  wanted(job());
  const [result] = await sent("job_result");
  assert.equal(result.outcome, "logged_out");
  assert.deepEqual(over.mock.calls[0].arguments, [ORIGIN, 7]);
});

test("a tab that is closed on the way: another begins anew", async () => {
  page.tabs = [7, 8];
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  page.gone = 7;
  page.fetch = id();
  go(asked.id, 0);
  const [, second] = await until(() => port().ofType("file_begin").length > 1 && port().ofType("file_begin"));
  assert.equal(second.fetch, page.fetch);
});

test("without a tab of the session there is no session", async () => {
  page.tabs = [];
  wanted(job());
  assert.equal((await sent("job_result"))[0].outcome, "no_session");
});

test("what the daemon refuses is dropped and not talked of", async () => {
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  port().onMessage.fire({ v: 1, type: "refusal", re: asked.id, code: 302, message: "not_a_pdf", retry: false });
  await until(() => page.dropped === 1);
  assert.deepEqual(port().ofType("job_result"), []);
});

test("a portal that breaks off in the middle", async () => {
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  page.half = { outcome: "failed", error: "network" };
  go(asked.id, 0);
  assert.equal((await sent("job_result"))[0].error, "network");
});

test("a carrier without a way, and one that is switched off", async () => {
  desk.portals.profile = async () => ({ files: {} });
  wanted(job());
  assert.equal((await sent("job_result"))[0].error, "no_way");
  desk.portals.off = async () => "why";
  wanted(job());
  await until(() => port().ofType("job_result").length === 2);
  assert.equal(port().ofType("job_result")[1].error, "profile_off");
});

const WALK = { start: "/search", steps: [{ take: ".link" }] };

test("a walk's link is fetched in its tab, which stays open until the end", async () => {
  desk.portals.profile = async () => ({ files: { e_policy: { walk: WALK } } });
  desk.frames.of = async () => [0];
  let open = false;
  desk.walks.run = async (tour, use) => {
    open = true;
    assert.deepEqual([tour.values, tour.from], [{ number: NUMBER, policy_number: POLICY }, 7]);
    const outcome = await use({ tab: 90, frame: 3, taken: "blob:x" });
    open = false;
    return outcome;
  };
  const before = fake.page;
  fake.page = (tab, message) => (message.what === "whose" ? { outcome: "answered", whoami: "clerk02" } : before(tab, message));
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  assert.equal(page.asked.taken, "blob:x");
  go(asked.id, 12);
  const [end] = await sent("file_end");
  assert.equal(end.whoami, "clerk02", "who is logged in is asked when all has come");
  await until(() => !open);
});

test("a portal that answers no request is walked through", async () => {
  desk.portals.profile = async () => ({ files: { e_policy: { request: { method: "GET", path: "/x" }, walk: WALK } } });
  page.ending = { outcome: "failed", error: "not_a_pdf" };
  desk.walks.run = async () => {
    throw new NoWay("element_gone");
  };
  wanted(job());
  assert.equal((await sent("job_result"))[0].error, "walk_element_gone");
});

test("after a broken link a walk is not made again: its tab waits", async () => {
  desk.portals.profile = async () => ({ files: { e_policy: { walk: WALK } } });
  desk.frames.of = async () => [0];
  let walks = 0;
  desk.walks.run = async (tour, use) => {
    walks += 1;
    return use({ tab: 90, frame: 0, taken: "blob:x" });
  };
  const asked = job();
  wanted(asked);
  await sent("file_begin");
  port().die("Native host has exited.");
  await connect();
  wanted(asked);
  const [again] = await sent("file_begin");
  assert.deepEqual([walks, again.fetch], [1, page.fetch]);
});
