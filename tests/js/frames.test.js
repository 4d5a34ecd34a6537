import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake } from "./fake_browser.js";
import { ORIGIN } from "./samples.js";
import { Frames } from "../../extension/background/frames.js";
import { Kept } from "../../extension/background/kept.js";

/** @type {Frames} */
let frames;
/** tab -> the document whose script answers in its top page. @type {Record<number, string | undefined>} */
let tops;
const spot = (more = {}) => ({ tab: 7, frame: 0, origin: ORIGIN, ...more });

beforeEach(() => {
  fake.reset();
  tops = { 7: "b" };
  fake.page = (tab) => tops[tab];
  frames = new Frames();
});

test("changes follow each other, and the next background finds the last one", async () => {
  const kept = new Kept("n", { n: 0 });
  await Promise.all([1, 2, 3].map((by) => kept.change((value) => (value.n = value.n * 10 + by))));
  assert.deepEqual(await new Kept("n", { n: 0 }).read(), { n: 123 });
});

test("a change that fails does not stop the ones after it", async () => {
  const kept = new Kept("n", { n: 0 });
  const failing = kept.change(() => {
    throw new Error("no");
  });
  await assert.rejects(failing);
  await kept.change((value) => (value.n = 1));
  assert.deepEqual(await kept.read(), { n: 1 });
});

test("the top page is what our script in frame 0 reported, or nothing", async () => {
  assert.equal(await frames.top(7), null);
  assert.equal(await frames.admit(spot({ frame: 4 }), "a"), false);
  assert.equal(await frames.top(7), null);
  assert.equal(await frames.admit(spot(), "b"), true);
  assert.equal(await frames.top(7), ORIGIN);
});

test("a frame is admitted while the script of that very top page answers", async () => {
  await frames.admit(spot(), "b");
  assert.equal(await frames.admit(spot({ frame: 4 }), "a"), true);
  assert.equal(await frames.admit(spot({ frame: 5, origin: "http://ads.localhost" }), "c"), false);
  for (const top of [undefined, "another"]) {
    tops[7] = top; // the tab shows something else now, and nobody has told us yet
    assert.equal(await frames.admit(spot({ frame: 6 }), "d"), false);
    assert.equal(await frames.served(spot({ frame: 6 }), "d"), false);
  }
  assert.equal(await frames.served(spot({ frame: 4 }), "a"), true);
  assert.equal(await frames.served(spot({ frame: 4 }), "guess"), false);
  assert.equal(await frames.served(spot({ frame: 4, origin: "http://ads.localhost" }), "a"), false);
});

test("the last words of a closed tab are still served", async () => {
  await frames.admit(spot(), "b");
  await frames.admit(spot({ frame: 4 }), "a");
  await frames.gone(spot(), "b");
  await frames.closed(7);
  assert.equal(await frames.served(spot(), "b"), true);
  assert.equal(await frames.served(spot({ frame: 4 }), "a"), true);
  assert.equal(await frames.top(7), null);
});

test("a new top document ends all frames of its tab", async () => {
  await frames.admit(spot(), "b");
  await frames.admit(spot({ frame: 4 }), "a");
  await frames.admit(spot({ origin: "http://other.localhost" }), "c");
  assert.equal(await frames.top(7), "http://other.localhost");
  assert.deepEqual(await frames.of(7, ORIGIN), []);
  assert.equal(await frames.served(spot({ frame: 4 }), "a"), false);
});

test("the late farewell of a replaced document changes nothing", async () => {
  await frames.admit(spot(), "old");
  await frames.admit(spot(), "new");
  assert.equal(await frames.gone(spot(), "old"), false);
  assert.equal(await frames.top(7), ORIGIN);
  assert.equal(await frames.gone(spot(), "new"), true);
  assert.equal(await frames.top(7), null);
});

test("the tabs and frames of a portal", async () => {
  await frames.admit(spot(), "b");
  await frames.admit(spot({ frame: 2 }), "c");
  await frames.admit(spot({ tab: 8, origin: "http://other.localhost" }), "d");
  assert.deepEqual(await frames.tabs(ORIGIN), [7]);
  assert.deepEqual(await frames.of(7, ORIGIN), [0, 2]);
  await frames.closed(7);
  assert.deepEqual(await frames.tabs(ORIGIN), []);
});
