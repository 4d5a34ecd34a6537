import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { carriers, casesOf, judgeInNode, loadEngine, profileOf } from "../carriers/corpus.mjs";

const engine = loadEngine();

for (const carrier of carriers()) {
  const cases = casesOf(carrier);
  test(`${carrier} has recordings of every kind, and some that show nothing`, () => {
    const kinds = new Set(cases.map(({ given }) => given.as));
    for (const kind of ["note", "page"]) assert.ok(kinds.has(kind), kind);
    assert.ok(kinds.has("answer") || kinds.has("walk"), "answer");
    const told = ({ expect }) => ("hints" in expect ? expect.hints.length > 0 : expect.hint !== null);
    const hints = cases.filter(({ expect }) => "hint" in expect || "hints" in expect).map(told);
    assert.ok(hints.includes(true) && hints.includes(false));
    const outcomes = new Set(cases.map(({ expect }) => expect.outcome));
    for (const outcome of ["answered", "logged_out", "failed"]) assert.ok(outcomes.has(outcome), outcome);
  });
  test(`${carrier}: what is always there is there on every recorded page`, () => {
    const { pages } = profileOf(carrier);
    for (const { slug, text, expect } of cases.filter(({ given, expect }) => given.as === "page" && expect.page)) {
      const { document } = new JSDOM(text).window;
      const gone = (pages[expect.page].always ?? []).filter((at) => !document.querySelector(at));
      assert.deepEqual(gone, [], slug);
    }
  });
  for (const one of cases) {
    test(`${carrier}/${one.slug}`, () => {
      assert.deepEqual(judgeInNode(engine, profileOf(carrier), one), one.expect);
    });
  }
}
