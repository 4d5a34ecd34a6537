import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake } from "./fake_browser.js";
import { id, NUMBER, ORIGIN } from "./samples.js";
import { Quick, fromForm, QUICK } from "../../extension/background/quick.js";
import { fault } from "../../extension/shared/check.js";

const POLICY = "PDAA202600000000000001";
const ROW = { numbers: [NUMBER], policy_number: null };
const SPOT = { tab: 7, frame: 3, origin: ORIGIN, host: ORIGIN };
const PORTAL = { carrier: "example", origin: ORIGIN };
const FORM = { tab: { id: 7 }, frameId: 9 };

/** What is told of a download. */
const news = (request, state, more = {}) => ({ request, state, percent: null, reason: null, ...more });

/** A desk whose road and page are the test's. */
function desk({ away = false, row = "same" } = {}) {
  const made = {
    sent: [],
    express: [],
    away,
    row,
    frames: { tabs: async () => [7], of: async () => [0, 3] },
    sessions: { at: async () => ({ login: "clerk01" }) },
    portals: { name: async () => "示例财险" },
    road: {
      send: async (message) => void made.sent.push(message),
      express: async (message) => (made.away ? { kept: false, why: 202 } : { kept: Boolean(made.express.push(message)) }),
    },
  };
  made.quick = new Quick(made);
  fake.page = (_tab, { what }) => (what === "quick_row" ? made.row : true);
  return made;
}

const open = (at, pressed = {}) => QUICK.quick_open(at, { row: ROW, in_page: true, why: null, ...pressed }, SPOT, PORTAL);
const say = (at, token, what, more = {}, sender = FORM) => fromForm(at, what, { token, ...more }, sender);
const wanted = (more = {}) => ({ wanted: { id: id(), fields: {}, sure: false, ...more } });
const told = (what) => fake.told.filter((message) => message.what === what);

beforeEach(() => fake.reset());

test("a form belongs to the first frame that opens it, in the tab of its row", async () => {
  const at = desk();
  const { token } = await open(at);
  assert.equal(await say(at, token, "open", {}, { tab: { id: 8 }, frameId: 9 }), null);
  const { quick } = await say(at, token, "open");
  assert.deepEqual(quick, { kind: "form", row: ROW, why: null, typed: {}, carrier: "示例财险" });
  assert.equal(await say(at, token, "open", {}, { tab: { id: 7 }, frameId: 0 }), null);
  assert.equal(await say(at, id(), "open"), null);
  assert.equal(await say(at, "constructor", "open"), null);
});

test("without fields the download goes the durable road, at once and as a good message", async () => {
  const at = desk();
  const { token } = await open(at);
  assert.deepEqual(await say(at, token, "send", wanted()), { kept: true });
  const [message] = at.sent;
  assert.equal(fault(message, "up"), null);
  assert.deepEqual(message.row, ROW);
  assert.deepEqual(message.place, { origin: ORIGIN, login: "clerk01", tab: 7, frame: 3 });
  assert.deepEqual(at.express, []);
});

test("what was typed may name a person: it is handed over, never written down", async () => {
  const at = desk({ away: true });
  const { token } = await open(at);
  const typed = wanted({ fields: { salesperson: "示范员" } });
  assert.deepEqual(await say(at, token, "send", typed), { kept: false, why: 202 });
  assert.deepEqual(await at.quick.downloads.of(ORIGIN), [], "a download that never left is not shown");
  at.away = false;
  assert.deepEqual(await say(at, token, "send", typed), { kept: true });
  assert.deepEqual([at.sent.length, at.express.length], [0, 1]);
  assert.ok(!JSON.stringify(await chrome.storage.session.get()).includes("示范员"));
  const next = await open(at);
  const { quick } = await say(at, next.token, "open");
  assert.deepEqual(quick.typed, { salesperson: ["示范员"] }, "offered again while the background lives");
});

test("a row that is another one now is not sent; one that is gone only when the clerk insists", async () => {
  const at = desk({ row: "changed" });
  const { token } = await open(at);
  assert.deepEqual(await say(at, token, "send", wanted({ sure: true })), { kept: false, row: "changed" });
  at.row = "gone";
  assert.deepEqual(await say(at, token, "send", wanted()), { kept: false, row: "gone" });
  assert.deepEqual(at.sent, []);
  assert.deepEqual(await say(at, token, "send", wanted({ sure: true })), { kept: true });
  fake.page = () => {
    throw new Error("no such tab");
  };
  assert.deepEqual(await say(at, token, "send", wanted()), { kept: false, row: "gone" }, "nor with its page");
});

