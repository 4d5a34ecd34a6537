// Profiles delivered by the daemon, profiles switched off, and portals that no longer look as theirs says.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, mock, test } from "node:test";
import { PROFILE, fake, settled, until } from "./fake_browser.js";
import { ORIGIN, account, id, sender } from "./samples.js";
import { Portals } from "../../extension/background/portals.js";
import { Desk } from "../../extension/background/desk.js";
import { Profiles } from "../../extension/background/profiles.js";
import { Queue } from "../../extension/background/queue.js";
import { serve } from "../../extension/background/verbs.js";
import { carriers, profileOf } from "../carriers/corpus.mjs";

/** @type {Desk} */
let desk;
let name = 0;
const port = () => fake.ports.at(-1);

afterEach(() => mock.timers.reset());
beforeEach(async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  fake.reset();
  fake.page = (tab, message) => ({ there: "top", area: 90_000 })[message.what] ?? true;
  desk = new Desk();
  desk.queue = desk.road.queue = new Queue(`profiles-${(name += 1)}`);
  await desk.portals.set([account()]);
  desk.link.start();
  const [hello] = await until(() => port().ofType("hello").length > 0 && port().ofType("hello"));
  port().onMessage.fire({ v: 1, type: "welcome", re: hello.id, daemon_version: "0.1.0", device: id(), accounts: [account()] });
  await until(() => desk.link.state === "up");
});

const hashOf = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");
const SHIPPED = { ...PROFILE, further_hosts: [] };
/** A delivered profile as the daemon tells it. */
const text = (/** @type {any} */ profile) => {
  const written = typeof profile === "string" ? profile : JSON.stringify(profile);
  return { carrier: "example", hash: hashOf(written), text: written };
};
/** The daemon tells; resolves when it is taken over or refused. */
async function deliver(profiles, off = []) {
  /** @type {any} */
  let taken;
  const received = Profiles.prototype.received;
  desk.profiles.received = (message) => (taken = received.call(desk.profiles, message));
  port().onMessage.fire({ v: 1, type: "profiles", profiles, off });
  await taken;
}
const refusals = () => port().ofType("trouble").map(({ detail }) => detail);
/** What the popup is told, though the daemon takes its time. */
async function status() {
  const told = desk.status();
  await settled();
  mock.timers.tick(1_000);
  return told;
}
const frame = (more = {}, doc = "top") => serve(desk, { what: "frame", doc }, sender(more));

test("a delivered profile is used by the pages that come next, also before the daemon has spoken again", async () => {
  const newer = { ...SHIPPED, pages: { ...SHIPPED.pages, list: { path: "^/neu/list$" } }, number: "T[0-9]{5}" };
  await deliver([text(newer)]);
  assert.deepEqual(refusals(), []);
  assert.equal((await frame()).profile.pages.list.path, "^/neu/list$");
  assert.equal(await desk.portals.hash("example"), text(newer).hash);
  const next = new Portals();
  assert.equal((await next.profile("example")).number, "T[0-9]{5}");
  assert.deepEqual(await desk.portals.hashes(), { example: text(newer).hash });
  await deliver([]);
  assert.equal((await desk.portals.profile("example")).number, SHIPPED.number, "what is not told any more is not used any more");
});

test("pages that stand open are given a profile when another one is in use, and only then", async () => {
  await frame();
  await frame({ frameId: 3 }, "inner");
  const newer = { ...SHIPPED, number: "T[0-9]{5}" };
  const given = () => fake.told.filter(({ what }) => what === "newer").map((told) => [told.frame, told.profile.number]);
  await deliver([text(newer)]);
  assert.deepEqual(given(), [[0, newer.number], [3, newer.number]]);
  await deliver([text(newer)]);
  assert.equal(given().length, 2);
  await deliver([]);
  assert.deepEqual(given().slice(2), [[0, SHIPPED.number], [3, SHIPPED.number]]);
});

const changed = (/** @type {any} */ more) => text({ ...SHIPPED, ...more });
/** @type {[string, any, string][]} */
const REFUSED = [
  ["another carrier's", changed({ carrier: "other" }), "carrier"],
  ["another portal address", changed({ default_origin: "https://evil.example" }), "default_origin"],
  ["another host of the portal", changed({ further_hosts: [{ host: "evil.example", top: true }] }), "further_hosts"],
  ["another password field", changed({ login: { ...SHIPPED.login, password: "#comment" } }), "login"],
  ["no log-in part", changed({ login: null }), "login"],
  ["another page as the log-in page", changed({ login: { ...SHIPPED.login, page: "list" } }), "login"],
  ["another sign of the log-in page", changed({ pages: { ...SHIPPED.pages, login: { path: "^/forum$" } } }), "login"],
  ["a text that is not the hash's", { ...changed({}), hash: hashOf("") }, "hash"],
  ["a carrier nobody knows", { ...changed({}), carrier: "unknown" }, "unknown_carrier"],
  ["no JSON", text("<html>"), "shape"],
  ["a list", text("[]"), "shape"],
  ["hints that are no list", changed({ hints_network: {} }), "shape"],
  ["no query", changed({ queries: { confirm: {} } }), "shape"],
  ["a pattern that is none", changed({ number: "T[" }), "pattern"],
  ["a hint whose pattern is none", changed({ hints_network: [{ ...SHIPPED.hints_network[0], silent: "(" }] }), "pattern"],
  ["a page whose pattern is none", changed({ pages: { ...SHIPPED.pages, list: { path: "*" } } }), "pattern"],
];
for (const [what, told, why] of REFUSED) {
  test(`a delivered profile with ${what} is refused, and the one brought along stays in use`, async () => {
    await deliver([told]);
    assert.deepEqual(refusals(), [`profile of ${told.carrier} not taken: ${why}`]);
    assert.equal(await desk.portals.hash("example"), hashOf(JSON.stringify({ ...PROFILE, further_hosts: [] })));
  });
}

