import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake, until } from "./fake_browser.js";
import { ORIGIN, account, place, question } from "./samples.js";
import { Frames } from "../../extension/background/frames.js";
import { Portals } from "../../extension/background/portals.js";
import { Questions } from "../../extension/background/questions.js";
import { Sessions } from "../../extension/background/sessions.js";
import { GLANCE } from "../../extension/background/tell.js";

const PORTAL = { carrier: "example", origin: ORIGIN };
/** "tab:frame" -> usable pixels. @type {Record<string, number>} */
let areas;
/** @type {Frames} */
let frames;
/** @type {Sessions} */
let sessions;
/** @type {Questions} */
let questions;

beforeEach(async () => {
  fake.reset();
  areas = {};
  fake.page = (tab, { what }, frame) => {
    if (!(`${tab}:${frame}` in areas)) throw new Error("Receiving end does not exist.");
    if (what === "there") return `${tab}-0`;
    return what === "area" ? areas[`${tab}:${frame}`] : true;
  };
  const portals = new Portals();
  await portals.set([account()]);
  frames = new Frames(portals);
  sessions = new Sessions(() => undefined);
  questions = new Questions(frames, sessions, () => undefined);
});

/** A tab of the portal whose frames have these areas; frame 0 first. */
async function tab(number, ...sizes) {
  for (const [frame, size] of sizes.entries()) {
    areas[`${number}:${frame}`] = size;
    await frames.admit({ tab: number, frame, origin: ORIGIN }, `${number}-${frame}`);
  }
  await sessions.seen(PORTAL, number, "clerk01");
}
async function close(number) {
  for (const key of Object.keys(areas)) if (key.startsWith(`${number}:`)) delete areas[key];
  await frames.closed(number);
  await sessions.left(number);
  await questions.closedTab(number);
}
const mounted = () => fake.told.filter(({ what }) => what === "mount").map((told) => `${told.tab}:${told.frame}`);
const tokens = () => fake.told.filter(({ what }) => what === "mount").map(({ token }) => token);
const takenOff = () => fake.told.filter(({ what }) => what === "unmount").map((told) => `${told.tab}:${told.frame}`);

test("in a frameset the largest content frame has it", async () => {
  await tab(7, 0, 12_000, 300_000, 90_000);
  await questions.ask(question(), place());
  assert.deepEqual(mounted(), ["7:2"]);
});

test("it is told again and again, and stands once", async () => {
  await tab(7, 90_000);
  const asked = question();
  await questions.ask(asked, place());
  await questions.ask(asked, place());
  const next = new Questions(frames, sessions, () => undefined);
  await next.ask(asked, place());
  assert.deepEqual(mounted(), ["7:0"]);
});

test("a closed tab hands it to another tab of the session, the one used last", async () => {
  await tab(5, 90_000);
  await tab(6, 90_000);
  await tab(7, 90_000);
  await questions.ask(question(), place());
  await close(7);
  assert.deepEqual(mounted(), ["7:0", "6:0"]);
});

test("a closed tab whose page said good-bye first hands it on as well, and once only", async () => {
  await tab(6, 90_000);
  await tab(7, 90_000);
  await questions.ask(question(), place());
  for (const number of [7, 6]) {
    await frames.gone({ tab: number, frame: 0, origin: ORIGIN }, `${number}-0`);
    await questions.left(number, 0);
    await close(number);
  }
  assert.deepEqual(mounted(), ["7:0", "6:0"]);
  assert.equal(fake.windows.length, 1);
  await close(7);
  assert.equal(fake.windows.length, 1);
});

