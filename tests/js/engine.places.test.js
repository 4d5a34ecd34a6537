// Places that are not simply inside each other: a row whose columns stand in two tables, a place that is its own line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { loadEngine } from "../carriers/corpus.mjs";

const engine = loadEngine();
const NUMBER = { at: ".no", transform: "number" };
const PROFILE = {
  number: "[A-Z]{2}[0-9]{4}",
  encoding: "utf-8",
  logged_out: { status: [401] },
  pages: { list: { path: "^/list$" } },
  lists: [{ page: "list", rows: ".left tbody tr:not(.none)", numbers: [NUMBER], policy_number: { at: ".policy", transform: "number" }, beside: ".right tbody tr" }],
};

/** @param {[string, string][]} rows number and policy number */
function grid(rows) {
  const table = (/** @type {string} */ name, /** @type {(row: [string, string]) => string} */ cell) =>
    `<table class="${name}"><thead><tr><th class="no">单号</th></tr></thead><tbody>${rows.map((row) => `<tr${row[0] ? "" : ' class="none"'}>${row[0] ? cell(row) : ""}</tr>`).join("")}</tbody></table>`;
  const left = table("left", ([no]) => `<td class="no">${no}</td>`);
  const right = table("right", ([, policy]) => `<td class="policy">${policy}</td>`);
  return new JSDOM(left + right).window.document;
}

/** @param {Document} document */
const rowsOf = (document) =>
  engine.rowsOf(PROFILE, document, "http://p/list").flatMap(({ rows, read }) => [...document.querySelectorAll(rows)].map(read));

test("columns in a table of their own belong to the row at the same place", () => {
  const rows = rowsOf(grid([["QA0001", "PB0001"], ["", ""], ["QA0003", "   "], ["QA0004", "PB0004"]]));
  assert.deepEqual(rows, [
    { numbers: ["QA0001"], policy_number: "PB0001" },
    { numbers: ["QA0003"], policy_number: null },
    { numbers: ["QA0004"], policy_number: "PB0004" },
  ]);
});

test("a table whose other half is gone still says what it says itself", () => {
  const document = grid([["QA0001", "PB0001"]]);
  document.querySelector(".right")?.remove();
  assert.deepEqual(rowsOf(document), [{ numbers: ["QA0001"], policy_number: null }]);
});

/** @param {object} answer @param {string} body @param {string} contentType */
function read(answer, body, contentType) {
  const profile = { ...PROFILE, queries: { confirm: { request: {}, answer } } };
  const bytes = new TextEncoder().encode(body);
  return engine.read(profile, "confirm", { status: 200, url: "/q", contentType, bytes }, ["QA0001", "QA0002"]);
}

test(":scope is the place itself: one row holds two lines, and what they share is read once", () => {
  const line = (/** @type {string} */ at, /** @type {string} */ kind) => ({
    each: ":scope",
    when: [{ at, matches: "\\S" }],
    values: { number: { at, transform: "number" }, kind: { at, cases: [["^", kind]] } },
  });
  const shared = { quote_number: { at: "no", transform: "number" } };
  const answer = { body: "json", proof: [{ at: "rows" }], each: "rows", shared, lines: [line("a", "commercial"), line("b", "compulsory")] };
  const rows = [{ no: "QA0001", a: "AA0001", b: "AB0001" }, { no: "QA0002", a: "", b: "AB0002" }];
  const { lines } = read(answer, JSON.stringify({ rows }), "application/json;charset=utf-8");
  assert.deepEqual(lines.map(({ number, quote_number: quote, kind }) => [number, quote, kind]), [
    ["AA0001", "QA0001", "commercial"],
    ["AB0001", "QA0001", "compulsory"],
    ["AB0002", "QA0002", "compulsory"],
  ]);
  const page = { body: "html", proof: [], each: "p", lines: [{ each: ":scope", values: { number: { at: "i", transform: "number" } } }] };
  const found = read(page, "<p><i>QA0001</i></p><p><i>QA0002</i></p>", "text/html;charset=utf-8");
  assert.deepEqual(found.lines.map(({ number }) => number), ["QA0001", "QA0002"]);
});

test("an image whose lines end in a backslash and an n inside JSON is that image", () => {
  const bare = "iVBORw0KGgoAAAANSUhEUg==";
  const folded = `${bare.slice(0, 8)}\\n${bare.slice(8)}\\n`;
  const rule = { kind: "qr_fetched", method: "POST", path: "^/pay$", text: ".", numbers: "Q[A-Z][0-9]{4}", numbers_in: "request", picture: '"code"\\s*:\\s*"([^"]+)"' };
  const profile = { ...PROFILE, hints_network: [rule] };
  for (const code of [folded, folded.replaceAll("\\n", "\n"), bare]) {
    const note = { method: "POST", url: "http://p/pay", status: 200, requestBody: '{"nos":["QA0001"]}', text: JSON.stringify({ code }) };
    assert.deepEqual(engine.hintFromNetwork(profile, note), { kind: "qr_fetched", numbers: ["QA0001"], picture: bare });
  }
});
