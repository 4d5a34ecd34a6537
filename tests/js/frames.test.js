import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake } from "./fake_browser.js";
import { ORIGIN, account } from "./samples.js";
import { Frames } from "../../extension/background/frames.js";
import { hostsOf } from "../../extension/background/hosts.js";
import { Kept } from "../../extension/background/kept.js";
import { Portals } from "../../extension/background/portals.js";

const [CAS, PAY] = ["http://cas.portal.localhost:18080", "http://pay.portal.localhost:18080"];
const FURTHER = [{ host: "cas.{host}", top: true }, { host: "pay.{host}" }];

/** @type {Frames} */
let frames;
/** tab -> the document whose script answers in its top page. @type {Record<number, string | undefined>} */
let tops;
const spot = (more = {}) => ({ tab: 7, frame: 0, origin: ORIGIN, ...more });

beforeEach(async () => {
  fake.reset();
  fake.further = FURTHER;
  tops = { 7: "b" };
  fake.page = (tab) => tops[tab];
  const portals = new Portals();
  await portals.set([account(), account({ origin: "http://other.localhost" })]);
  frames = new Frames(portals);
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
    assert.equal(await frames.served(spot({ frame: 6 }), "d"), null);
  }
  assert.equal(await frames.served(spot({ frame: 4 }), "a"), ORIGIN);
  assert.equal(await frames.served(spot({ frame: 4 }), "guess"), null);
  assert.equal(await frames.served(spot({ frame: 4, origin: "http://ads.localhost" }), "a"), null);
});

test("the further hosts of a portal are the account's own, under its scheme and port", () => {
  const further = (origin) => hostsOf(origin, { further_hosts: FURTHER }).map((host) => host.origin);
  assert.deepEqual(further(ORIGIN), [ORIGIN, CAS, PAY]);
  assert.deepEqual(further("https://portal.example"), ["https://portal.example", "https://cas.portal.example", "https://pay.portal.example"]);
  assert.deepEqual(further("http://10.0.0.1:8080"), ["http://10.0.0.1:8080"]);
  assert.deepEqual(hostsOf(ORIGIN, { further_hosts: [{ host: "cas.other.example" }] })[1], { origin: "http://cas.other.example", top: false });
  assert.deepEqual(hostsOf(ORIGIN, null), [{ origin: ORIGIN, top: true }]);
});

test("a frame on a further host is served for the account under its own portal's top page, and under no other", async () => {
  await frames.admit(spot(), "b");
  assert.equal(await frames.admit(spot({ frame: 4, origin: PAY }), "a"), true);
  assert.equal(await frames.served(spot({ frame: 4, origin: PAY }), "a"), ORIGIN);
  assert.equal(await frames.admit(spot({ frame: 5, origin: PAY.replace("18080", "1") }), "c"), false);
  for (const top of ["http://other.localhost", "http://evil.localhost", PAY]) {
    await frames.admit(spot({ origin: top }), "b");
    assert.equal(await frames.admit(spot({ frame: 4, origin: PAY }), "d"), false, top);
    assert.equal(await frames.admit(spot({ frame: 4 }), "e"), false, top);
    assert.equal(await frames.served(spot({ frame: 4, origin: PAY }), "d"), null, top);
  }
});

test("the log-in host may be a top page, the payment host may not; no tab counts as the account's own by them", async () => {
  for (const [origin, home] of [[CAS, ORIGIN], [PAY, null], [CAS.replace("18080", "1"), null]]) {
    await frames.admit(spot({ origin }), "b");
    assert.equal(await frames.served(spot({ origin }), "b"), home, origin);
  }
  await frames.admit(spot({ origin: CAS }), "b");
  assert.equal(await frames.admit(spot({ frame: 4 }), "a"), true);
  assert.equal(await frames.top(7), CAS);
  assert.deepEqual(await frames.tabs(ORIGIN), []);
  assert.deepEqual(await frames.of(7, ORIGIN), [4]);
});

test("the last words of a closed tab are still served", async () => {
  await frames.admit(spot(), "b");
  await frames.admit(spot({ frame: 4 }), "a");
  await frames.gone(spot(), "b");
  await frames.closed(7);
  assert.equal(await frames.served(spot(), "b"), ORIGIN);
  assert.equal(await frames.served(spot({ frame: 4 }), "a"), ORIGIN);
  assert.equal(await frames.top(7), null);
});

test("a new top document ends all frames of its tab", async () => {
  await frames.admit(spot(), "b");
  await frames.admit(spot({ frame: 4 }), "a");
  await frames.admit(spot({ origin: "http://other.localhost" }), "c");
  assert.equal(await frames.top(7), "http://other.localhost");
  assert.deepEqual(await frames.of(7, ORIGIN), []);
  assert.equal(await frames.served(spot({ frame: 4 }), "a"), null);
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
