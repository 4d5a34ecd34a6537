// What stands in a page: at the end of a walk, in rows of lists, in attributes; and how files are asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { loadEngine } from "../carriers/corpus.mjs";

const engine = loadEngine();
const VALUES = {
  number: { at: "td:nth-child(1)", transform: "number" },
  policy_number: { at: "td:nth-child(2)", transform: "number" },
  underwriting: { at: "td:nth-child(3)", cases: [["通过", "passed"]], otherwise: "unknown" },
};
const PROFILE = {
  carrier: "example",
  encoding: "gbk",
  base: "^/app(_v[0-9]+)?",
  number: "[TPQ][0-9]{4}",
  pages: { list: { path: "^/list$", has: [{ at: "table" }] }, login: { path: "^/login$" } },
  logged_out: { path: "^/login$", has: "#password" },
  whoami: { page: [{ at: "#who" }], query: {} },
  queries: {
    confirm: {
      walk: { start: "/list", steps: [] },
      walk_answer: {
        body: "html",
        proof: [{ at: "#found", matches: "{number}|没有符合" }],
        lines: [{ each: "tbody tr", values: VALUES }],
      },
    },
  },
};
const page = (/** @type {string} */ html) => new JSDOM(html).window.document;
const row = (/** @type {string[]} */ ...cells) => `<tr>${cells.map((cell) => `<td>${cell}`).join("")}`;
const found = (/** @type {string} */ words, /** @type {string[]} */ ...rows) => `<p id=found>${words}</p><table><tbody>${rows.join("")}</table>`;
const read = (/** @type {string} */ html, number = "T0001", url = "http://x.example/list") =>
  engine.readPage(PROFILE, "confirm", page(html), url, number);

test("the page at a walk's end gives the lines that name the number", () => {
  const outcome = read(found("T0001 1 条", row("T0001", " ", "核保通过"), row("T0009", "", "")));
  assert.equal(outcome.outcome, "answered");
  assert.deepEqual(outcome.lines.map((line) => [line.number, line.policy_number, line.underwriting]), [["T0001", null, "passed"]]);
  assert.deepEqual(read(found("P0001", row("T0001", "P0001", "")), "P0001").lines.map(({ number }) => number), ["T0001"]);
});

test("an empty list is an answer, a list of others is none, nor is a page without the proof", () => {
  assert.deepEqual([read(found("没有符合条件的记录")).outcome, read(found("没有符合")).lines], ["answered", []]);
  assert.deepEqual([read(found("T0001?", row("T0009", "", ""))).outcome, read(found("T0001?", row("T0009", "", ""))).error], ["failed", "other_lines"]);
  assert.equal(read(found("T0009", row("T0009", "", ""))).error, "unexpected_answer");
  assert.equal(read(found("T0001", row("T0001", "", ""), row("—", "", ""))).error, "line_without_number");
});

test("a log-in page at a walk's end says logged out", () => {
  assert.equal(read("<input id=password>").outcome, "logged_out");
  assert.equal(read(found("T0001"), "T0001", "http://x.example/login").outcome, "logged_out");
});

test("the rows of a list say what they are; what is no number is none", () => {
  const list = { page: "list", rows: "tbody tr", numbers: [VALUES.number, { at: "@data", find: '"no":"([^"]+)"' }], policy_number: VALUES.policy_number, button: ".op" };
  const document = page(`<table><tbody>${row("T0001", "&nbsp;")}<tr data='{"no":"T0003"}'><td> T0002<td>P0002${row("暂无数据")}</table>`);
  const [one, ...more] = engine.rowsOf({ ...PROFILE, lists: [{ ...list, page: "login" }, list] }, document, "http://x.example/list");
  assert.deepEqual(more, []);
  assert.deepEqual([one.rule, one.rows, one.button], ["lists.1", "tbody tr", ".op"]);
  assert.deepEqual(Array.from(document.querySelectorAll(one.rows), one.read), [
    { numbers: ["T0001"], policy_number: null },
    { numbers: ["T0002", "T0003"], policy_number: "P0002" },
    { numbers: [], policy_number: null },
  ]);
  assert.deepEqual(engine.rowsOf(PROFILE, document, "http://x.example/list"), [], "a profile without lists");
});

test("an attribute is read by its name, of a place or of the place itself", () => {
  const { reading } = globalThis.Chudan;
  const source = reading.ofPage(page("<a href='/x?no=T0001' title=''>T</a><i>own</i>"));
  assert.equal(source.text("a@href"), "/x?no=T0001");
  assert.equal(source.text("a @title"), "");
  assert.equal(source.text("a@name"), null);
  assert.equal(source.text("b@href"), null);
  assert.equal(source.text("a[href*='@']"), null);
  assert.equal(source.text(":scope"), null);
  const [inside] = source.each("i");
  assert.equal(inside.text(":scope"), "own");
  assert.equal(inside.text("@class"), null);
});

test("a file is asked for by policy and proposal numbers, where the page is now", () => {
  const files = {
    policy: { request: { method: "GET", path: "{base}/pdf/{policy_number}.do", query: { no: "{numbers}" }, join: ";" } },
    e_policy: { request: { method: "POST", path: "/e", form: { policyNo: "{policy_number}", 类别: "电子" } } },
  };
  const ask = (/** @type {any} */ file) => engine.fileRequest({ ...PROFILE, files }, file, ["T0001", "T0002"], "P0001", "http://x.example/app_v2/list");
  assert.deepEqual(ask("policy"), { method: "GET", url: "/app_v2/pdf/P0001.do?no=T0001%3BT0002", headers: {}, body: null });
  assert.equal(ask("e_policy").body, "policyNo=P0001&%C0%E0%B1%F0=%B5%E7%D7%D3");
  assert.equal(engine.fileRequest(PROFILE, "policy", [], "P0001", "/"), null);
  assert.equal(engine.request(PROFILE, "confirm", ["T0001"], "/"), null, "only a walk can ask");
});

test("only names that are given are put into a template", () => {
  const { filled } = globalThis.Chudan.requests;
  assert.deepEqual(filled({ a: "{number}{18}{constructor}", b: [1, "x{number}{number}"] }, { number: "$&" }), {
    a: "$&{18}{constructor}",
    b: [1, "x$&$&"],
  });
});