test("with no tab left a fresh question gets a window of its own, an old one waits for a tab", async () => {
  await questions.ask(question(), place());
  assert.equal(fake.windows.length, 1);
  assert.match(fake.windows[0].url, /\/ask\/window\.html#[0-9a-f-]{36}$/u);
  const old = question({ asked_at: Date.now() - 600_000 });
  await questions.ask(old, place());
  assert.equal(fake.windows.length, 1);
  await tab(9, 90_000);
  await questions.appeared(9, ORIGIN);
  assert.deepEqual(mounted(), ["9:0"]);
});

test("a portal page that can show nothing is passed over for our own window", async () => {
  await tab(7, 0, 10);
  areas["7:1"] = 0;
  await questions.ask(question(), place());
  assert.deepEqual(mounted(), []);
  assert.equal(fake.windows.length, 1);
});

test("two questions for one tab come one after the other", async () => {
  await tab(7, 90_000);
  const [first, second] = [question(), question()];
  await questions.ask(first, place());
  await questions.ask(second, place());
  assert.equal(mounted().length, 1);
  await questions.close(first.id);
  assert.deepEqual(takenOff(), ["7:0"]);
  assert.equal(mounted().length, 2);
  assert.deepEqual((await questions.opened(tokens()[1], 7, 3))?.id, second.id);
});

test("a page that reloads gets its question back", async () => {
  await tab(7, 90_000);
  await questions.ask(question(), place());
  await frames.gone({ tab: 7, frame: 0, origin: ORIGIN }, "7-0");
  await questions.left(7, 0);
  assert.equal(fake.windows.length, 0);
  await tab(7, 90_000);
  await questions.appeared(7, ORIGIN);
  assert.deepEqual(mounted(), ["7:0", "7:0"]);
});

test("a page that shows a dialog answers nobody: questions for others do not wait, its own gets a window", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = fake.page;
  let asked = 0;
  fake.page = (number, message, frame) => {
    if (number !== 7) return answers(number, message, frame);
    asked += 1;
    return new Promise(() => undefined);
  };
  await tab(7, 90_000);
  await tab(9, 90_000);
  await sessions.left(9);
  const [stuck, free] = [question(), question()];
  const all = [questions.ask(stuck, place()), questions.ask(free, place({ tab: 9 }))];
  await until(() => asked > 0);
  context.mock.timers.tick(GLANCE);
  await Promise.all(all);
  assert.deepEqual(mounted(), ["9:0"]);
  assert.equal(fake.windows.length, 1);
});

test("a page too slow to mount a question does not show it in the end", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const answers = fake.page;
  let mounting = false;
  fake.page = (number, message, frame) => {
    if (message.what !== "mount") return answers(number, message, frame);
    mounting = true;
    return new Promise(() => undefined);
  };
  await tab(7, 90_000);
  const asked = questions.ask(question(), place());
  await until(() => mounting);
  context.mock.timers.tick(GLANCE);
  await asked;
  assert.deepEqual([takenOff(), fake.windows.length], [["7:0"], 1]);
});

test("answered elsewhere takes it off; answered here leaves it the time to say thanks", async () => {
  await tab(7, 90_000);
  const [here, elsewhere] = [question(), question()];
  await questions.ask(elsewhere, place());
  await questions.close(elsewhere.id);
  assert.deepEqual(takenOff(), ["7:0"]);
  await questions.ask(here, place());
  questions.answered(here.id);
  await questions.close(here.id);
  assert.equal(takenOff().length, 1);
  await questions.done(here.id);
  assert.equal(takenOff().length, 2);
  assert.deepEqual(questions.all(), []);
});

test("answered here, its page gone before the thanks are over: neither asked again nor listed", async () => {
  await tab(6, 90_000);
  await tab(7, 90_000);
  const asked = question();
  for (const leave of [() => close(7), () => questions.left(6, 0)]) {
    fake.told.length = 0;
    const one = { ...asked, id: question().id };
    await questions.ask(one, place());
    assert.equal(mounted().length, 1);
    questions.answered(one.id);
    await leave();
    await questions.ask(one, place()); // the daemon has not heard yet
    await questions.appeared(6, ORIGIN);
    assert.equal(mounted().length, 1);
    assert.equal(fake.windows.length, 0);
    assert.deepEqual(questions.all(), []);
  }
});

test("a window that the clerk closed stays closed; the popup opens it again", async () => {
  const asked = question();
  await questions.ask(asked, place());
  await questions.closedTab(901);
  assert.equal(fake.windows.length, 1);
  await questions.bringForward(asked, null);
  assert.equal(fake.windows.length, 2);
});

test("with our own window closed the next question has its place, and no closed one comes back", async () => {
  const [first, second, third] = [question(), question(), question()];
  for (const one of [first, second, third]) await questions.ask(one, place());
  const shown = async () => {
    const { url } = /** @type {any} */ (fake.windows.at(-1));
    return (await questions.opened(url.split("#")[1], 900 + fake.windows.length, 0))?.id;
  };
  for (const [closed, next] of [[901, second], [902, third]]) {
    await questions.closedTab(closed);
    assert.equal(await shown(), next.id);
  }
  await questions.closedTab(903);
  assert.equal(fake.windows.length, 3);
  await questions.bringForward(first, null);
  assert.equal(await shown(), first.id);
});

