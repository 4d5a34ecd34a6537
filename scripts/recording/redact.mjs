// Redacts what a person saved by hand, as the popup redacts what it records: `node redact.mjs` reads
// {url, text, sent, numbers} from its input and prints the same with what is personal replaced, the same by the same
// in all of them. `text` is JSON, a whole page or any other text; `sent` is what it was asked with, or null.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { JSDOM } from "jsdom";
import { redacted } from "../../extension/record/recording.js";
import { Redactor } from "../../extension/record/redact.js";

const SERIALISE = new URL("../../extension/record/serialise.js", import.meta.url);
const { url, text, sent, numbers } = JSON.parse(readFileSync(0, "utf-8"));
const ORIGIN = "http://portal.example";
const page = ORIGIN + url;

function whole() {
  runInThisContext(readFileSync(SERIALISE, "utf-8"));
  const [made] = redacted([globalThis.ChudanRecord(new JSDOM(text, { url: page }).window.document)]);
  return { url: made.url, text: made.html, sent: null, numbers };
}

function other() {
  const redactor = new Redactor();
  const form = (body) => redactor.place(`${ORIGIN}/?${body}`).slice(2);
  return {
    url: redactor.place(page),
    text: redactor.json(text) ?? redactor.text(text),
    sent: sent === null ? null : (redactor.json(sent) ?? form(sent)),
    numbers: numbers.map((number) => redactor.text(number)),
  };
}

process.stdout.write(JSON.stringify(/<html|<body/iu.test(text) ? whole() : other()));
