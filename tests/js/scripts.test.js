import assert from "node:assert/strict";
import { readdirSync, existsSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { fake } from "./fake_browser.js";
import { ORIGIN, account } from "./samples.js";
import { Portals } from "../../extension/background/portals.js";
import { CONTENT, Scripts, TAP } from "../../extension/background/scripts.js";

const EXTENSION = new URL("../../extension/", import.meta.url);
const PATTERN = "http://portal.localhost/*";
/** @type {Portals} */
let portals;
/** @type {string[][]} */
let ready;
/** @type {Scripts} */
let scripts;

beforeEach(async () => {
  fake.reset();
  portals = new Portals();
  ready = [];
  scripts = new Scripts(portals, (origins) => ready.push(origins));
  await portals.set([account(), account({ login: "clerk02" })]);
});

test("every script of the content folder is listed once and exists", () => {
  const there = readdirSync(new URL("content", EXTENSION), { recursive: true })
    .map((name) => `content/${name}`)
    .filter((name) => name.endsWith(".js"));
  assert.deepEqual([...CONTENT].sort(), there.sort());
  for (const file of [...CONTENT, ...TAP]) assert.ok(existsSync(new URL(file, EXTENSION)), file);
});

test("what no match pattern can name is no portal", async () => {
  const bad = ["http://portal:99999", "http://xn--a.example", "http://%", "http://a*b.example", "http://[1:"].map((origin) => account({ origin }));
  const good = ["http://[::1]:8080", "https://10.0.0.1", "http://门户.example"].map((origin) => account({ origin, carrier: "other" }));
  assert.deepEqual(await portals.set([...bad, ...good]), bad.map(() => "example"));
  assert.deepEqual(await scripts.missing(), good.map(({ origin }) => origin));
});

test("nothing is registered before the clerk allowed it", async () => {
  await scripts.sync();
  assert.deepEqual(fake.scripts, []);
  assert.deepEqual(ready, [[]]);
  assert.deepEqual(await scripts.missing(), [ORIGIN]);
});

test("an allowed portal gets the tap in the page's world and the rest in ours, before any script of the page", async () => {
  fake.granted.add(PATTERN);
  await scripts.sync();
  assert.deepEqual(ready, [[ORIGIN]]);
  assert.deepEqual(fake.scripts.map(({ world, js }) => [world, js]), [["MAIN", TAP], ["ISOLATED", CONTENT]]);
  for (const script of fake.scripts) {
    assert.deepEqual(
      [script.matches, script.runAt, script.allFrames, script.matchOriginAsFallback, script.persistAcrossSessions],
      [[PATTERN], "document_start", true, true, true],
    );
  }
});

test("the further hosts of a portal are asked for and watched like the account's own", async () => {
  fake.further = [{ host: "cas.{host}", top: true }];
  const cas = "http://cas.portal.localhost:18080";
  fake.granted.add(PATTERN);
  await scripts.sync();
  assert.deepEqual(fake.scripts.map(({ matches }) => matches), [[PATTERN], [PATTERN]]);
  assert.deepEqual(await scripts.missing(), [cas]);
  fake.granted.add("http://cas.portal.localhost/*");
  await scripts.sync();
  assert.deepEqual(fake.scripts[0].matches, ["http://cas.portal.localhost/*", PATTERN]);
  assert.deepEqual(ready.at(-1), [ORIGIN, cas]);
});

test("what stands as wanted is left alone, even where the browser gives back full addresses", async () => {
  fake.granted.add(PATTERN);
  await scripts.sync();
  for (const script of fake.scripts) script.js = script.js.map((file) => chrome.runtime.getURL(file));
  const ids = fake.scripts.map(({ id }) => id);
  await scripts.sync();
  assert.deepEqual(fake.scripts.map(({ id }) => id), ids);
});

test("a missing or foreign script is mended, and a permission taken back takes the scripts away", async () => {
  fake.granted.add(PATTERN);
  await scripts.sync();
  fake.scripts.pop();
  await scripts.sync();
  assert.equal(fake.scripts.length, 2);
  fake.granted.clear();
  await scripts.sync();
  assert.deepEqual(fake.scripts, []);
});

test("a failure does not stop the next attempt", async (context) => {
  fake.granted.add(PATTERN);
  const broken = context.mock.method(chrome.scripting, "registerContentScripts", async () => {
    throw new Error("Duplicate script ID");
  });
  await assert.rejects(scripts.sync());
  broken.mock.restore();
  await scripts.sync();
  assert.equal(fake.scripts.length, 2);
});

test("portals and profiles: one per origin, and null where there is no folder", async () => {
  assert.deepEqual(await portals.all(), [{ carrier: "example", origin: ORIGIN }]);
  assert.equal(await portals.at("http://elsewhere.localhost"), null);
  assert.equal(await portals.name("example"), "示例财险");
  assert.equal(await portals.profile("unknown"), null);
  assert.match((await portals.hashes()).example, /^[0-9a-f]{64}$/);
});
