// Hints of every kind: from answers, pages and dialogs; and answers that nobody can read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { loadEngine } from "../carriers/corpus.mjs";

const engine = loadEngine();
const PROFILE = {
  carrier: "example",
  encoding: "gbk",
  number: "T[0-9]{4}|P[0-9]{4}",
  pages: { pay: { path: "^/pay$" }, list: { path: "^/list$" } },
  hints_page: [],
  hints_network: [],
  logged_out: { path: "^/login$", has: "#password" },
};
const NUMBERS = "T[0-9]{4}";
const note = (more = {}) => ({ method: "POST", url: "http://x.example/save", status: 200, requestBody: "", text: "", ...more });
const network = (rule, one) =>
  engine.hintFromNetwork({ ...PROFILE, hints_network: [{ kind: "quote_saved", method: "POST", path: "^/save$", text: "", numbers: NUMBERS, ...rule }] }, note(one));

test("numbers may stand in what was sent: in the address and in a body of any encoding", () => {
  const rule = { kind: "deleted", text: "^ok$", numbers_in: "request" };
  const told = (/** @type {any} */ one) => network(rule, { text: "ok", ...one })?.numbers ?? null;
  assert.deepEqual(told({ requestBody: "bizNo=T0001%2CT0002&who=%C1%D6%CF%FE" }), ["T0001", "T0002"]);
  assert.deepEqual(told({ requestBody: "a=+T0003+" }), ["T0003"]);
  assert.deepEqual(told({ url: "http://x.example/save?bizNo=T0004" }), ["T0004"]);
  assert.deepEqual(told({ url: "http://x.example/save?bizNo=T0004", requestBody: null }), ["T0004"]);
  assert.equal(told({ text: "no", requestBody: "T0001" }), null);
  assert.equal(network({ ...rule, text: "" }, { text: "T0005" }), null, "the answer's own numbers do not count");
});

test("a code in an answer comes as plain base64, its line ends written out or real", () => {
  const rule = { kind: "qr_fetched", picture: '"image":"([^"]+)"' };
  const told = (/** @type {string} */ image) => network(rule, { text: `{"no":"T0001","image":"${image}"}` });
  assert.deepEqual(told("iVBO\\nRw0K\\r\\nGg=="), { kind: "qr_fetched", numbers: ["T0001"], picture: "iVBORw0KGg==" });
  assert.equal(told("data:image/png;base64,iVBO\n Rw0KGg==").picture, "iVBORw0KGg==");
  assert.equal(told("a\\/b+c\\/").picture, "a/b+c/");
  for (const bad of ["<html>", "%%%", "A".repeat(349_529)]) assert.equal(told(bad), null, "no image, no hint");
  assert.equal(network(rule, { text: "T0001" }), null);
});

test("a card-payment number comes with its proposal's", () => {
  const rule = { kind: "card_number", card: "刷卡支付号：([0-9]+)" };
  assert.deepEqual(network(rule, { text: "T0001 刷卡支付号：880012" }), { kind: "card_number", numbers: ["T0001"], card: "880012" });
  assert.equal(network(rule, { text: "T0001 刷卡支付号：" }), null);
});

test("the first rule that finds something counts", () => {
  const base = { method: "POST", path: "^/save$", numbers: NUMBERS };
  const rules = [{ ...base, kind: "issued", text: "ok", numbers: "P[0-9]{4}" }, { ...base, kind: "underwriting", text: "ok" }];
  const told = (/** @type {string} */ text) => engine.hintFromNetwork({ ...PROFILE, hints_network: rules }, note({ text }));
  assert.deepEqual(told("ok P0001 T0001"), { kind: "issued", numbers: ["P0001"] });
  assert.deepEqual(told("ok T0001"), { kind: "underwriting", numbers: ["T0001"] });
});

