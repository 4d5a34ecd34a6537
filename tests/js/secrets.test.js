import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fake, settled, until } from "./fake_browser.js";
import { ORIGIN, account, id, sender } from "./samples.js";
import { Desk } from "../../extension/background/desk.js";
import { Queue } from "../../extension/background/queue.js";
import { LIFE } from "../../extension/background/secrets.js";
import { serve } from "../../extension/background/verbs.js";

const PASSWORD = "correct-horse-battery";
const EVIL = "http://evil.localhost";
const clerk = account();
let name = 0;
/** @type {Desk} */
let desk;
/** What the page script in the top frame calls its document. */
let there;
const port = () => fake.ports.at(-1);
const delivered = () => fake.told.filter(({ what }) => what === "fill_secret");
const asked = () => port().ofType("secret_request");

afterEach(() => mock.timers.reset());
beforeEach(async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
  fake.reset();
  there = "top";
  fake.page = (_tab, { what }) => ({ there, fill_secret: { filled: true, captcha: true } })[what] ?? true;
  desk = new Desk();
  desk.queue = desk.road.queue = new Queue(`secrets-${(name += 1)}`);
  await desk.portals.set([clerk]);
  desk.link.start();
  const [hello] = await until(() => port().ofType("hello").length > 0 && port().ofType("hello"));
  port().onMessage.fire({ v: 1, type: "welcome", re: hello.id, daemon_version: "0.1.0", device: id(), accounts: [clerk] });
  await until(() => desk.link.state === "up");
  await serve(desk, { what: "frame", doc: "top" }, sender());
});

const spot = (more = {}) => ({ tab: 7, frame: 0, origin: ORIGIN, host: ORIGIN, ...more });
const fill = (more, doc = "top") => desk.visits.secrets.fill(spot(more), { stand: "form", doc }, clerk);
async function answer(more = {}) {
  const [request] = await until(() => asked().length > 0 && asked());
  port().onMessage.fire({ v: 1, type: "fill_secret", re: request.id, login: "clerk01", password: PASSWORD, ...more });
  return request;
}

test("a password is asked for, goes straight into the frame, and is kept nowhere", async () => {
  const filling = fill();
  const request = await answer();
  assert.deepEqual([request.account, request.origin, request.tab, request.frame], [clerk.id, ORIGIN, 7, 0]);
  assert.deepEqual(await filling, { filled: true, captcha: true });
  const [told] = delivered();
  assert.deepEqual([told.tab, told.frame, told.origin, told.password, told.stand], [7, 0, ORIGIN, PASSWORD, "form"]);
  assert.equal(told.until, 1_800_000_000_000 + LIFE);
  await settled();
  const kept = [await chrome.storage.session.get(), await chrome.storage.local.get(), await desk.queue.waiting(), port().sent];
  assert.doesNotMatch(JSON.stringify(kept), new RegExp(PASSWORD, "u"));
});

test("nothing is logged, whatever becomes of it", async (context) => {
  const lines = [];
  for (const level of ["log", "info", "warn", "error", "debug"]) context.mock.method(console, level, (...words) => lines.push(words));
  fake.page = (_tab, { what }) => {
    if (what === "fill_secret") throw new Error("Could not establish connection.");
    return what === "there" ? there : true;
  };
  const filling = fill();
  await answer();
  assert.deepEqual(await filling, { filled: false, why: "page_gone" });
  assert.deepEqual(lines, []);
});

test("for a frame at another origin, or a document that was not admitted, none is even asked for", async () => {
  for (const [more, doc] of [[{ host: EVIL }, "top"], [{ origin: EVIL, host: EVIL }, "top"], [{}, "another"], [{ frame: 4 }, "top"]]) {
    assert.deepEqual(await fill(more, doc), { filled: false, why: "stranger" });
  }
  assert.deepEqual(asked(), []);
  assert.deepEqual([...new Set(port().ofType("trouble").map(({ code }) => code))], [131]);
});

test("a frame under a stranger's page gets none", async () => {
  await serve(desk, { what: "frame", doc: "evil" }, sender({ origin: EVIL, tab: { id: 8 } }));
  await serve(desk, { what: "frame", doc: "inner" }, sender({ frameId: 4, tab: { id: 8 } }));
  assert.deepEqual(await fill({ tab: 8, frame: 4 }, "inner"), { filled: false, why: "stranger" });
  assert.deepEqual(asked(), []);
});

const MEANWHILE = [
  ["the tab shows a stranger's page", () => serve(desk, { what: "frame", doc: "evil" }, sender({ origin: EVIL }))],
  ["the page was loaded anew", () => serve(desk, { what: "frame", doc: "next" }, sender())],
  ["the page went away", () => serve(desk, { what: "gone", doc: "top" }, sender())],
  ["nobody answers in the page", () => (there = null)],
  ["the account is not ours any more", () => desk.portals.set([])],
];
for (const [what, happen] of MEANWHILE) {
  test(`when ${what} before the daemon answers, the password goes nowhere`, async () => {
    const filling = fill();
    await until(() => asked().length > 0);
    await happen();
    await answer();
    assert.deepEqual(await filling, { filled: false, why: "stranger" });
    assert.deepEqual(delivered(), []);
  });
}

test("another account's password goes nowhere", async () => {
  const filling = fill();
  await answer({ login: "clerk02" });
  assert.equal((await filling).filled, false);
  assert.deepEqual(delivered(), []);
});

test("after five seconds it is void: given up, and dropped when it comes at last", async () => {
  const filling = fill();
  await until(() => asked().length > 0);
  mock.timers.tick(LIFE);
  assert.deepEqual(await filling, { filled: false, why: "no_secret" });
  await answer();
  await settled();
  assert.deepEqual(delivered(), []);
});

test("a clock that jumped over it makes it void as well", async () => {
  const filling = fill();
  await until(() => asked().length > 0);
  mock.timers.setTime(1_800_000_000_000 + LIFE - 1); // the timer has not gone off
  await settled();
  mock.method(Date, "now", () => 1_800_000_000_000 + LIFE + 1);
  await answer();
  assert.deepEqual(await filling, { filled: false, why: "too_late" });
  assert.deepEqual(delivered(), []);
  mock.restoreAll();
});

test("no password on this machine is told as that", async () => {
  const filling = fill();
  const [request] = await until(() => asked().length > 0 && asked());
  port().onMessage.fire({ v: 1, type: "refusal", re: request.id, code: 301, message: "no password", retry: false });
  assert.deepEqual(await filling, { filled: false, why: "no_password" });
});