test("what has changed is put anew under another token, also where the background died in between", async () => {
  await tab(7, 90_000);
  const asked = question();
  await questions.ask(asked, place());
  await questions.opened(tokens()[0], 7, 3);
  const dearer = { ...asked, premium: 400_000 };
  await questions.ask(dearer, place());
  await questions.ask({ ...dearer }, place());
  assert.deepEqual(mounted(), ["7:0", "7:0"]);
  assert.equal(await questions.opened(tokens()[0], 7, 3), null, "nobody answers what stood there before");
  assert.equal((await questions.opened(tokens()[1], 7, 4))?.asked?.question.premium, 400_000);
  const next = new Questions(frames, sessions, () => undefined);
  await next.ask({ ...dearer, kind: "D1", choices: ["yes", "no"] }, place());
  assert.equal(mounted().length, 3);
});

test("what has changed in a window of our own stands in a new one", async () => {
  const asked = question({ asked_at: Date.now() - 600_000 });
  await questions.bringForward(asked, null);
  await tab(7, 90_000);
  await questions.ask({ ...asked, plate: "浙B00002" }, place());
  assert.deepEqual([fake.windows.length, mounted()], [2, []]);
  await questions.closedTab(901);
  assert.equal(fake.windows.length, 2);
});

test("a page that throws it out gets it once more, then it stands in a window of our own", async () => {
  await tab(7, 90_000);
  const [asked, waits] = [question(), question()];
  await questions.ask(asked, place());
  await questions.ask(waits, place());
  await questions.thrownOut(8, tokens()[0]);
  await questions.thrownOut(7, tokens()[0]);
  assert.deepEqual(mounted(), ["7:0", "7:0"]);
  await questions.thrownOut(7, tokens()[0]);
  assert.equal(fake.windows.length, 0, "said late, of what stands there no more");
  await questions.thrownOut(7, tokens()[1]);
  assert.equal(fake.windows.length, 1);
  const token = fake.windows[0].url.split("#")[1];
  assert.equal((await questions.opened(token, 901, 0))?.id, asked.id);
});

test("thrown out while its frame said thanks, it is done, and the next one has its place", async () => {
  await tab(7, 90_000);
  const [asked, waits] = [question(), question()];
  await questions.ask(asked, place());
  await questions.ask(waits, place());
  questions.answered(asked.id);
  await questions.thrownOut(7, tokens()[0]);
  assert.deepEqual([mounted().length, questions.all().map(({ id }) => id)], [2, [waits.id]]);
});

test("where the page has thrown it out unseen, the popup opens it in a window", async () => {
  await tab(7, 90_000);
  const asked = question();
  await questions.ask(asked, place());
  fake.openTabs = [7];
  const answers = fake.page;
  fake.page = (number, message, frame) => (message.what === "focus_question" ? false : answers(number, message, frame));
  await questions.bringForward(asked, null);
  assert.equal(fake.windows.length, 1);
});

test("the popup brings forward the tab where it stands", async () => {
  await tab(7, 90_000);
  const asked = question();
  await questions.ask(asked, place());
  fake.openTabs = [7];
  await questions.bringForward(asked, null);
  assert.equal(fake.windows.length, 0);
});

test("a question of another browser can be answered in a window here", async () => {
  const asked = question();
  await questions.bringForward(asked, null);
  const token = fake.windows[0].url.split("#")[1];
  assert.equal((await questions.opened(token, 901, 0))?.asked?.question.id, asked.id);
});

test("a covered question moves into a window of its own", async () => {
  await tab(7, 90_000);
  const asked = question();
  await questions.ask(asked, place());
  await questions.toWindow(asked.id);
  assert.deepEqual(takenOff(), ["7:0"]);
  assert.equal(fake.windows.length, 1);
  assert.equal(await questions.opened(tokens()[0], 7, 3), null);
});

test("the contents of questions are never written down", async () => {
  await tab(7, 90_000);
  await questions.ask(question(), place());
  await until(async () => (await chrome.storage.session.get("stands")).stands);
  assert.doesNotMatch(JSON.stringify(await chrome.storage.session.get()), /示范甲|浙B/u);
});
