import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fake, settled, until } from "./fake_browser.js";
import { NUMBER, ORIGIN, account, asker, id, place, question, sender } from "./samples.js";
import { Desk } from "../../extension/background/desk.js";
import { Queue } from "../../extension/background/queue.js";
import { serve, takeUp } from "../../extension/background/verbs.js";

let name = 0;
/** @type {Desk} */
let desk;
const port = () => fake.ports.at(-1);

afterEach(() => mock.timers.reset());
beforeEach(async () => {
  // A link comes back for ever; its timers must not outlive the test.
  mock.timers.enable({ apis: ["setTimeout"] });
  fake.reset();
  fake.page = (_tab, { what }) => ({ area: 90_000, there: "top" })[what] ?? true;
  desk = new Desk();
  desk.queue = desk.road.queue = new Queue(`verbs-${(name += 1)}`);
  await desk.portals.set([account()]);
});

async function connect() {
  desk.link.start();
  const [hello] = await until(() => port().ofType("hello").length > 0 && port().ofType("hello"));
  const welcome = { v: 1, type: "welcome", re: hello.id, daemon_version: "0.1.0", device: id(), accounts: [account()] };
  port().onMessage.fire(welcome);
  await until(() => desk.link.state === "up");
}

const frame = (more = {}, doc = "top") => serve(desk, { what: "frame", doc }, sender(more));
const sighting = (more = {}) => ({ what: "hint", doc: "top", id: id(), at: Date.now(), kind: "quote_saved", numbers: [NUMBER], source: "network", ...more });
const kept = async () => (await desk.queue.waiting()).filter(({ type }) => type === "hint");

test("a page of a portal gets its profile; any other page gets nothing", async () => {
  assert.equal((await frame()).profile.names.zh_CN, "示例财险");
  assert.equal(await frame({ origin: "http://other.localhost", tab: { id: 9 } }), null);
});

test("a hint is on disk when the page is told so", async () => {
  await frame();
  const message = sighting();
  assert.deepEqual(await serve(desk, message, sender()), { queued: true });
  const [hint] = await kept();
  assert.equal(hint.id, message.id);
  assert.deepEqual(hint.place, place({ login: null }));
});

test("the page is not told before the disk has it", async (context) => {
  await frame();
  /** @type {any} */
  let written;
  context.mock.method(desk.queue, "put", () => new Promise((resolve) => (written = resolve)));
  let told = false;
  const answer = serve(desk, sighting(), sender()).then(() => (told = true));
  await until(() => written);
  await settled();
  assert.equal(told, false);
  written();
  await answer;
});

test("a hint knows who was logged in", async () => {
  await frame();
  await serve(desk, { what: "login", doc: "top", login: "clerk01" }, sender());
  await serve(desk, sighting(), sender());
  assert.equal((await kept())[0].place.login, "clerk01");
});

test("a login out of bounds is refused where it is read, and the next good one is a session", async () => {
  await connect();
  await frame();
  const say = (login) => serve(desk, { what: "login", doc: "top", login }, sender());
  assert.deepEqual(await say("x".repeat(65)), { refused: 113 });
  assert.deepEqual(port().ofType("session"), []);
  assert.deepEqual(port().ofType("trouble").map(({ code }) => code), [113]);
  assert.equal(await say("clerk01"), true);
  assert.deepEqual(port().ofType("session").map(({ login }) => login), ["clerk01"]);
});

test("two eyes on one save are one hint; the same eye again is another save", async () => {
  await frame();
  await frame({ frameId: 4 });
  const other = sighting({ source: "page" });
  assert.deepEqual(await serve(desk, sighting(), sender()), { queued: true });
  assert.deepEqual(await serve(desk, other, sender()), { queued: false });
  assert.deepEqual(await serve(desk, sighting({ source: "page" }), sender({ frameId: 4 })), { queued: false });
  assert.equal((await kept()).length, 1);
  await serve(desk, sighting(), sender());
  assert.equal((await kept()).length, 2);
  await serve(desk, sighting({ source: "page", at: Date.now() + 9_000 }), sender());
  assert.equal((await kept()).length, 3);
});

test("a frame under a stranger's page, or under none of ours, is refused with 131 and reported", async () => {
  await connect();
  assert.deepEqual(await serve(desk, sighting(), sender({ frameId: 4 })), { refused: 131 });
  await frame({ origin: "http://evil.localhost" });
  assert.deepEqual(await frame({ frameId: 4 }), { refused: 131 });
  assert.deepEqual(await serve(desk, sighting(), sender({ frameId: 4 })), { refused: 131 });
  assert.deepEqual(port().ofType("trouble").map(({ code }) => code), [131, 131, 131]);
  assert.deepEqual(await kept(), []);
});