test("what no message may carry opens no form", async () => {
  const at = desk();
  for (const row of [{ numbers: ["no number!"], policy_number: null }, { numbers: [NUMBER], policy_number: "" }]) {
    assert.ok((await open(at, { row })).refused);
  }
  const { token } = await open(at);
  const { refused } = await say(at, token, "send", wanted({ fields: { salesperson: "x".repeat(501) } }));
  assert.ok(refused);
  assert.deepEqual(at.sent, []);
});

test("the state is put on the row in every page of the portal, and told to pages loaded later", async () => {
  const at = desk();
  const { token } = await open(at);
  await say(at, token, "send", wanted());
  await at.quick.told(news(at.sent[0].id, "running", { percent: 42 }));
  await at.quick.told(news(at.sent[0].id, "running", { percent: 42 }));
  const shown = told("quick_state").map(({ frame, state, percent, row }) => [frame, state, percent, row]);
  assert.deepEqual(shown, [
    [0, "waiting", null, ROW],
    [3, "waiting", null, ROW],
    [0, "running", 42, ROW],
    [3, "running", 42, ROW],
  ]);
  const again = desk(); // the background was started anew
  const [state] = await QUICK.quick_states(again, {}, SPOT, PORTAL);
  assert.deepEqual([state.row, state.state, state.percent], [ROW, "running", 42]);
  assert.deepEqual(await QUICK.quick_states(again, {}, { ...SPOT, origin: "http://other.localhost" }, PORTAL), []);
});

test("news of a download of another browser changes nothing", async () => {
  const at = desk();
  await at.quick.told(news(id(), "failed", { reason: "deleted" }));
  await at.quick.told(news("constructor", "failed", { reason: "deleted" }));
  assert.deepEqual([fake.told, fake.windows], [[], []]);
});

test("deleted is an alert, once, beside the row or else in a window of our own", async () => {
  const at = desk();
  for (const there of [true, false]) {
    const { token } = await open(at);
    await say(at, token, "send", wanted());
    fake.page = (_tab, { what }) => (what === "quick_alert" ? there : true);
    const failed = news(at.sent.at(-1).id, "failed", { reason: "deleted" });
    await at.quick.told(failed);
    await at.quick.told(failed);
    fake.page = (_tab, { what }) => (what === "quick_row" ? "same" : true);
  }
  const alerts = told("quick_alert");
  assert.equal(alerts.length, 2);
  assert.equal(fake.windows.length, 1);
  const { quick } = await say(at, alerts[0].token, "open");
  assert.deepEqual([quick.kind, quick.why, quick.row], ["alert", "deleted", ROW]);
});

test("a download that the daemon refuses for good has failed; one it wants later has not", async () => {
  const at = desk();
  const { token } = await open(at);
  await say(at, token, "send", wanted());
  const refusal = { v: 1, type: "refusal", re: at.sent[0].id, code: 113, message: "", retry: true };
  await at.quick.refused(refusal);
  assert.equal((await at.quick.downloads.of(ORIGIN))[0].state, "waiting");
  await at.quick.refused({ ...refusal, retry: false });
  const [{ state, reason }] = await at.quick.downloads.of(ORIGIN);
  assert.deepEqual([state, reason], ["failed", "refused"]);
});

test("a form that may be covered stands in a window, and only that window's frame is served", async () => {
  const at = desk();
  const { token } = await open(at, { in_page: false, row: { numbers: [], policy_number: POLICY } });
  assert.equal(fake.windows.length, 1);
  assert.ok((await say(at, token, "open", {}, { tab: { id: 901 }, frameId: 0 })).quick);
  assert.equal(await say(at, token, "open"), null);

  const inPage = await open(at);
  await say(at, inPage.token, "open");
  await say(at, inPage.token, "to_window");
  assert.deepEqual(told("quick_unmount").map((message) => message.token), [inPage.token]);
  assert.equal(fake.windows.length, 2);
  assert.equal(await say(at, inPage.token, "send", wanted(), FORM), null, "the frame in the page has lost it");
  assert.deepEqual(at.sent, []);
  const token2 = new URL(fake.windows[1].url).hash.slice(1);
  assert.deepEqual(await say(at, token2, "send", wanted(), { tab: { id: 902 }, frameId: 0 }), { kept: true });
  assert.deepEqual(told("quick_row").map((message) => message.token), [inPage.token], "the page knows it as its press");
});
