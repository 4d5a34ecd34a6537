import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake, until } from "./fake_browser.js";
import { ORIGIN, job } from "./samples.js";
import { Frames } from "../../extension/background/frames.js";
import { Jobs } from "../../extension/background/jobs.js";
import { Portals } from "../../extension/background/portals.js";
import { Sessions } from "../../extension/background/sessions.js";
import { Steps } from "../../extension/background/steps.js";
import { GLANCE } from "../../extension/background/tell.js";
import { Walks } from "../../extension/background/walks.js";

const PORTAL = { carrier: "example", origin: ORIGIN };
const ANSWERED = { outcome: "answered", whoami: "clerk01", lines: [], data: [], error: null };
/** @type {any[]} */
let told;
/** @type {Sessions} */
let sessions;
/** @type {Frames} */
let frames;
/** @type {Jobs} */
let jobs;

beforeEach(() => {
  fake.reset();
  told = [];
  sessions = new Sessions((message) => told.push(message));
  const portals = new Portals();
  frames = new Frames(portals);
  jobs = new Jobs({ frames, sessions, portals, walks: new Walks(frames, new Steps(frames)) });
});

/** A tab of the portal with a session in it. */
async function tab(number, login = "clerk01") {
  await frames.admit({ tab: number, frame: 0, origin: ORIGIN }, `doc-${number}`);
  await sessions.seen(PORTAL, number, login);
}
const states = () => told.map(({ state, login }) => `${state} ${login}`);

test("a login that no message may carry is no session, and is told by number", async () => {
  for (const login of ["x".repeat(65), "", "\ud800", 5, { name: "clerk01" }]) {
    assert.equal((await sessions.seen(PORTAL, 7, /** @type {any} */ (login)))?.code, 113);
  }
  assert.deepEqual(await sessions.all(), []);
  assert.deepEqual(told.map(({ type, code, detail }) => `${type} ${code} ${detail}`), Array(5).fill("trouble 113 session: login"));
  assert.equal(await sessions.seen(PORTAL, 7, "x".repeat(64)), null);
  assert.equal(told.at(-1).login, "x".repeat(64));
});

test("a login is told once, however many pages show it", async () => {
  await tab(7);
  await sessions.seen(PORTAL, 7, "clerk01");
  await tab(8);
  assert.deepEqual(states(), ["live clerk01"]);
});

test("another login at the same portal replaces the session", async () => {
  await tab(7);
  await tab(8, "clerk02");
  assert.deepEqual(states(), ["live clerk01", "live clerk02"]);
  assert.deepEqual((await sessions.at(ORIGIN))?.tabs, [8]);
});

test("a session ends at the log-in page, or with its last tab", async () => {
  await tab(7);
  await sessions.ended(ORIGIN, 7);
  await sessions.ended(ORIGIN, 7);
  await tab(7);
  await tab(8);
  await sessions.left(7);
  assert.deepEqual(states(), ["live clerk01", "ended clerk01", "live clerk01"]);
  await sessions.left(8);
  assert.equal(states().at(-1), "ended clerk01");
});

test("a page left open from an account's session does not end another's", async () => {
  await tab(7, "clerk01");
  await tab(8, "clerk02");
  await sessions.ended(ORIGIN, 7, "clerk01");
  assert.equal((await sessions.at(ORIGIN))?.login, "clerk02");
  await sessions.ended(ORIGIN, 7, "clerk02");
  assert.deepEqual(states(), ["live clerk01", "live clerk02", "ended clerk02"]);
});

test("after a new greeting everything live is told again", async () => {
  await tab(7);
  await sessions.tellAll();
  assert.deepEqual(states(), ["live clerk01", "live clerk01"]);
});

test("a job runs in the tab it prefers, else in the one used last", async () => {
  const asked = [];
  fake.page = (number, { what }) => (what === "job" && asked.push(number), ANSWERED);
  await tab(7);
  await tab(8);
  await tab(9);
  await jobs.run(job({ tab: 8 }));
  await jobs.run(job({ tab: null }));
  await jobs.run(job({ tab: 77 }));
  assert.deepEqual(asked, [8, 9, 9]);
});

