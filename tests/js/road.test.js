import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./fake_browser.js";
import { hint } from "./samples.js";
import { Refused } from "../../extension/background/link.js";
import { Queue } from "../../extension/background/queue.js";
import { Road } from "../../extension/background/road.js";

let name = 0;
/** @type {any} */
let link;
/** @type {Road} */
let road;
/** @type {number[]} */
let refused;

beforeEach(() => {
  link = { state: "up", sent: [], post: (message) => link.sent.push(message) > 0, ask: async () => ({}) };
  refused = [];
  road = new Road(new Queue(`road-${(name += 1)}`), link, (code) => refused.push(code));
});

test("a message is on disk before anything is sent", async () => {
  link.state = "lost";
  const message = hint();
  await road.send(message);
  assert.deepEqual(await road.queue.waiting(), [message]);
  assert.deepEqual(link.sent, []);
  link.state = "up";
  await road.flush();
  assert.deepEqual(link.sent, [message]);
});

test("what is on its way is not sent again, until the connection was lost", async () => {
  const message = hint();
  await road.send(message);
  await road.flush();
  await road.flush();
  assert.equal(link.sent.length, 1);
  road.lost();
  await road.flush();
  assert.deepEqual(link.sent, [message, message]);
});

test("what nobody acknowledged for half a minute is sent again", async (context) => {
  await road.send(hint());
  await road.flush();
  context.mock.method(Date, "now", () => new Date().getTime() + 30_001);
  await road.flush();
  assert.equal(link.sent.length, 2);
});

test("only an acknowledgement makes it forget", async () => {
  const message = hint();
  await road.send(message);
  await road.flush();
  assert.equal((await road.queue.waiting()).length, 1);
  await road.acknowledged([message.id]);
  assert.equal((await road.queue.waiting()).length, 0);
});

test("a refusal with retry keeps the message and sends it again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const message = hint();
  await road.send(message);
  await road.flush();
  await road.refused({ v: 1, type: "refusal", re: message.id, code: 202, message: "full", retry: true });
  context.mock.timers.tick(5_000);
  await road.flush();
  assert.equal(link.sent.length, 2);
  assert.deepEqual(await road.queue.counts(), { waiting: 1, refused: [] });
  assert.deepEqual(refused, []);
});

test("a refusal for good sets it aside and tells the clerk", async () => {
  const message = hint();
  await road.send(message);
  await road.flush();
  await road.refused({ v: 1, type: "refusal", re: message.id, code: 113, message: "no", retry: false });
  assert.deepEqual(await road.queue.counts(), { waiting: 0, refused: [113] });
  assert.deepEqual(refused, [113]);
});

test("one failed read of the queue stops nothing and is told once", async (context) => {
  const message = hint();
  const reading = context.mock.method(road.queue, "waiting");
  const broken = async () => {
    throw new DOMException("", "InvalidStateError");
  };
  reading.mock.mockImplementationOnce(broken, 0);
  reading.mock.mockImplementationOnce(broken, 1);
  await road.send(message);
  await road.flush();
  assert.deepEqual(link.sent.map(({ type, code, detail }) => [type, code, detail]), [
    ["trouble", 201, "queue of the browser: InvalidStateError"],
  ]);
  await road.flush();
  assert.deepEqual(link.sent.slice(1), [message]);
  reading.mock.mockImplementationOnce(broken, 3);
  await road.flush();
  assert.deepEqual(link.sent.slice(2).map(({ code }) => code), [201], "worse again is news again");
});

test("what names a person is never written here", async () => {
  const answer = /** @type {any} */ ({ ...hint(), type: "answer" });
  assert.deepEqual(await road.express(answer), { kept: true });
  for (const [refused, expected] of /** @type {[Refused, object][]} */ ([
    [new Refused(221, "not connected"), { why: 221 }],
    [new Refused(202, "full", true), { why: 202 }],
    [new Refused(113, "no", false), { refused: 113 }],
  ])) {
    link.ask = async () => Promise.reject(refused);
    assert.deepEqual(await road.express(answer), { kept: false, ...expected });
  }
  assert.deepEqual(await road.queue.waiting(), []);
});

test("an acknowledged message that could not be dropped is sent once more, and nothing is left unhandled", async (context) => {
  const message = hint();
  await road.send(message);
  await road.flush();
  const drop = context.mock.method(road.queue, "drop", async () => Promise.reject(new DOMException("blocked", "UnknownError")));
  await road.acknowledged([message.id]);
  await road.flush();
  assert.deepEqual(link.sent.map(({ type }) => type), ["hint", "trouble", "hint"]);
  drop.mock.restore();
  await road.acknowledged([message.id]);
  assert.deepEqual(await road.queue.waiting(), []);
});
