import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./fake_browser.js";
import { hint } from "./samples.js";
import { Queue } from "../../extension/background/queue.js";

let name = 0;
/** @type {Queue} */
let queue;
beforeEach(() => {
  queue = new Queue(`test-${(name += 1)}`);
});

test("what was put is waiting, oldest first, also for the background that comes next", async () => {
  const [first, second] = [hint(), hint()];
  await queue.put(first);
  await queue.put(second);
  assert.deepEqual(await new Queue(queue.name).waiting(), [first, second]);
});

test("the same id twice is one message", async () => {
  const message = hint();
  await Promise.all([queue.put(message), queue.put({ ...message })]);
  assert.deepEqual(await queue.waiting(), [message]);
});

test("acknowledged messages are forgotten, unknown acknowledgements change nothing", async () => {
  const [first, second] = [hint(), hint()];
  await queue.put(first);
  await queue.put(second);
  await queue.drop([first.id, hint().id]);
  assert.deepEqual(await queue.waiting(), [second]);
});

test("a refused message is set aside, counted, and forgotten after three days", async () => {
  const [lost, waits] = [hint({ at: 1_000 }), hint()];
  await queue.put(lost);
  await queue.put(waits);
  await queue.refuse(lost.id, 113);
  assert.deepEqual(await queue.waiting(), [waits]);
  assert.deepEqual(await queue.counts(), { waiting: 1, refused: [113] });
  await queue.tidy(1_000 + 3 * 86_400_000);
  assert.equal((await queue.counts()).refused.length, 1);
  await queue.tidy(1_001 + 3 * 86_400_000);
  assert.deepEqual(await queue.counts(), { waiting: 1, refused: [] });
});

test("every write asks for strict durability", async (context) => {
  await queue.put(hint());
  const asked = [];
  const transaction = IDBDatabase.prototype.transaction;
  context.mock.method(IDBDatabase.prototype, "transaction", function (stores, mode, options) {
    if (mode === "readwrite") asked.push(options?.durability);
    return transaction.call(this, stores, mode, options);
  });
  const message = hint();
  await queue.put(message);
  await queue.refuse(message.id, 113);
  await queue.drop([message.id]);
  assert.deepEqual(asked, ["strict", "strict", "strict"]);
});
