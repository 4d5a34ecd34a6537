import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fake, settled } from "./fake_browser.js";
import { ORIGIN, account, place, question } from "./samples.js";
import { enter, makeMenu } from "../../extension/background/doors.js";
import { Frames } from "../../extension/background/frames.js";
import { Portals } from "../../extension/background/portals.js";
import { Questions } from "../../extension/background/questions.js";
import { Sessions } from "../../extension/background/sessions.js";
import { showBadge } from "../../extension/background/signs.js";

const DOORS = ["question", "console", "diagnostics"];
/** @type {Portals} */
let portals;

beforeEach(() => {
  fake.reset();
  portals = new Portals();
});

/** A desk with questions, which notes what it is asked to open. */
function desk(...waiting) {
  const opened = [];
  return {
    opened,
    questions: { all: () => waiting, bringForward: async ({ id }) => void opened.push(id) },
    openConsole: async (page) => void opened.push(page),
  };
}

test("without an account the menu is on our button and on no page", async () => {
  await makeMenu(portals);
  assert.deepEqual(fake.menu.map(({ id, contexts }) => [id, ...contexts]), DOORS.map((id) => [id, "action"]));
});

test("on a portal's pages it stands everywhere, and on no other page", async () => {
  await portals.set([account(), account({ login: "clerk02" })]);
  await makeMenu(portals);
  const onPages = fake.menu.filter(({ contexts }) => !contexts.includes("action"));
  assert.deepEqual(onPages.map(({ id }) => id), [...DOORS, "record"].map((id) => `page_${id}`));
  for (const { documentUrlPatterns, contexts } of onPages) {
    assert.deepEqual(documentUrlPatterns, ["http://portal.localhost/*"], ORIGIN);
    assert.ok(contexts.includes("frame") && contexts.includes("editable"));
  }
});

test("made twice at once, the menu is whole and single, and follows the accounts", async (context) => {
  const told = context.mock.method(console, "error", () => undefined);
  await portals.set([account()]);
  await Promise.all([makeMenu(portals), makeMenu(portals)]);
  assert.deepEqual([fake.menu.length, told.mock.callCount()], [7, 0]);
  await portals.set([]);
  await makeMenu(portals);
  assert.equal(fake.menu.length, 3);
});

test("a menu that cannot be made keeps nobody waiting, and the next one is made", async (context) => {
  const told = context.mock.method(console, "error", () => undefined);
  context.mock.method(chrome.contextMenus, "removeAll", async () => Promise.reject(new Error("no menu")), { times: 1 });
  await makeMenu(portals);
  assert.equal(told.mock.callCount(), 1);
  await makeMenu(portals);
  assert.equal(fake.menu.length, 3);
});

test("button, page and key open the same", async () => {
  const at = desk();
  for (const pressed of ["console", "page_console", "diagnostics", "page_diagnostics", "page_", "toString"]) enter(at, pressed);
  await settled();
  assert.deepEqual(at.opened, ["console", "console", "diagnostics", "diagnostics"]);
});

test("the question that has waited longest comes forward; without one the popup opens", async () => {
  const at = desk(question({ id: "later", asked_at: 2 }), question({ id: "first", asked_at: 1 }));
  enter(at, "question");
  await settled();
  assert.deepEqual([at.opened, fake.popups], [["first"], 0]);
  enter(desk(), "page_question");
  assert.equal(fake.popups, 1, "within the press");
  enter(at, "page_record");
  assert.equal(fake.popups, 2, "what is wrong with a page stands there");
});

test("a question that is brought forward in its page gets the keyboard", async () => {
  await portals.set([account()]);
  const frames = new Frames(portals);
  const questions = new Questions(frames, new Sessions(() => undefined), () => undefined);
  fake.page = (tab, { what }) => ({ there: "top", area: 90_000 })[what] ?? true;
  fake.openTabs = [7];
  await frames.admit({ tab: 7, frame: 0, origin: ORIGIN }, "top");
  const asked = question();
  await questions.ask(asked, place());
  const [{ token }] = fake.told.filter(({ what }) => what === "mount");
  assert.deepEqual(fake.told.filter(({ what }) => what === "focus_question"), [], "not by itself");
  await questions.bringForward(asked, null);
  assert.deepEqual(fake.told.at(-1), { tab: 7, frame: 0, what: "focus_question", token });
});

test("who hears our button hears what its badge shows", async () => {
  const seen = [];
  for (const [waiting, broken] of [[0, false], [3, false], [12, false], [3, true]]) {
    await showBadge(waiting, broken);
    seen.push([fake.badge.text, fake.badge.title]);
  }
  assert.deepEqual(seen, [["", "name"], ["3", "title_waiting 3"], ["12", "title_waiting 12"], ["!", "title_away"]]);
});