test("an answer of a save address that nobody can read is drift, but not a refused save, a log-in page or an error", () => {
  const rule = { kind: "quote_saved", method: "POST", path: "^/save$", text: "^T", numbers: NUMBERS };
  const unread = (/** @type {any} */ one, silent = "^errorMessage=") =>
    engine.unreadAnswer({ ...PROFILE, hints_network: [{ ...rule, path: "^/other$" }, { ...rule, silent }] }, note(one));
  assert.equal(unread({ text: '{"new":"format"}' }), "hints_network.1");
  assert.equal(unread({ text: "TX 保存成功" }), "hints_network.1", "the number is nowhere");
  assert.equal(unread({ text: "errorMessage=车架号错误" }), null);
  assert.equal(unread({ text: "<input id=password>" }), null);
  for (const other of [{ status: 500 }, { method: "GET" }, { url: "/else" }]) assert.equal(unread({ text: "?", ...other }), null);
  assert.equal(unread({ text: "?", url: "/login" }), null);
  assert.equal(unread({ text: "?" }, null), null, "nobody said what a refused save looks like");
});

const hintsOf = (/** @type {any[]} */ rules, /** @type {string} */ html, url = "http://x.example/pay") =>
  engine.hintsFromPage({ ...PROFILE, hints_page: rules }, new JSDOM(html).window.document, url);

test("a page tells every number of the places named, whole ones only", () => {
  const rule = { kind: "deleted", page: "list", when: [{ at: ".done" }], numbers_all: [".done li", ".also"] };
  const html = "<ul class=done><li>T0001 已删除<li>单号：T0002。<li>T00033<li>xT0004</ul><p class=also>T0005,T0001</p>";
  assert.deepEqual(hintsOf([rule], html, "/list"), [{ kind: "deleted", numbers: ["T0001", "T0002", "T0005"] }]);
  assert.deepEqual(hintsOf([rule], "<p class=also>T0001", "/list"), []);
});

test("all that a page shows at the same time is told", () => {
  const numbers = [{ at: "#no", transform: "number" }];
  const rules = [
    { kind: "quote_saved", page: "pay", when: [{ at: "#saved" }], numbers },
    { kind: "underwriting", page: "pay", when: [{ at: "#passed" }], numbers },
    { kind: "issued", page: "pay", when: [{ at: "#none" }], numbers },
  ];
  const kinds = hintsOf(rules, "<b id=no>T0001</b><i id=saved></i><i id=passed></i>").map(({ kind }) => kind);
  assert.deepEqual(kinds, ["quote_saved", "underwriting"]);
});

test("a code that a page shows is named by its place; without the place there is nothing to tell", () => {
  const rule = { kind: "qr_fetched", page: "pay", when: [], numbers: [{ at: "#no" }], picture: "#qr canvas" };
  const html = "<b id=no>T0001</b>";
  assert.deepEqual(hintsOf([rule], `${html}<div id=qr><canvas></canvas></div>`), [{ kind: "qr_fetched", numbers: ["T0001"], shown: "#qr canvas" }]);
  assert.deepEqual(hintsOf([rule], html), []);
});

test("a card-payment number is read off a page", () => {
  const rule = { kind: "card_number", page: "pay", when: [], numbers: [{ at: "#no" }], card: { at: "#card", find: "[0-9]{6}" } };
  assert.deepEqual(hintsOf([rule], "<b id=no>T0001</b><i id=card>号码 880012</i>"), [{ kind: "card_number", numbers: ["T0001"], card: "880012" }]);
  assert.deepEqual(hintsOf([rule], "<b id=no>T0001</b><i id=card>—</i>"), []);
});

test("a dialog's words tell what was done, when they name a number", () => {
  const profile = { ...PROFILE, hints_dialog: [{ kind: "deleted", text: "删除成功", numbers: NUMBERS }, { kind: "underwriting", text: "核保通过", numbers: NUMBERS }] };
  assert.deepEqual(engine.hintFromDialog(profile, "投保单T0001、T0002删除成功"), { kind: "deleted", numbers: ["T0001", "T0002"] });
  assert.deepEqual(engine.hintFromDialog(profile, "T0003核保通过"), { kind: "underwriting", numbers: ["T0003"] });
  for (const text of ["删除成功", "确认要提交T0001", ""]) assert.equal(engine.hintFromDialog(profile, text), null);
  assert.equal(engine.hintFromDialog(PROFILE, "T0001删除成功"), null);
});