test("what a payment host in a frame tells is told for the account; a payment page of its own is left alone", async () => {
  fake.further = [{ host: "pay.{host}" }];
  await connect();
  const pay = { origin: "http://pay.portal.localhost:18080" };
  await frame();
  await serve(desk, { what: "login", doc: "top", login: "clerk01" }, sender());
  assert.equal((await frame({ ...pay, frameId: 4 }, "till")).away, true);
  assert.deepEqual(await serve(desk, sighting({ doc: "till" }), sender({ ...pay, frameId: 4 })), { queued: true });
  assert.deepEqual((await kept())[0].place, place({ frame: 4 }));
  assert.equal(await frame(pay), null);
  assert.deepEqual(await serve(desk, sighting(), sender(pay)), { refused: 131 });
});

test("a log-in host is no place of a session: it can neither begin nor end one, and a tab there leaves it", async () => {
  fake.further = [{ host: "cas.{host}", top: true }];
  await connect();
  const cas = { origin: "http://cas.portal.localhost:18080" };
  const say = (login, where) => serve(desk, { what: "login", doc: "top", login }, sender(where));
  const told = () => port().ofType("session").map(({ state, origin }) => `${state} ${origin}`);
  await frame();
  await frame({ tab: { id: 8 } });
  await say("clerk01", {});
  await say("clerk01", { tab: { id: 8 } });
  const { profile, away } = await frame(cas);
  assert.deepEqual([profile.names.zh_CN, away], ["示例财险", true]);
  await say(null, cas);
  await say("clerk02", cas);
  assert.deepEqual(told(), [`live ${ORIGIN}`]);
  assert.deepEqual((await desk.sessions.at(ORIGIN)).tabs, [8]);
  await frame({ ...cas, tab: { id: 8 } });
  assert.deepEqual(told(), [`live ${ORIGIN}`, `ended ${ORIGIN}`]);
});

test("what a page may not say is refused before it is kept, and the next good one is served", async () => {
  await connect();
  await frame();
  const bad = { numbers: ["x".repeat(200)] };
  assert.deepEqual(await serve(desk, sighting(bad), sender()), { refused: 113 });
  assert.deepEqual(await serve(desk, sighting({ kind: "anything" }), sender()), { refused: 113 });
  const [trouble] = port().ofType("trouble");
  assert.equal(trouble.detail, "hint: numbers.0");
  assert.deepEqual(await serve(desk, sighting(), sender()), { queued: true });
});

test("a hint of a tab that closed at once is kept, in whatever order the news comes", async () => {
  await frame();
  const late = serve(desk, sighting(), sender());
  const gone = serve(desk, { what: "gone", doc: "top" }, sender());
  const closed = desk.closed(7);
  assert.deepEqual(await late, { queued: true });
  await Promise.all([gone, closed]);
  assert.deepEqual(await serve(desk, sighting(), sender()), { queued: true });
  assert.equal((await kept()).length, 2);
});

test("a note whose message never came is taken up, with its place where that is known", async () => {
  await frame();
  const note = (more) => ({ ...sighting(more), origin: ORIGIN });
  const [lost, older, foreign, young] = [
    note({ at: Date.now() - 4_000 }),
    note({ at: Date.now() - 60_000, doc: "before the browser was started" }),
    { ...note({ at: Date.now() - 4_000, doc: "other" }), origin: "http://other.localhost" },
    note({}),
  ];
  for (const one of [lost, older, foreign, young]) await chrome.storage.local.set({ [`hint:${one.id}`]: one });
  await takeUp(desk);
  assert.deepEqual(new Set((await kept()).map((hint) => `${hint.id} ${hint.place.tab}`)), new Set([`${lost.id} 7`, `${older.id} -1`]));
  await serve(desk, young, sender());
  const left = Object.keys(await chrome.storage.local.get()).filter((key) => key.startsWith("hint:"));
  assert.deepEqual(left, []);
});

test("page scripts cannot use the verbs of our own pages, nor another extension any", async () => {
  await frame();
  for (const what of ["status", "console", "open", "answer", "constructor", "__proto__", undefined]) {
    assert.equal(await serve(desk, { what, token: "t" }, sender()), null, String(what));
  }
  assert.equal(await serve(desk, sighting(), sender({ id: "other" })), null);
  assert.equal(await serve(desk, sighting(), sender({ documentLifecycle: "prerender" })), null);
  assert.equal(await serve(desk, { what: "status" }, asker()), null);
});

/** Ask a question and open it in the frame it was mounted in. */
async function asked(more = {}) {
  await frame();
  const wanted = question(more);
  await desk.questions.ask(wanted, place());
  const { token } = fake.told.find(({ what }) => what === "mount");
  return { wanted, token };
}

