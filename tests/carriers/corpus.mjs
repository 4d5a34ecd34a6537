// The page corpus: what the engine makes of every recorded page. `node tests/carriers/corpus.mjs CARRIER` writes the
// expectations anew, for a human to review in the diff.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { JSDOM } from "jsdom";
import { judge } from "./judge.mjs";

const ROOT = new URL("../../", import.meta.url);
export const CARRIERS = new URL("extension/carriers/", ROOT);
const EXTENSION = new URL("extension/", ROOT);

/** The engine's files in the order in which the extension loads them. */
function engineFiles() {
  const scripts = readFileSync(new URL("background/scripts.js", EXTENSION), "utf-8");
  return [...scripts.matchAll(/"(content\/engine[^"]*)"/g)].map(([, file]) => file);
}

/** Loads the engine the way a browser does: classic scripts, one after the other, in one world. */
export function loadEngine() {
  globalThis.DOMParser ??= new JSDOM("").window.DOMParser;
  for (const file of engineFiles()) {
    runInThisContext(readFileSync(new URL(file, EXTENSION), "utf-8"), { filename: file });
  }
  return globalThis.Chudan.engine;
}

export function carriers() {
  const folders = readdirSync(CARRIERS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name);
}

export function profileOf(carrier) {
  return JSON.parse(readFileSync(new URL(`${carrier}/profile.json`, CARRIERS), "utf-8"));
}

/** Every recorded page of a carrier: its text, what it was (`given`), what the engine must make of it (`expect`). */
export function casesOf(carrier) {
  const folder = new URL(`${carrier}/`, CARRIERS);
  return readdirSync(new URL("pages/", folder)).map((file) => {
    const slug = file.replace(/\.[^.]+$/, "");
    const { given, expect } = JSON.parse(readFileSync(new URL(`expected/${slug}.json`, folder), "utf-8"));
    return { slug, text: readFileSync(new URL(`pages/${file}`, folder), "utf-8"), given, expect };
  });
}

/** Recorded answers are kept in UTF-8; the engine gets them in the portal's own encoding. */
export function encoded(text, encoding) {
  if (encoding !== "gbk") return new TextEncoder().encode(text);
  const form = globalThis.Chudan.encoding.form({ "": text }, "gbk").slice(1).replaceAll("+", " ");
  return Buffer.from(form.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
}

export function judgeInNode(engine, profile, one) {
  const parse = (text) => new JSDOM(text).window.document;
  return judge(engine, profile, one, { parse, bytes: encoded(one.text, one.given.encoding) });
}

function rewrite(carrier) {
  const engine = loadEngine();
  for (const one of casesOf(carrier)) {
    const expect = judgeInNode(engine, profileOf(carrier), one);
    const file = new URL(`${carrier}/expected/${one.slug}.json`, CARRIERS);
    writeFileSync(file, `${JSON.stringify({ given: one.given, expect }, null, 2)}\n`);
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) rewrite(process.argv[2]);
