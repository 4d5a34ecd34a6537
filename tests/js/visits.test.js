import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { fake, settled, until } from "./fake_browser.js";
import { PROFILE } from "./hands_page.js";
import { NUMBER, ORIGIN, account, id, sender } from "./samples.js";
import { Desk } from "../../extension/background/desk.js";
import { Queue } from "../../extension/background/queue.js";
import { serve } from "../../extension/background/verbs.js";

const clerk = account();
const other = account({ login: "clerk02" });
const VALUES = { plate: "浙B8K3L6", insured: "示范甲某某" };
const served = globalThis.fetch;
let name = 0;
/** @type {Desk} */
let desk;
/** Tab -> the document whose script answers there, and how tabs were sent about. */
let docs;
let made;
let went;
let profile;

beforeEach(async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  fake.reset();
  [docs, made, went, profile] = [{}, [], [], { ...PROFILE, names: { zh_CN: "示例财险", en: "Example" } }];
  globalThis.fetch = async () => new Response(JSON.stringify(profile));
  fake.granted.add("http://portal.localhost/*");
  fake.page = (tab, message) => {
    if (message.what === "there") return docs[tab] ?? null;
    if (!docs[tab]) throw new Error("Could not establish connection.");
    if (message.what === "visit_go") went.push([tab, message.path]);
    if (message.what === "fill_secret") return { filled: true, captcha: true };
    return true;
  };
  Object.assign(chrome.tabs, {
    create: async ({ url }) => {
      made.push(url);
      fake.openTabs.push(100 + made.length);
      return { id: 100 + made.length };
    },
    get: async (tab) => {
      if (!fake.openTabs.includes(tab)) throw new Error("No tab");
      return { id: tab };
    },
    update: async (tab, { url }) => url && went.push([tab, url]),
  });
  desk = new Desk();
  desk.queue = desk.road.queue = new Queue(`visits-${(name += 1)}`);
  await desk.portals.set([clerk, other]);
});
afterEach(() => {
  mock.timers.reset();
  globalThis.fetch = served;
});

const visit = (more = {}) => ({ v: 1, type: "visit", id: id(), purpose: "quote", account: clerk, numbers: [], fields: VALUES, ...more });
const steps = async (re) => {
  await settled();
  return (await desk.queue.waiting()).filter((one) => one.type === "visit_step" && one.re === re);
};
const words = async (re) => (await steps(re)).map(({ step, error }) => (error ? `${step} ${error}` : step));
const from = (tab, more = {}) => sender({ tab: { id: tab }, ...more });
let loaded = 0;
/** A page of the portal has loaded in a tab: what it is told to fill in. */
async function loads(tab, more = {}, login = undefined, frame = 0) {
  const doc = `doc-${(loaded += 1)}`;
  if (frame === 0) docs[tab] = doc;
  await serve(desk, { what: "frame", doc }, from(tab, { frameId: frame }));
  if (login !== undefined) await serve(desk, { what: "login", doc, login }, from(tab, { frameId: frame }));
  const told = { what: "visit_page", doc, stand: "s", form: "none", entry: false, finder: false, top: frame === 0, ...more };
  const task = await serve(desk, told, from(tab, { frameId: frame }));
  await settled();
  return task;
}
const filled = (tab, visitId, missing = [], error = null) =>
  serve(desk, { what: "visit_filled", doc: docs[tab], visit: visitId, missing, error }, from(tab));

/** Log in and have the entry form filled in, in a fresh tab. */
async function quoted(more = {}) {
  const begun = visit(more);
  await desk.visits.begin(begun);
  const tab = 100 + made.length;
  await loads(tab, { form: "empty" }, null);
  await loads(tab, {}, begun.account.login);
  const task = await loads(tab, { entry: true });
  await filled(tab, begun.id);
  return { begun, tab, task };
}

test("from the log-in page to the entry form, each step is told", async () => {
  const { begun, tab, task } = await quoted();
  assert.deepEqual(made, [`${ORIGIN}/home`]);
  assert.deepEqual(went, [[tab, "/entry"]]);
  assert.deepEqual(task, { visit: begun.id, kind: "entry", values: VALUES });
  // Nobody is connected: the clerk is asked to log in by hand.
  assert.deepEqual(await words(begun.id), ["opened", "login_wanted no_secret", "logged_in", "filled"]);
  assert.equal(await desk.visits.ticketOf(tab), begun.id);
});

test("what is filled in is never in the browser's storage", async () => {
  await desk.visits.begin(visit());
  await loads(101, {}, "clerk01");
  await loads(101, { entry: true });
  const kept = [await chrome.storage.session.get(), await chrome.storage.local.get(), await desk.queue.waiting()];
  assert.doesNotMatch(JSON.stringify(kept), /示范甲|8K3L6/u);
});