test("a question shows itself only to the frame that was mounted for it", async () => {
  const { wanted, token } = await asked();
  assert.equal(await serve(desk, { what: "open", token: "guess" }, asker()), null);
  assert.equal(await serve(desk, { what: "open", token }, asker({ tab: { id: 8 } })), null);
  const opened = await serve(desk, { what: "open", token }, asker());
  assert.deepEqual([opened.question, opened.carrier, opened.others], [wanted, "示例财险", 0]);
  assert.equal(await serve(desk, { what: "open", token }, asker({ frameId: 5 })), null);
});

test("a page that threw a question out gets it again", async () => {
  const { token } = await asked();
  assert.equal(await serve(desk, { what: "question_gone", doc: "top", token }, sender()), true);
  assert.equal(fake.told.filter(({ what }) => what === "mount").length, 2);
});

test("shown is told once, with its place", async () => {
  const { wanted, token } = await asked();
  await serve(desk, { what: "shown", token }, asker());
  await serve(desk, { what: "shown", token }, asker());
  const shown = (await desk.queue.waiting()).filter(({ type }) => type === "shown");
  assert.deepEqual(shown.map(({ question: about }) => about), [wanted.id]);
});

test("an answer without a person's name is kept at once, daemon or not", async () => {
  const { wanted, token } = await asked();
  const answer = { id: id(), choice: "download_only", customer: null, remark: null };
  assert.deepEqual(await serve(desk, { what: "answer", token, answer }, asker()), { kept: true });
  const [message] = (await desk.queue.waiting()).filter(({ type }) => type === "answer");
  assert.deepEqual([message.id, message.question, message.choice], [answer.id, wanted.id, "download_only"]);
});

test("a new customer's name goes to the daemon and never to the browser's disk", async () => {
  const { token } = await asked();
  const answer = { id: id(), choice: "yes", customer: { id: null, name: "示范乙", phone: "13900000002" }, remark: null };
  const give = () => serve(desk, { what: "answer", token, answer }, asker());
  assert.deepEqual(await give(), { kept: false, why: 221 });
  await connect();
  const given = give();
  await until(() => port().ofType("answer").length > 0);
  port().onMessage.fire({ v: 1, type: "ack", re: [answer.id] });
  assert.deepEqual(await given, { kept: true });
  assert.deepEqual((await desk.queue.waiting()).filter(({ type }) => type === "answer"), []);
  assert.doesNotMatch(JSON.stringify([await chrome.storage.session.get(), await chrome.storage.local.get()]), /示范/u);
});

test("an answer that is refused for good is told by its number, and is no answer", async () => {
  const { wanted, token } = await asked();
  await connect();
  const answer = { id: id(), choice: "yes", customer: { id: null, name: "示范乙", phone: null }, remark: null };
  const given = serve(desk, { what: "answer", token, answer }, asker());
  await until(() => port().ofType("answer").length > 0);
  port().onMessage.fire({ v: 1, type: "refusal", re: answer.id, code: 302, message: "no", retry: false });
  assert.deepEqual(await given, { kept: false, refused: 302 });
  assert.deepEqual(desk.questions.all().map((one) => one.id), [wanted.id]);
});

test("an answered question does not come back while its answer is on the way", async () => {
  const { wanted, token } = await asked();
  await connect();
  const answer = { id: id(), choice: "cancel", customer: null, remark: null };
  await serve(desk, { what: "answer", token, answer }, asker());
  await serve(desk, { what: "close", token }, asker());
  fake.told.length = 0;
  const later = new Desk(); // the background has died and come back
  later.queue = later.road.queue = desk.queue;
  later.link.start();
  const hello = await until(() => port().ofType("hello")[0]);
  port().onMessage.fire({ v: 1, type: "welcome", re: hello.id, daemon_version: "0.1.0", device: id(), accounts: [account()] });
  port().onMessage.fire({ v: 1, type: "ask", question: wanted, place: place() });
  await until(() => port().ofType("answer").length > 0);
  assert.deepEqual(fake.told.filter(({ what }) => what === "mount"), []);
});

test("a question is not lost while the queue cannot be read: it is asked later, and in the end in any case", async (context) => {
  await connect();
  const ask = (/** @type {any} */ wanted) => port().onMessage.fire({ v: 1, type: "ask", question: wanted, place: place() });
  context.mock.method(console, "error", () => undefined);
  let tries = 0;
  const [late, never] = [question(), question()];
  const unread = context.mock.method(desk.queue, "waiting", async () => {
    tries += 1;
    if (tries < 3) throw new DOMException("blocked", "UnknownError");
    return [{ type: "answer", question: late.id, id: id() }];
  });
  ask(late);
  for (let turn = 0; turn < 3; turn += 1) await settled(), mock.timers.tick(2_000);
  await settled();
  assert.deepEqual([tries, desk.questions.all()], [3, []], "the third time it could be read: it is answered already");
  unread.mock.mockImplementation(async () => Promise.reject(new DOMException("blocked", "UnknownError")));
  ask(never);
  for (let turn = 0; turn < 3; turn += 1) await settled(), mock.timers.tick(2_000);
  await settled();
  assert.deepEqual(desk.questions.all().map((one) => one.id), [never.id]);
});

