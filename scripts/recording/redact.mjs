// Redacts what a person saved by hand, as the popup redacts what it records: `node redact.mjs` reads {url, text} from
// its input and prints the same text with what is personal replaced (JSON, a whole page, or any other text).
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { JSDOM } from "jsdom";
import { redacted } from "../../extension/record/recording.js";
import { Redactor } from "../../extension/record/redact.js";

const SERIALISE = new URL("../../extension/record/serialise.js", import.meta.url);
const { url, text } = JSON.parse(readFileSync(0, "utf-8"));
const page = `http://portal.example${url}`;

function whole() {
  runInThisContext(readFileSync(SERIALISE, "utf-8"));
  const [{ html }] = redacted([globalThis.ChudanRecord(new JSDOM(text, { url: page }).window.document)]);
  return html;
}

function other() {
  const redactor = new Redactor();
  return redactor.json(text) ?? redactor.text(text);
}

process.stdout.write(JSON.stringify({ url: new Redactor().place(page), text: /<html|<body/iu.test(text) ? whole() : other() }));