test("an open tab of the account is taken, the one used last, without a second log-in", async () => {
  const first = await quoted();
  made.push("by hand");
  const again = visit();
  await desk.visits.begin(again);
  assert.equal(made.length, 2, "no further tab");
  assert.deepEqual(went.at(-1), [first.tab, "/entry"]);
  assert.deepEqual(await words(again.id), ["reused"]);
  assert.deepEqual((await words(first.begun.id)).at(-1), "closed tab_reused");
  assert.equal(await desk.visits.ticketOf(first.tab), again.id);
});

test("of several tabs only the one used last navigates", async () => {
  const { tab } = await quoted();
  await desk.visits.begin(visit({ purpose: "underwrite", numbers: [NUMBER, "TDZA202600000000000001"], fields: {} }));
  await loads(tab, { finder: true });
  await settled();
  assert.equal(made.length, 2);
  await loads(102, { finder: true });
  const usedLast = async (one, at) => {
    mock.method(Date, "now", () => at);
    await desk.visits.touched(one);
    went.length = 0;
    await desk.visits.begin(visit());
    mock.restoreAll();
    assert.deepEqual(went, [[one, "/entry"]]);
  };
  await usedLast(102, 2_000_000_000_000);
  await usedLast(tab, 2_000_000_001_000);
});

test("a new tab whose page is there before we know the tab is not waited for in vain", async () => {
  const { create } = chrome.tabs;
  chrome.tabs.create = async (options) => {
    const tab = await create(options);
    docs[tab.id] = "early";
    return tab;
  };
  await loads(55, {}, "clerk01");
  await desk.visits.begin(visit());
  await serve(desk, { what: "frame", doc: "early" }, from(101));
  const told = { what: "visit_page", doc: "early", stand: "s", form: "none", entry: true, finder: false, top: true };
  assert.equal((await serve(desk, told, from(101)))?.kind, "entry");
});

test("two numbers stand in two pages, each filled in", async () => {
  const [one, two] = [NUMBER, "TDZA202600000000000001"];
  const begun = visit({ purpose: "underwrite", numbers: [one, two], fields: {} });
  await desk.visits.begin(begun);
  await loads(101, { form: "empty" }, null);
  assert.equal(made.length, 1, "the second waits for the log-in");
  await loads(101, {}, "clerk01");
  assert.deepEqual(made, [`${ORIGIN}/home`, `${ORIGIN}/find`]);
  assert.equal((await loads(101, { finder: true })).values.number, one);
  assert.equal((await loads(102, { finder: true })).values.number, two);
  assert.equal(await desk.visits.ticketOf(101), null, "only 去报价 makes a ticket");
});

test("another account: the old session ends first, its tabs are marked, its ticket is over", async () => {
  const first = await quoted();
  const begun = visit({ account: other });
  await desk.visits.begin(begun);
  assert.equal(made.at(-1), `${ORIGIN}/logout`);
  assert.deepEqual(fake.told.filter(({ what }) => what === "visit_switched").map(({ tab }) => tab), [first.tab]);
  assert.deepEqual((await words(first.begun.id)).at(-1), "closed session_switched");
  await loads(102, { form: "empty" }, null);
  await loads(102, {}, "clerk02");
  assert.deepEqual(went.at(-1), [102, "/entry"]);
});

test("a session that nobody knew of is ended too, but only once", async () => {
  const begun = visit();
  await desk.visits.begin(begun);
  await loads(101, {}, "clerk02");
  assert.deepEqual(went.at(-1), [101, "/logout"]);
  await loads(101, { form: "empty" }, null);
  await loads(101, {}, "clerk02");
  assert.deepEqual((await words(begun.id)).at(-1), "failed other_login");
});

test("who logs in as somebody else in another tab marks the pages of the session before", async () => {
  const { begun, tab } = await quoted();
  await loads(55, {}, "clerk02");
  assert.deepEqual(fake.told.filter(({ what }) => what === "visit_switched").map((one) => one.tab), [tab]);
  assert.deepEqual((await words(begun.id)).at(-1), "closed session_switched");
  assert.equal(await desk.visits.ticketOf(tab), null);
});

test("a closed tab ends the ticket; a window that it opened keeps it", async () => {
  const { begun, tab } = await quoted();
  await desk.visits.opened(300, tab);
  assert.equal(await desk.visits.ticketOf(300), begun.id);
  await desk.closed(tab);
  assert.notEqual((await words(begun.id)).at(-1), "closed tab_closed");
  await desk.closed(300);
  assert.equal((await words(begun.id)).at(-1), "closed tab_closed");
});

