// JSON envelopes: what is asked in them, and how lines are found in what comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadEngine } from "../carriers/corpus.mjs";

const engine = loadEngine();
const NUMBER = { at: "no", transform: "number" };
const ASKED = ["QA0001", "QA0002", "QB0001"];

/** A profile whose only query asks with an envelope and reads one rule of lines. */
function asking(lines, envelope = {}, proof = [{ at: "code", matches: "^ok$" }]) {
  const request = { method: "POST", path: "/q", envelope };
  const query = { request, answer: { body: "json", proof, lines: [{ each: "result", ...lines }] } };
  return { number: "[A-Z]{2}[0-9]{4}", encoding: "gbk", logged_out: { status: [401] }, queries: { confirm: query } };
}

function read(profile, body) {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const answer = { status: 200, url: "/q", contentType: "application/json;charset=utf-8", bytes };
  return engine.read(profile, "confirm", answer, ASKED);
}

/** The lines of an answer whose code is good. */
function linesOf(values, result, more = {}) {
  return read(asking({ values: { number: NUMBER, ...values }, ...more }), { code: "ok", result }).lines;
}

test("an envelope is JSON in UTF-8, with the numbers wherever they are wanted", () => {
  const envelope = { meta: { size: 10 }, redata: { no: "{numbers}", all: ["x", "{numbers}"], name: "单" } };
  assert.deepEqual(engine.request(asking({ values: {} }, envelope), "confirm", ["QA$&", "QB02"], "/"), {
    method: "POST",
    url: "/q",
    headers: { "Content-Type": "application/json;charset=UTF-8" },
    body: JSON.stringify({ meta: { size: 10 }, redata: { no: "QA$&,QB02", all: ["x", "QA$&,QB02"], name: "单" } }),
  });
});

test("an envelope that does not say success is no answer", () => {
  const profile = asking({ values: { number: NUMBER } });
  const told = read(profile, { code: "error", result: [{ no: "QA0001" }] });
  assert.deepEqual([told.outcome, told.error, told.lines], ["failed", "unexpected_answer", []]);
  assert.equal(read(profile, { code: "ok", result: [] }).outcome, "answered");
});

test("one object is a place as well, and nothing is none", () => {
  assert.deepEqual(linesOf({}, { no: "QA0001" }).map((line) => line.number), ["QA0001"]);
  assert.deepEqual(linesOf({}, null), []);
  assert.deepEqual(linesOf({}, "busy"), []);
});

test("what is in a list and is no place is a line without number", () => {
  const told = read(asking({ values: { number: NUMBER } }), { code: "ok", result: ["busy"] });
  assert.deepEqual([told.outcome, told.error], ["failed", "line_without_number"]);
});

test("what `when` leaves out is not missed", () => {
  const rows = [{ no: "QA0001", type: 1 }, { no: "QA0002", type: "2" }, { type: "2" }];
  const lines = linesOf({}, rows, { when: [{ at: "type", matches: "^1$" }] });
  assert.deepEqual(lines.map((line) => line.number), ["QA0001"]);
});

test("a comma divides alternatives: the first that is there", () => {
  const values = { insured: { at: "a.name, b.name" } };
  assert.equal(linesOf(values, { no: "QA0001", a: { name: "甲" }, b: { name: "乙" } })[0].insured, "甲");
  assert.equal(linesOf(values, { no: "QA0001", a: null, b: { name: "乙" } })[0].insured, "乙");
  assert.equal(linesOf(values, { no: "QA0001" })[0].insured, null);
});

test("several places are one text with bars between, tidied each", () => {
  const values = { kind: { at: ["c", "d"], cases: [["^1\\|1$", "both"], ["^1\\|$", "commercial"]], otherwise: "other" } };
  const kind = (row) => linesOf(values, { no: "QA0001", ...row })[0].kind;
  assert.equal(kind({ c: " 1 ", d: 1 }), "both");
  assert.equal(kind({ c: "1", d: "" }), "commercial");
  assert.equal(kind({ c: "1" }), "commercial");
  assert.equal(kind({}), "other");
});

test("a condition may be about several places, of which none need be there", () => {
  const proof = [{ at: ["code", "words"], matches: "^ok\\||unknown number" }];
  const profile = asking({ values: { number: NUMBER } }, {}, proof);
  assert.equal(read(profile, { code: "ok" }).outcome, "answered");
  assert.equal(read(profile, { code: "error", words: "unknown number" }).outcome, "answered");
  assert.equal(read(profile, { code: "error", words: "busy" }).outcome, "failed");
  assert.equal(read(profile, {}).outcome, "failed");
});

test("a place that nobody can read makes it no answer, whatever else there is", () => {
  const profile = asking({ values: { number: NUMBER } });
  const answer = profile.queries.confirm.answer;
  answer.lines.push({ each: "result", when: [{ at: ["no", "state"], matches: "\\|$" }], unreadable: true });
  const outcome = (/** @type {any[]} */ ...result) => read(profile, { code: "ok", result });
  assert.equal(outcome({ no: "QA0001", state: "1" }).outcome, "answered");
  assert.equal(outcome({ no: "QA0001", state: "1" }, { no: "QA0002" }).error, "line_without_number");
});

test("coverages come from every list that is named", () => {
  const coverages = { each: "a.list, b.list", values: { name: { at: "n" } } };
  const profile = asking({ values: { number: NUMBER }, coverages });
  profile.queries.detail = profile.queries.confirm;
  const row = { no: "QA0001", a: { list: [{ n: "车损" }] }, b: { list: [{ n: "交强" }] } };
  const bytes = new TextEncoder().encode(JSON.stringify({ code: "ok", result: row }));
  const { data } = engine.read(profile, "detail", { status: 200, url: "/q", contentType: "application/json;charset=utf-8", bytes }, ASKED);
  assert.deepEqual(data[0].coverages.map(({ name }) => name), ["车损", "交强"]);
});
