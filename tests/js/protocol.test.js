import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fault } from "../../extension/shared/check.js";
import { DOWNWARD, UPWARD } from "../../extension/shared/schema.js";

/** @param {string} name */
function golden(name) {
  const text = readFileSync(new URL(`../protocol/golden/${name}.jsonl`, import.meta.url), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

const good = golden("good");
/** Below the level of messages it is the browser that parses, on its side of the pipe. */
const bad = golden("bad").filter(({ level, text }) => level === "message" && text !== undefined);

test("golden messages of both directions pass, and every type is among them", () => {
  for (const { name, way, text } of good) assert.equal(fault(JSON.parse(text), way), null, name);
  const seen = (/** @type {string} */ way) =>
    new Set(good.filter((frame) => frame.way === way).map(({ text }) => JSON.parse(text).type));
  assert.deepEqual(seen("up"), new Set(Object.keys(UPWARD)));
  assert.deepEqual(seen("down"), new Set(Object.keys(DOWNWARD)));
});

test("golden bad messages are refused with the same numbers as the daemon's", () => {
  assert.ok(bad.length > 20);
  for (const { name, way, text, code } of bad) assert.equal(fault(JSON.parse(text), way)?.code, code, name);
});

test("a refusal never repeats what the sender made up", () => {
  const told = fault({ v: 1, type: "closed", question: "x", 示范甲: 1 }, "down");
  assert.doesNotMatch(told?.where ?? "", /示范甲/u);
});

test("lengths count characters as Python does, not UTF-16 units", () => {
  const search = (/** @type {number} */ length) => ({
    v: 1, type: "customer_search", id: "00000001-1111-4111-8111-111111111111", text: "𠮷".repeat(length),
  });
  assert.equal(fault(search(500), "up"), null);
  assert.equal(fault(search(501), "up")?.code, 113);
});
