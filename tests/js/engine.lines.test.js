// Lines with one number between them, numbers within words, and portals that move.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { loadEngine } from "../carriers/corpus.mjs";

const engine = loadEngine();
const VALUES = {
  number: { at: "no", transform: "number" },
  quote_number: { at: "quote", transform: "number" },
  policy_number: { at: "policy", transform: "number" },
  kind: { at: "kind" },
  underwriting: { at: "state" },
  deleted: { at: "gone", cases: [["^1$", true]], otherwise: false },
  premium: { at: "premium", transform: "fen" },
  start: { at: "start", transform: "day" },
  end: { at: "end", transform: "day" },
  raw_status: { at: "words" },
};
const ASKED = ["Q0001", "Q0002", "A0001"];
const COVERAGES = { each: "duties", values: { name: { at: "name" } } };
const ONE = { no: "Q0001", kind: "commercial", state: "passed", premium: "1,000.01", start: "2026-03-03", end: "2027-03-02", words: "待缴费" };
const OTHER = { ...ONE, kind: "compulsory", premium: "855", start: "2026-03-02", end: "2027-03-03" };

/** The lines of an answer with these rows. */
function linesOf(...data) {
  const answer = { body: "json", proof: [], lines: [{ each: "data", values: VALUES, coverages: COVERAGES }] };
  const profile = { number: "[A-Z][0-9]{4}", encoding: "utf-8", logged_out: {}, queries: { detail: { answer } } };
  const bytes = new TextEncoder().encode(JSON.stringify({ data }));
  return engine.read(profile, "detail", { status: 200, url: "/q", contentType: "application/json", bytes }, ASKED).data;
}

test("two lines with one number are one", () => {
  const duties = (/** @type {string} */ name) => ({ duties: [{ name }] });
  const [line, ...more] = linesOf({ ...ONE, ...duties("车损") }, { ...OTHER, ...duties("交强") });
  assert.deepEqual(more, []);
  assert.deepEqual([line.facts.kind, line.facts.premium, line.facts.raw_status], ["both", 185_501, "待缴费"]);
  assert.deepEqual([line.facts.start, line.end], [Date.UTC(2026, 2, 1, 16), Date.UTC(2027, 2, 2, 16)]);
  assert.deepEqual(line.coverages.map(({ name }) => name), ["车损", "交强"]);
});

test("lines with numbers of their own stay apart, in order", () => {
  const lines = linesOf(ONE, { ...OTHER, no: "Q0002" });
  assert.deepEqual(lines.map(({ facts }) => [facts.number, facts.kind, facts.premium]), [
    ["Q0001", "commercial", 100_001],
    ["Q0002", "compulsory", 85_500],
  ]);
});

test("no line of an answer is cut off", () => {
  const rows = Array.from({ length: 10 }, (_, n) => ({ ...ONE, no: `A100${n}`, quote: "Q0001" }));
  assert.equal(linesOf(...rows).length, rows.length);
});

test("a row that comes twice is not a second line", () => {
  const [line] = linesOf(ONE, ONE);
  assert.deepEqual([line.facts.kind, line.facts.premium], ["commercial", 100_001]);
});

test("lines of one number have passed only when all have", () => {
  const told = (/** @type {string} */ one, /** @type {string} */ other) =>
    linesOf({ ...ONE, state: one }, { ...OTHER, state: other })[0].facts.underwriting;
  assert.equal(told("passed", "passed"), "passed");
  for (const other of ["refused", "none", "pending", "unknown"]) {
    assert.equal(told("passed", other), other);
    assert.equal(told(other, "passed"), other);
  }
  assert.equal(told("refused", "pending"), "refused");
});