test("what the clerk typed into an answer goes to the daemon and never to the browser's disk", async () => {
  const { token } = await asked();
  await connect();
  const answer = { id: id(), choice: "yes", customer: null, remark: null, fields: { payment_method: "王小明转账" } };
  const taken = serve(desk, { what: "answer", token, answer }, asker());
  await until(() => port().ofType("answer").length > 0);
  assert.deepEqual(await desk.queue.waiting(), []);
  port().onMessage.fire({ v: 1, type: "ack", re: [answer.id] });
  assert.deepEqual(await taken, { kept: true });
  assert.deepEqual(port().ofType("answer")[0].fields, answer.fields);
});

test("the popup gets everything it shows, also without a daemon", async () => {
  await asked();
  const own = { id: chrome.runtime.id, url: chrome.runtime.getURL("popup/popup.html") };
  const now = await serve(desk, { what: "status" }, own);
  assert.deepEqual([now.link, now.status, now.asked.length, now.missing], ["lost", null, 1, [ORIGIN]]);
  assert.deepEqual(now.portals.map((portal) => portal.name), ["示例财险"]);
});

test("with a queue that cannot be read the popup still gets all else", async (context) => {
  context.mock.method(console, "error", () => undefined);
  context.mock.method(desk.queue, "counts", async () => Promise.reject(new DOMException("", "UnknownError")));
  const own = { id: chrome.runtime.id, url: chrome.runtime.getURL("popup/popup.html") };
  const { queue, portals } = await serve(desk, { what: "status" }, own);
  assert.deepEqual([queue, portals.length], [{ waiting: 0, refused: [], unreadable: true }, 1]);
});

test("a permission taken back ends what stands open: its frames are told, its session ends, its question moves", async () => {
  fake.granted.add("http://portal.localhost/*");
  await connect();
  await frame();
  await frame({ frameId: 4 });
  await frame({ origin: "http://evil.localhost", tab: { id: 9 } });
  await serve(desk, { what: "login", doc: "top", login: "clerk01" }, sender());
  await desk.questions.ask(question(), place());
  const told = (what) => fake.told.filter((message) => message.what === what).map(({ tab, frame: at }) => `${tab}:${at}`);
  await desk.forbidden();
  assert.deepEqual(told("off"), [], "another permission was taken back");
  fake.granted.clear();
  await desk.forbidden();
  assert.deepEqual([told("off"), told("unmount")], [["7:0", "7:4"], ["7:0"]]);
  assert.deepEqual(port().ofType("session").map(({ state }) => state), ["live", "ended"]);
  assert.deepEqual([await desk.frames.tabs(ORIGIN), fake.windows.length], [[], 1]);
});

test("a further host taken back silences its own frames alone", async () => {
  fake.further = [{ host: "pay.{host}" }];
  for (const host of ["portal", "pay.portal"]) fake.granted.add(`http://${host}.localhost/*`);
  await frame();
  await frame({ origin: "http://pay.portal.localhost:18080", frameId: 4 }, "till");
  fake.granted.delete("http://pay.portal.localhost/*");
  await desk.forbidden();
  assert.deepEqual(fake.told.filter(({ what }) => what === "off").map(({ frame: at }) => at), [4]);
  assert.deepEqual(await desk.frames.tabs(ORIGIN), [7]);
});

test("an account whose address is none is left out and told; all others are served", async () => {
  await connect();
  const [bad, good] = [account({ carrier: "other", origin: "http://xn--a.example" }), account()];
  port().onMessage.fire({ v: 1, type: "accounts", accounts: [bad, good] });
  await until(() => port().ofType("trouble").length > 0);
  assert.deepEqual(port().ofType("trouble").map(({ code, detail }) => [code, detail]), [[113, "account of other: its address is none"]]);
  assert.deepEqual(await desk.portals.origins(), [ORIGIN]);
  assert.ok((await frame()).profile);
});

test("the menu stands on the portals' pages as soon as the daemon has named them", async () => {
  await desk.portals.set([]);
  await connect();
  await until(() => fake.menu.some(({ id, documentUrlPatterns }) => id === "page_console" && documentUrlPatterns.length === 1));
});

test("the badge counts what waits, and alarms only about a companion that was there", async () => {
  desk.link.start();
  port().die("Specified native messaging host not found.");
  await until(() => fake.badge.text === "");
  await asked();
  await until(() => fake.badge.text === "1");
  await connect();
  port().die("Native host has exited.");
  await until(() => fake.badge.text === "!");
});
