// Portals change. On a page that is no longer what was recorded, "not recognised" is right and a wrong number is a
// failure: whatever the engine still reads must be what stood there before the change.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { carriers, casesOf, loadEngine, profileOf } from "../carriers/corpus.mjs";

const engine = loadEngine();
const COLUMNS = 12;
// One window for all: thousands of them would fill the memory.
const { DOMParser } = new JSDOM("").window;
const parse = (/** @type {string} */ text) => new DOMParser().parseFromString(text, "text/html");

/** @param {Document} page @param {(row: Element) => void} change */
function eachRow(page, change) {
  for (const row of page.querySelectorAll("tr")) change(row);
}

/** @param {number} one with its right neighbour */
const swap = (one) => (/** @type {Document} */ page) =>
  eachRow(page, (row) => {
    const [a, b] = [row.children[one], row.children[one + 1]];
    if (a && b) a.before(b);
  });

/** @param {Document} page */
const reversed = (page) => eachRow(page, (row) => row.append(...[...row.children].reverse()));

/** @param {number} at */
const column = (at) => (/** @type {Document} */ page) =>
  eachRow(page, (row) => {
    const cell = page.createElement(row.children[0]?.tagName ?? "td");
    cell.textContent = "备注";
    row.insertBefore(cell, row.children[at] ?? null);
  });

/** @param {string} name of an attribute */
const renamed = (name) => (/** @type {Document} */ page) => {
  for (const element of page.querySelectorAll(`[${name}]`)) {
    const words = (element.getAttribute(name) ?? "").split(" ");
    element.setAttribute(name, words.map((word) => `${word}-x7`).join(" "));
  }
};

/** A sum below every table, and a row of advice on top of it. @param {Document} page */
function moreRows(page) {
  for (const body of page.querySelectorAll("tbody")) {
    for (const where of ["prepend", "append"]) {
      const row = /** @type {Element | undefined} */ (body.lastElementChild?.cloneNode(true));
      if (!row) continue;
      for (const cell of row.children) cell.textContent = "合计 3 单";
      body[where](row);
    }
  }
}

/** A row of other long figures: telephones, accounts, sums. @param {Document} page */
function otherFigures(page) {
  for (const body of page.querySelectorAll("tbody")) {
    const row = /** @type {Element | undefined} */ (body.lastElementChild?.cloneNode(true));
    for (const cell of row?.children ?? []) cell.textContent = "6222020200112233445566 13900013901 91330200MA2AG4X57K";
    if (row) body.append(row);
  }
}

/** Every text but numbers. @param {Document} page */
function otherWords(page) {
  const walk = page.createTreeWalker(page.body, 4);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!/[0-9]/u.test(node.textContent ?? "") && node.textContent?.trim()) node.textContent = "其他";
  }
}

/** @type {Record<string, (page: Document) => void>} */
const CHANGES = {
  "classes renamed": renamed("class"),
  "ids renamed": renamed("id"),
  "names renamed": renamed("name"),
  "bindings renamed": renamed("ng-bind"),
  "more rows": moreRows,
  "rows of other figures": otherFigures,
  "other words": otherWords,
};
/** @type {typeof CHANGES} */
const OF_TABLES = { "columns reversed": reversed };
for (let place = 0; place < COLUMNS; place += 1) {
  OF_TABLES[`a column before ${place}`] = column(place);
  OF_TABLES[`column ${place} moved right`] = swap(place);
}

/** @param {any} profile @param {Document} page @param {string} url */
function seen(profile, page, url) {
  const lists = engine.rowsOf(profile, page, url);
  const rows = lists.flatMap(({ rows: at, read }) => Array.from(page.querySelectorAll(at), read));
  return { hints: engine.hintsFromPage(profile, page, url), rows };
}

/** What was read that did not stand there before. @param {ReturnType<typeof seen>} before @param {ReturnType<typeof seen>} after */
function wrong(before, after) {
  const known = new Set(before.rows.map(({ numbers, policy_number: policy }) => `${numbers}|${policy}`));
  const halves = new Set(before.rows.flatMap(({ numbers, policy_number: policy }) => [`${numbers}|null`, `|${policy}`, "|null"]));
  const rows = after.rows.map(({ numbers, policy_number: policy }) => `${numbers}|${policy}`);
  const told = new Set(before.hints.flatMap(({ kind, numbers }) => numbers.map((number) => `${kind} ${number}`)));
  const hints = after.hints.flatMap(({ kind, numbers }) => numbers.map((number) => `${kind} ${number}`));
  return [...rows.filter((row) => !known.has(row) && !halves.has(row)), ...hints.filter((hint) => !told.has(hint))];
}

for (const carrier of carriers()) {
  const profile = profileOf(carrier);
  const pages = casesOf(carrier).filter(({ given, expect }) => given.as === "page" && expect.hints.length + expect.rows.length > 0);
  test(`${carrier}: a changed page gives what stood there or nothing`, () => {
    assert.ok(pages.length > 0);
    for (const { slug, text, given } of pages) {
      const before = seen(profile, parse(text), given.url);
      const changes = before.rows.length > 0 ? { ...CHANGES, ...OF_TABLES } : CHANGES;
      for (const [name, change] of Object.entries(changes)) {
        const page = parse(text);
        change(page);
        assert.deepEqual(wrong(before, seen(profile, page, given.url)), [], `${slug}: ${name}`);
      }
    }
  });
}

/** Every long number with more to it: none of these is ours. @type {Record<string, (text: string) => string>} */
const LONGER = {
  "more behind": (text) => text.replace(LONG, "$&88"),
  "more before": (text) => text.replace(LONG, "88$&"),
};
const LONG = /(?<![0-9A-Za-z])(?=[A-Z]*[0-9])[0-9A-Z]{10,}(?![0-9A-Za-z])/gu;

/** Numbers in what was told that do not stand in the text as a whole. @param {{kind: string, numbers: string[], card?: string}[]} hints @param {any[]} rows @param {string} text */
function cut(hints, rows, text) {
  const whole = new Set(text.match(/[0-9A-Za-z]+/gu) ?? []);
  const told = [...hints.flatMap(({ numbers, card }) => [...numbers, card]), ...rows.flatMap((row) => [...row.numbers, row.policy_number])];
  return told.filter((one) => one && !whole.has(one));
}

for (const carrier of carriers()) {
  const profile = profileOf(carrier);
  test(`${carrier}: a longer number is never cut down to one of ours`, () => {
    for (const { slug, text, given } of casesOf(carrier)) {
      for (const [name, longer] of Object.entries(LONGER)) {
        const changed = longer(text);
        if (given.as === "page") {
          const { hints, rows } = seen(profile, parse(changed), given.url);
          assert.deepEqual(cut(hints, rows, changed), [], `${slug}: ${name}`);
        }
        const sent = given.note?.requestBody ? longer(given.note.requestBody) : null;
        const note = given.note && { ...given.note, url: longer(given.note.url), requestBody: sent, text: changed };
        const hint = given.as === "note" ? engine.hintFromNetwork(profile, note) : given.as === "dialog" ? engine.hintFromDialog(profile, changed) : null;
        const said = `${changed} ${note?.url} ${sent}`.replace(/%[0-9A-F]{2}/gu, " ");
        if (hint) assert.deepEqual(cut([hint], [], said), [], `${slug}: ${name}`);
      }
    }
  });
}