test("a tab that does not answer is passed over", async () => {
  fake.page = (number) => {
    if (number === 9) throw new Error("Could not establish connection. Receiving end does not exist.");
    return ANSWERED;
  };
  await tab(7);
  await tab(9);
  const result = await jobs.run(job({ tab: 9 }));
  assert.equal(result?.outcome, "answered");
});

test("without a tab of that session there is no session", async () => {
  assert.equal((await jobs.run(job()))?.outcome, "no_session");
  await tab(7, "clerk02");
  assert.equal((await jobs.run(job()))?.outcome, "no_session");
  await frames.closed(7);
  await sessions.seen(PORTAL, 66, "clerk01"); // a tab whose top page is no longer ours
  assert.equal((await jobs.run(job()))?.outcome, "no_session");
});

test("an answer that shows the log-in page ends the session", async () => {
  fake.page = () => ({ ...ANSWERED, outcome: "logged_out", whoami: null });
  await tab(7);
  assert.equal((await jobs.run(job()))?.outcome, "logged_out");
  assert.equal(await sessions.at(ORIGIN), null);
});

test("another login in the answer is the session now", async () => {
  fake.page = () => ({ ...ANSWERED, whoami: "clerk02" });
  await tab(7);
  assert.equal((await jobs.run(job()))?.whoami, "clerk02");
  assert.equal((await sessions.at(ORIGIN))?.login, "clerk02");
});

test("an answer of more lines than can be told has failed, and none is left out in silence", async () => {
  const line = { kind: "commercial", policy_number: null, underwriting: "none", deleted: false, plate: null, insured: null };
  const lines = (/** @type {number} */ n) =>
    Array.from({ length: n }, (_, i) => ({ ...line, number: `QA${i + 10_000}`, start: null, premium: null, raw_status: "" }));
  await tab(7);
  const told = async (/** @type {number} */ n) => {
    fake.page = () => ({ ...ANSWERED, lines: lines(n) });
    const result = await jobs.run(job());
    return [result?.outcome, result?.error, result?.lines.length];
  };
  assert.deepEqual(await told(16), ["answered", null, 16]);
  assert.deepEqual(await told(17), ["failed", "too_many_lines", 0]);
});

test("an answer after the budget is not wanted any more", async () => {
  fake.page = (_tab, { what }) => what === "there" || new Promise(() => undefined);
  await tab(7);
  const result = await jobs.run(job({ budget: 20 }));
  assert.deepEqual([result?.outcome, result?.error], ["failed", "timeout"]);
});

test("a tab that shows a dialog is passed over for another of the session; with no other the job has failed", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const dialogs = [9];
  fake.page = (number, { what }) => {
    asked.push(number);
    return dialogs.includes(number) ? new Promise(() => undefined) : what === "there" || ANSWERED;
  };
  await tab(7);
  await tab(9);
  const outcome = async () => {
    asked.length = 0;
    const result = jobs.run(job({ tab: 9, budget: 25_000 }));
    for (const number of dialogs) {
      await until(() => asked.includes(number));
      context.mock.timers.tick(GLANCE);
    }
    return [(await result)?.outcome, (await result)?.error];
  };
  assert.deepEqual(await outcome(), ["answered", null]);
  dialogs.push(7);
  assert.deepEqual(await outcome(), ["failed", "page_busy"], "the session is still there: the query is made again later");
});

test("the same job twice is done once", async () => {
  /** @type {any} */
  let answer;
  fake.page = (_tab, { what }) => what === "there" || new Promise((resolve) => (answer = resolve));
  await tab(7);
  const wanted = job();
  const first = jobs.run(wanted);
  assert.equal(await jobs.run(wanted), null);
  while (!answer) await new Promise((resolve) => setImmediate(resolve));
  answer(ANSWERED);
  assert.equal((await first)?.re, wanted.id);
});

test("what a profile read and no message may carry is a failure, not a broken link", async () => {
  fake.page = () => ({ ...ANSWERED, whoami: "x".repeat(65) });
  await tab(7);
  const result = await jobs.run(job());
  assert.deepEqual([result?.outcome, result?.error], ["failed", "bad_field whoami"]);
});