test("lines of one number go by their policy numbers once each has one, and none is lost", () => {
  const told = (/** @type {any[]} */ ...rows) =>
    linesOf(...rows).map(({ facts }) => [facts.number, facts.quote_number, facts.kind, facts.policy_number, facts.premium]);
  assert.deepEqual(told({ ...ONE, policy: "P0001" }, { ...OTHER, policy: "P0002" }), [
    ["P0001", "Q0001", "commercial", "P0001", 100_001],
    ["P0002", "Q0001", "compulsory", "P0002", 85_500],
  ]);
  for (const rows of [[{ ...ONE, policy: "P0001" }, OTHER], [ONE, { ...OTHER, policy: "P0002" }]]) {
    assert.deepEqual(told(...rows), [["Q0001", null, "both", null, 185_501]], "half of it issued is not issued");
  }
  const both = [["Q0001", null, "both", "P0003", 185_501]];
  assert.deepEqual(told({ ...ONE, policy: "P0003" }, { ...OTHER, policy: "P0003" }), both, "one policy for both");
  assert.deepEqual(told({ ...ONE, policy: "P0001" }), [["Q0001", null, "commercial", "P0001", 100_001]]);
});

test("a line without a number of its own has the quotation's; with one it names both", () => {
  const told = (/** @type {any} */ row) => linesOf({ ...row, state: "none" }).map(({ facts }) => [facts.number, facts.quote_number]);
  assert.deepEqual(told({ quote: "Q0001" }), [["Q0001", null]]);
  assert.deepEqual(told({ no: "   ", quote: "Q0001" }), [["Q0001", null]]);
  assert.deepEqual(told({ no: "A0001", quote: "Q0001" }), [["A0001", "Q0001"]]);
  assert.deepEqual(told({ no: "Q0001", quote: "Q0001" }), [["Q0001", null]]);
  assert.deepEqual(told({ no: "A0001" }), [["A0001", null]]);
  const both = linesOf({ ...ONE, no: "", quote: "Q0001" }, { ...OTHER, no: "", quote: "Q0001" });
  assert.deepEqual(both.map(({ facts }) => [facts.number, facts.kind]), [["Q0001", "both"]]);
});

test("both lines' words are kept, and an unknown premium is not summed", () => {
  const [{ facts }] = linesOf({ ...ONE, words: "待修改" }, { ...OTHER, premium: "" });
  assert.deepEqual([facts.raw_status, facts.premium], ["待修改、待缴费", null]);
});

test("a deleted line counts only when no other is left", () => {
  const [left] = linesOf({ ...ONE, gone: 1 }, OTHER);
  assert.deepEqual([left.facts.kind, left.facts.deleted, left.facts.premium], ["compulsory", false, 85_500]);
  const [gone] = linesOf({ ...ONE, gone: 1 }, { ...OTHER, gone: 1 });
  assert.equal(gone.facts.deleted, true);
});

test("a number is found within words, and in JSON that a page shows", () => {
  const read = (/** @type {string} */ find, /** @type {string} */ text) => {
    const { document } = new JSDOM("<textarea></textarea>").window;
    document.querySelector("textarea").value = text;
    const hint = { kind: "quote_saved", page: "any", when: [], numbers: [{ at: "textarea", find, transform: "number" }] };
    const profile = { number: "Q[0-9]{4}", pages: { any: { path: "^/" } }, hints_page: [hint] };
    return engine.hintsFromPage(profile, document, "/x")[0]?.numbers ?? null;
  };
  assert.deepEqual(read("单号：(Q[0-9]+)", "成功，单号：Q0001。"), ["Q0001"]);
  assert.deepEqual(read("Q[0-9]{4}", "成功，单号：Q0001。"), ["Q0001"]);
  assert.equal(read("单号：(Q[0-9]+)", "成功，单号:Q0001"), null);
  assert.deepEqual(read('"no": "(Q[0-9]+)"', `{"long": "${"x".repeat(600)}", "no": "Q0002"}`), ["Q0002"]);
});

test("a portal that moved is asked where the page is now", () => {
  const request = { method: "GET", path: "{base}/q", query: {} };
  const profile = { base: "^/app(_v[0-9]+)?", encoding: "utf-8", queries: { confirm: { request } } };
  const asked = (/** @type {string} */ here) => engine.request(profile, "confirm", [], here).url;
  assert.equal(asked("http://x.example/app/index.html"), "/app/q");
  assert.equal(asked("http://x.example/app_v2/index.html?app"), "/app_v2/q");
  assert.equal(asked("http://x.example/elsewhere"), "/q");
});