test("names in another order are no change, and an update may take back what was delivered", async () => {
  const turned = { ...SHIPPED, login: Object.fromEntries(Object.entries(SHIPPED.login).reverse()) };
  await deliver([text(turned)]);
  assert.deepEqual(refusals(), []);
  fake.profile = { login: { ...PROFILE.login, password: "#new" } }; // the extension was updated
  assert.equal((await new Portals().profile("example")).login.password, "#new");
});

test("every carrier's own profile could be delivered as it is", async () => {
  const { wrong } = await import("../../extension/background/delivered.js");
  for (const carrier of carriers()) {
    const written = JSON.stringify(profileOf(carrier));
    assert.equal(await wrong({ carrier, text: written, hash: hashOf(written) }, { profile: profileOf(carrier), hash: "" }), null, carrier);
  }
});

test("a profile that is switched off: open pages fall silent, the next ones never begin, the reason is said once per tab", async () => {
  await frame();
  await frame({ frameId: 3 }, "inner");
  await deliver([], [{ carrier: "example", reason: "门户改版" }]);
  const told = fake.told.filter(({ what }) => ["off", "notice"].includes(what));
  assert.deepEqual(told.map(({ what, frame: where }) => [what, where]), [["notice", 0], ["off", 0], ["off", 3]]);
  assert.equal(told[0].words, "profile_off 门户改版");
  assert.deepEqual(await frame(), { off: true });
  const why = (more) => serve(desk, { what: "off_reason", doc: "top" }, sender(more));
  assert.equal(await why(), null, "this tab has been told");
  assert.deepEqual(await frame({ tab: { id: 8 } }), { off: true });
  assert.equal(await why({ tab: { id: 8 } }), "profile_off 门户改版");
  assert.equal(await why({ tab: { id: 8 } }), null);
  assert.deepEqual((await status()).off, [{ carrier: "example", reason: "门户改版" }]);
  await deliver([], []);
  assert.ok((await frame()).profile);
});

test("drift is told with the profile in use and nothing of the page; the popup knows it too", async () => {
  await frame();
  const say = (more) => serve(desk, { what: "drift", doc: "top", sign: "selector_gone", rule: "pages.list.always.0", shown: true, ...more }, sender());
  assert.equal(await say(), true);
  const [drift] = port().ofType("drift");
  assert.deepEqual({ ...drift, at: 0 }, { v: 1, type: "drift", at: 0, carrier: "example", profile: await desk.portals.hash("example"), what: "selector_gone", rule: "pages.list.always.0" });
  assert.deepEqual(fake.told.filter(({ what }) => what === "notice"), []);
  await say({ shown: false });
  assert.deepEqual(fake.told.filter(({ what }) => what === "notice").map(({ words }) => words), ["drift_page"]);
  assert.deepEqual((await status()).drifts.map(({ carrier, rule }) => [carrier, rule]), [["example", "pages.list.always.0"]]);
});

test("what is no drift is not passed on", async () => {
  await frame();
  await serve(desk, { what: "drift", doc: "top", sign: "anything", rule: "x".repeat(501), shown: true }, sender());
  assert.deepEqual(port().ofType("drift"), []);
});

test("a log-in page that waits for a captcha is told to the daemon", async () => {
  await frame();
  await serve(desk, { what: "captcha", doc: "top" }, sender());
  assert.deepEqual(port().ofType("session"), [{ v: 1, type: "session", carrier: "example", origin: ORIGIN, login: null, state: "captcha", tab: 7 }]);
});

test("a hint takes its code along; the same save without one does not stand for it", async () => {
  await frame();
  const hint = (more) => ({ what: "hint", doc: "top", id: id(), at: Date.now(), kind: "qr_fetched", numbers: ["T00001"], source: "network", ...more });
  const code = { image: "QUJD", text: null };
  assert.deepEqual(await serve(desk, hint(), sender()), { queued: true });
  assert.deepEqual(await serve(desk, hint({ source: "page", code }), sender()), { queued: true });
  assert.deepEqual(await serve(desk, hint({ source: "network", code }), sender()), { queued: false }, "the other eye, the same save");
  assert.deepEqual(await serve(desk, hint({ code: { image: "%", text: null } }), sender()), { refused: 113 });
  assert.deepEqual((await desk.queue.waiting()).map((message) => message.code), [null, code]);
});
