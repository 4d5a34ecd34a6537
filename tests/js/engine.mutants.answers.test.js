// Answers change as pages do. What is still read of a line must be what was said of it before, and a line may not be
// missing from what counts as an answer: "not found" ends a proposal, so it must never come from a renamed name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { carriers, casesOf, encoded, loadEngine, profileOf } from "../carriers/corpus.mjs";

const engine = loadEngine();
// One window for all: thousands of them would fill the memory.
const { DOMParser } = new JSDOM("").window;
const parse = (/** @type {string} */ text) => new DOMParser().parseFromString(text, "text/html");

/** @param {any} data @param {(name: string) => string} called @returns {any} */
function renamedKeys(data, called) {
  if (Array.isArray(data)) return data.map((one) => renamedKeys(one, called));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, one]) => [called(name), renamedKeys(one, called)]));
}

/** Lists and names turned round. @param {any} data @returns {any} */
function turned(data) {
  if (Array.isArray(data)) return [...data.map(turned)].reverse();
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).reverse().map(([name, one]) => [name, turned(one)]));
}

/** Lists with other people's rows around ours, as of a portal that takes no notice of what it is asked for. @param {any} data @returns {any} */
function withForeign(data) {
  if (Array.isArray(data)) {
    const rows = data.map(withForeign);
    const [first] = data;
    return typeof first === "object" ? [foreign(first, 1), ...rows, foreign(first, 2)] : rows;
  }
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, one]) => [name, withForeign(one)]));
}