test("a window that saves and closes itself still has its ticket, until the session ends", async () => {
  const { begun, tab } = await quoted();
  await desk.visits.opened(300, tab);
  await desk.closed(300);
  assert.equal(await desk.visits.ticketOf(300), begun.id);
  await loads(tab, { form: "empty" }, null);
  assert.equal(await desk.visits.ticketOf(300), null);
});

test("the session's end ends the ticket", async () => {
  const { begun, tab } = await quoted();
  await loads(tab, { form: "empty" }, null);
  assert.equal((await words(begun.id)).at(-1), "closed session_lost");
});

test("a hint names the ticket of its tab", async () => {
  const { begun, tab } = await quoted();
  const hint = { what: "hint", doc: docs[tab], id: id(), at: Date.now(), kind: "quote_saved", numbers: [NUMBER], source: "network" };
  await serve(desk, hint, from(tab));
  const kept = (await desk.queue.waiting()).find(({ type }) => type === "hint");
  assert.equal(kept.ticket, begun.id);
});

test("a frame below is told what to fill in, even when it spoke before its top page", async () => {
  profile.entry = { ...PROFILE.entry, frame: "^/form$" };
  const begun = visit();
  await desk.visits.begin(begun);
  await loads(101, {}, "clerk01");
  docs[101] = "doc-frameset";
  await serve(desk, { what: "frame", doc: "doc-frameset" }, from(101));
  assert.equal(await loads(101, { entry: true }, undefined, 4), null);
  const top = { what: "visit_page", doc: "doc-frameset", stand: "s", form: "none", entry: false, finder: false, top: true };
  await serve(desk, top, from(101));
  await settled();
  assert.ok(fake.told.some(({ what, frame }) => what === "visit_look" && frame === 4));
  assert.equal((await loads(101, { entry: true }, undefined, 4)).kind, "entry");
});

test("what could not be filled in is told, and a number that could not be is a failure", async () => {
  const begun = visit();
  await desk.visits.begin(begun);
  await loads(101, {}, "clerk01");
  await loads(101, { entry: true });
  await filled(101, begun.id, ["insured"]);
  assert.deepEqual((await steps(begun.id)).at(-1).missing, ["insured"]);
  const finder = visit({ purpose: "underwrite", numbers: [NUMBER], fields: {} });
  await desk.visits.begin(finder);
  await loads(101, { finder: true });
  await filled(101, finder.id, ["number"]);
  assert.equal((await words(finder.id)).at(-1), "failed number_not_filled");
});

const OBSTACLES = [
  ["no_form", () => delete profile.entry],
  ["not_permitted", () => fake.granted.clear()],
  ["cannot_switch", async () => {
    profile.logout = null;
    await loads(55, {}, "clerk02");
  }],
];
for (const [why, arrange] of OBSTACLES) {
  test(`a visit that cannot be made says why: ${why}`, async () => {
    await arrange();
    const begun = visit();
    await desk.visits.begin(begun);
    assert.deepEqual([await words(begun.id), made], [[`failed ${why}`], []]);
  });
}

test("a page that waits for a click before it leads to the log-in page is left by the front door", async () => {
  await desk.visits.begin(visit());
  await loads(101, {}, null);
  assert.deepEqual(went, []);
  mock.timers.tick(1_500);
  await settled();
  assert.deepEqual(went, [[101, "/"]]);
  await loads(101, { form: "empty" }, null);
  mock.timers.tick(1_500);
  await settled();
  assert.equal(went.length, 1, "the log-in form is where it wants to be");
});

test("a form that never appears is a failure after a while", async () => {
  const begun = visit();
  await desk.visits.begin(begun);
  await loads(101, {}, "clerk01");
  await loads(101, {});
  mock.timers.tick(45_000);
  await until(async () => (await words(begun.id)).includes("failed form_not_found"));
});

test("three passwords at most are asked for, and none after the portal refused one", async () => {
  const fill = mock.method(desk.visits.secrets, "fill", async () => ({ filled: true, captcha: true }));
  const begun = visit();
  await desk.visits.begin(begun);
  for (let time = 0; time < 5; time += 1) await loads(101, { form: "empty" }, null);
  assert.equal(fill.mock.callCount(), 3);
  const refused = visit();
  await desk.visits.begin(refused);
  await loads(101, { form: "empty" }, null);
  await loads(101, { form: "wrong" });
  await loads(101, { form: "empty" });
  assert.equal(fill.mock.callCount(), 4);
  assert.ok((await words(refused.id)).includes("login_wanted wrong_password"));
});

test("打开保险公司系统 opens, and nothing more", async () => {
  const begun = visit({ purpose: "open", fields: {} });
  await desk.visits.begin(begun);
  await loads(101, {}, "clerk01");
  assert.equal(await loads(101, { entry: true, finder: true }), null);
  assert.deepEqual(made, [`${ORIGIN}/home`]);
});