/** The same with other numbers and names. @param {any} row @param {number} digit @returns {any} */
function foreign(row, digit) {
  const text = JSON.stringify(row).replace(/(?<=[0-9A-Z]{14})[0-9A-Z](?=[" ])/gu, (last) => (last === String(digit) ? "7" : String(digit)));
  return JSON.parse(text.replaceAll("林晓峰", "吴志强").replaceAll("8K3L6", "5K185"));
}

/** @param {any} data @param {Set<string>} [names] */
function keysOf(data, names = new Set()) {
  if (typeof data !== "object" || data === null) return names;
  for (const [name, one] of Object.entries(data)) {
    if (!Array.isArray(data)) names.add(name);
    keysOf(one, names);
  }
  return names;
}

/** The facts an outcome tells. @param {any} outcome @returns {any[]} */
const factsOf = ({ lines, data }) => [...lines, ...data.map((/** @type {any} */ one) => one.facts)];

/** A line that goes by its quotation: without a number of its own it cannot be told from one whose number was renamed. @param {any} line */
const draft = (line) => line.underwriting === "none" || line.deleted;

/** Whether what is told now stands for what was told. @param {any} is @param {any} was */
function covers(is, was) {
  return is.number === was.number || (draft(is) && draft(was) && [was.number, was.quote_number].includes(is.quote_number ?? is.number));
}

/**
 * What is wrong with an outcome after a change: `[]` or words. What goes with a line may be missing, but not be
 * another's; a state nobody can read may hide that a line is deleted, which then says that it is unknown.
 * @param {any} before @param {any} after
 */
function wrong(before, after) {
  if (after.outcome !== "answered") return [];
  const [was, is] = [factsOf(before), factsOf(after)];
  const lost = was.filter((one) => !is.some((line) => covers(line, one))).map(({ number }) => `${number} is lost`);
  return [...lost, ...is.flatMap((line) => wrongIn(line, was.filter((one) => covers(line, one))))];
}

/** @param {any} line @param {any[]} was  the lines that it stands for */
function wrongIn(line, was) {
  const said = /** @type {[string, (one: any) => boolean][]} */ ([
    ["number", () => true],
    ["policy_number", (one) => line.policy_number === null || line.policy_number === one.policy_number],
    ["plate", (one) => line.plate === null || line.plate === one.plate],
    ["insured", (one) => [null, WORD, one.insured].includes(line.insured)],
    ["premium", (one) => was.length > 1 || line.premium === null || line.premium === one.premium],
    ["kind", (one) => was.length > 1 || line.kind === "other" || line.kind === one.kind],
    ["underwriting", (one) => line.underwriting === "unknown" || line.underwriting === one.underwriting],
    ["deleted", (one) => line.deleted === one.deleted || (!line.deleted && line.underwriting === "unknown")],
  ]);
  return said.filter(([, fine]) => !was.some(fine)).map(([name]) => `${line.number}: ${name} ${line[name]}`);
}

/** @param {string} carrier @param {string} as */
const answered = (carrier, as) =>
  casesOf(carrier).filter(({ given, expect }) => given.as === as && expect.outcome === "answered" && given.query !== "whoami");

for (const carrier of carriers()) {
  const profile = profileOf(carrier);
  const inJson = answered(carrier, "answer").filter(({ text }) => /^\s*[[{]/u.test(text));
  const read = (/** @type {any} */ given, /** @type {any} */ data) => {
    const bytes = new TextEncoder().encode(JSON.stringify(data));
    return engine.read(profile, given.query, { status: given.status, url: given.url, contentType: "application/json;charset=utf-8", bytes }, given.numbers);
  };

  test(`${carrier}: an answer whose names or order have changed gives what it said or nothing`, () => {
    for (const { slug, text, given } of inJson) {
      const data = JSON.parse(text);
      const before = read(given, data);
      const changes = [...keysOf(data)].map((gone) => [gone, renamedKeys(data, (name) => (name === gone ? `${name}X7` : name))]);
      for (const [name, change] of [["turned", turned(data)], ...changes]) {
        assert.deepEqual(wrong(before, read(given, change)), [], `${slug}: ${name}`);
      }
    }
  });

  test(`${carrier}: a portal that takes no notice of the numbers tells of nobody else`, () => {
    for (const { slug, text, given } of inJson.filter(({ expect }) => factsOf(expect).length > 0)) {
      const data = JSON.parse(text);
      const before = read(given, data);
      const numbers = factsOf(before).map(({ number }) => number);
      assert.deepEqual(factsOf(read(given, withForeign(data))).filter(({ number }) => !numbers.includes(number)), [], `${slug}: beside`);
      const alone = read(given, foreign(data, 1));
      assert.deepEqual([alone.outcome, factsOf(alone)], ["failed", []], `${slug}: alone`);
    }
  });
}

/** What stands where the portal's words stood. */
const WORD = "其他";

/** The words of an attribute on a page, each by itself. @param {Document} page @param {string} name */
function wordsOf(page, name) {
  const all = Array.from(page.querySelectorAll(`[${name}]`), (element) => (element.getAttribute(name) ?? "").split(" "));
  return [...new Set(all.flat())].filter((word) => word !== "");
}

/** @param {Document} page @param {string} name @param {string} gone */
function rename(page, name, gone) {
  for (const element of page.querySelectorAll(`[${name}]`)) {
    const words = (element.getAttribute(name) ?? "").split(" ").map((word) => (word === gone ? `${word}-x7` : word));
    element.setAttribute(name, words.join(" "));
  }
}

/** Every word of the page that is no number. @param {Document} page */
function otherWords(page) {
  const walk = page.createTreeWalker(page.body, 4);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!/[0-9]/u.test(node.textContent ?? "") && node.textContent?.trim()) node.textContent = WORD;
  }
}

for (const carrier of carriers()) {
  const profile = profileOf(carrier);
  const asked = [...answered(carrier, "walk"), ...answered(carrier, "answer").filter(({ text }) => /^\s*</u.test(text))];
  const read = (/** @type {any} */ given, /** @type {Document} */ page) => {
    if (given.as === "walk") return engine.readPage(profile, given.query, page, given.url, given.number);
    const bytes = encoded(page.documentElement.outerHTML, given.encoding);
    return engine.read(profile, given.query, { status: given.status, url: given.url, contentType: given.content_type, bytes }, given.numbers);
  };
  test(`${carrier}: a page that answers, changed, gives what it said or nothing`, () => {
    for (const { slug, text, given, expect } of asked) {
      const names = ["class", "id"].flatMap((name) => wordsOf(parse(text), name).map((word) => [name, word]));
      const changes = names.map(([name, word]) => [`${name} ${word}`, (/** @type {Document} */ page) => rename(page, name, word)]);
      for (const [name, change] of [["other words", otherWords], ...changes]) {
        const page = parse(text);
        change(page);
        assert.deepEqual(wrong(expect, read(given, page)), [], `${slug}: ${name}`);
      }
    }
  });
}
