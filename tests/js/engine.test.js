import assert from "node:assert/strict";
import { before, test } from "node:test";
import { JSDOM } from "jsdom";
import { carriers, loadEngine, profileOf } from "../carriers/corpus.mjs";

/** @type {any} */
let chudan;
/** @type {any} */
let engine;
const PROFILE = { number: "[A-Z]{4}[0-9]{6}", encoding: "gbk", pages: {}, hints_network: [], hints_page: [] };

before(() => {
  engine = loadEngine();
  chudan = globalThis.Chudan;
});

function page(html) {
  return new JSDOM(html).window.document;
}

function transform(name, text) {
  return chudan.transforms.named[name](text, PROFILE);
}

/** A profile whose only query reads `lines` out of JSON. */
function asking(values, more = {}) {
  const answer = { body: "json", proof: [{ at: "data" }], lines: [{ each: "data", values }] };
  const query = { request: { method: "GET", path: "/q" }, answer };
  return { ...PROFILE, logged_out: { status: [401], path: "^/login$", has: "#login" }, queries: { confirm: query }, ...more };
}

function answered(body, more = {}) {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { status: 200, url: "/q", contentType: "application/json;charset=utf-8", bytes, ...more };
}

const NUMBER = { number: { at: "no", transform: "number" } };
const ASKED = ["TDAA000001", "TDZA000001"];

test("money is read as fen without ever being a float", () => {
  const readings = {
    "2831.6": 283160, "2831.60": 283160, "1,234.5": 123450, "￥950": 95000, "950.00元": 95000, "-12.34": -1234,
    "0.07": 7, "1.1000": 110, "-0": 0, "4503599627370496.1": null, "1.234": null, "一百": null, "1e3": null, "NaN": null,
  };
  for (const [text, fen] of Object.entries(readings)) assert.equal(transform("fen", text), fen, text);
});

test("days begin at midnight in China", () => {
  const midnight = Date.UTC(2026, 2, 1, 16);
  for (const text of ["2026-03-02", "2026/3/2", "2026年3月2日", "2026-03-02 00:00:00"]) {
    assert.equal(transform("day", text), midnight, text);
  }
  for (const text of ["2026-02-30", "2026-13-01", "2026-03-00", "1969-12-31", "26-03-02", "2026-03-021", ""]) {
    assert.equal(transform("day", text), null, text);
  }
});

test("milliseconds are plain digits within what a message may carry", () => {
  assert.equal(transform("millis", "1772467200000"), 1772467200000);
  for (const text of ["-1", "1.5", "1e12", "999999999999999"]) assert.equal(transform("millis", text), null, text);
});

test("plates lose hyphens and dots", () => {
  for (const text of ["浙B-12345", "浙B·12345", "浙b 12345"]) assert.equal(transform("plate", text), "浙B12345");
});

test("only a whole number of the carrier is a number", () => {
  assert.equal(transform("number", "TDAA000001"), "TDAA000001");
  for (const text of ["TDAA0000011", "见保单", "TDAA000001,TDZA000001"]) assert.equal(transform("number", text), null);
});

test("text is tidied: blanks, lone surrogates, length", () => {
  assert.equal(chudan.transforms.tidy("  王\u3000丽\u00a0\n"), "王 丽");
  assert.equal(chudan.transforms.tidy("a\ud800b"), "a b");
  const long = chudan.transforms.tidy("𠮷".repeat(600));
  assert.equal([...long].length, 500);
  assert.ok(long.isWellFormed());
});

test("the whole of GBK survives encoding and decoding", () => {
  const { form, decode } = chudan.encoding;
  const pairs = [];
  for (let lead = 0x81; lead <= 0xfe; lead++) for (let trail = 0x40; trail <= 0xfe; trail++) pairs.push([lead, trail]);
  const decoder = new TextDecoder("gbk");
  const known = pairs.map((pair) => decoder.decode(Uint8Array.from(pair))).filter((text) => [...text].length === 1);
  const text = [...new Set(known)].filter((one) => one !== "\ufffd").join("");
  assert.ok([...text].length > 21_000);
  const encoded = form({ a: text }, "gbk").slice(2);
  const bytes = Uint8Array.from(encoded.match(/%..|./gs).map((one) => (one[0] === "%" ? parseInt(one.slice(1), 16) : one.charCodeAt(0))));
  assert.equal(decode(bytes, "text/plain;charset=GBK", "utf-8"), text);
});

test("forms are encoded as browsers do", () => {
  const { form } = chudan.encoding;
  assert.equal(form({ "a.b[0]": "投保单 1&2" }, "gbk"), "a.b%5B0%5D=%CD%B6%B1%A3%B5%A5+1%262");
  assert.equal(form({ a: "𠮷" }, "gbk"), "a=%26%23134071%3B");
  assert.equal(form({ a: "单", b: "~" }, "utf-8"), "a=%E5%8D%95&b=%7E");
});

test("an answer's encoding: header, then the page's own word, then the profile", () => {
  const { decode } = chudan.encoding;
  const gbk = Uint8Array.from([0xb5, 0xa5]);
  assert.equal(decode(gbk, "text/html; charset=GBK", "utf-8"), "单");
  assert.equal(decode(gbk, "text/html", "gbk"), "单");
  assert.equal(decode(gbk, "text/html; charset=no-such", "gbk"), "单");
  const page = Buffer.concat([Buffer.from("<meta charset='gbk'>"), gbk]);
  assert.equal(decode(page, "text/html", "utf-8"), "<meta charset='gbk'>单");
});

test("a request carries the numbers, encoded, on a path without origin", () => {
  const request = { method: "POST", path: "/q.do", query: { t: "单" }, form: { no: "{numbers}", kind: "投" }, join: ";" };
  const profile = { ...PROFILE, queries: { confirm: { request } } };
  assert.deepEqual(engine.request(profile, "confirm", ["A1", "B2"], "/entry"), {
    method: "POST",
    url: "/q.do?t=%B5%A5",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "no=A1%3BB2&kind=%CD%B6",
  });
});

test("blank-padded numbers count as none", () => {
  const profile = asking({ ...NUMBER, policy_number: { at: "policy", transform: "number" } });
  const body = JSON.stringify({ data: [{ no: "TDAA000001  ", policy: "          " }] });
  const [line] = engine.read(profile, "confirm", answered(body), ASKED).lines;
  assert.equal(line.number, "TDAA000001");
  assert.equal(line.policy_number, null);
});

test("cases map the portal's words; what none matches is `otherwise`, else the word itself", () => {
  const profile = asking({
    ...NUMBER,
    underwriting: { at: "flag", cases: [["^1$", "passed"]], otherwise: "unknown" },
    raw_status: { at: "flag", cases: [["^1$", "通过"]] },
    deleted: { at: "gone", cases: [["^1$", true]], otherwise: false },
  });
  const body = JSON.stringify({ data: [{ no: "TDAA000001", flag: 1, gone: "1" }, { no: "TDZA000001", flag: "Q" }] });
  const { lines } = engine.read(profile, "confirm", answered(body), ASKED);
  assert.deepEqual(lines.map((line) => [line.underwriting, line.raw_status, line.deleted]), [
    ["passed", "通过", true],
    ["unknown", "Q", false],
  ]);
});

test("an odd field costs nobody the others", () => {
  const profile = asking({ ...NUMBER, premium: { at: "p", transform: "fen" }, start: { at: "s", transform: "day" } });
  const body = JSON.stringify({ data: [{ no: "TDAA000001", p: { a: 1 }, s: "soon" }] });
  const [line] = engine.read(profile, "confirm", answered(body), ASKED).lines;
  assert.equal(line.premium, null);
  assert.equal(line.start, null);
  assert.equal(line.kind, "other");
});

test("of an answer counts what was asked for, and the other lines of the same quotation", () => {
  const profile = asking({ ...NUMBER, quote_number: { at: "quote", transform: "number" }, policy_number: { at: "policy", transform: "number" } });
  const rows = [
    { no: "TDAA000001", quote: "QUOT000001", policy: "PDAA000001" },
    { no: "TDZA000001", quote: "QUOT000001" },
    { quote: "QUOT000001", no: "" },
    { no: "TDAA000002", quote: "QUOT000002" },
    { no: "TDAA000003" },
  ];
  const read = (/** @type {string[]} */ ...numbers) => engine.read(profile, "confirm", answered(JSON.stringify({ data: rows })), numbers);
  const told = (/** @type {string[]} */ ...numbers) => read(...numbers).lines.map(({ number }) => number);
  const family = ["TDAA000001", "TDZA000001", "QUOT000001"];
  for (const number of [...family, "PDAA000001"]) assert.deepEqual(told(number), family, number);
  assert.deepEqual(told("TDAA000002", "TDAA000003"), ["TDAA000002", "TDAA000003"]);
  const { outcome, error, lines } = read("TDAA000009");
  assert.deepEqual([outcome, error, lines], ["failed", "other_lines", []]);
});

test("an empty list is an answer; a row without a number is none", () => {
  const profile = asking(NUMBER);
  assert.equal(engine.read(profile, "confirm", answered('{"data":[]}'), ASKED).outcome, "answered");
  const renamed = engine.read(profile, "confirm", answered('{"data":[{"proposal":"TDAA000001"}]}'), ASKED);
  assert.deepEqual([renamed.outcome, renamed.error], ["failed", "line_without_number"]);
});

test("a portal's answer that is too large is not read", () => {
  const profile = asking(NUMBER);
  const huge = engine.read(profile, "confirm", answered(new Uint8Array(4 * 1024 * 1024 + 1)), ASKED);
  assert.deepEqual([huge.outcome, huge.error], ["failed", "too_long"]);
});

test("logged out is told by status, address or page", () => {
  const profile = asking(NUMBER);
  const outcome = (body, more) => engine.read(profile, "confirm", answered(body, more), ASKED).outcome;
  assert.equal(outcome("", { status: 401 }), "logged_out");
  assert.equal(outcome("{}", { url: "http://x.example/login" }), "logged_out");
  assert.equal(outcome("  <form id='login'></form>", { contentType: "text/html" }), "logged_out");
});

test("what is no answer is a failure with a word of ours", () => {
  const profile = asking(NUMBER);
  const error = (body, more) => engine.read(profile, "confirm", answered(body, more), ASKED).error;
  assert.equal(error("系统繁忙"), "unexpected_answer");
  assert.equal(error("<html><body>维护</body></html>"), "unexpected_answer");
  assert.equal(error('{"message":"no"}'), "unexpected_answer");
  assert.equal(error("[1"), "unexpected_answer");
  assert.equal(error("", { status: 502 }), "http_502");
});

test("properties of JSON's own ancestry are not read", () => {
  const profile = asking({ ...NUMBER, insured: { at: "constructor" } });
  const [line] = engine.read(profile, "confirm", answered('{"data":[{"no":"TDAA000001"}]}'), ASKED).lines;
  assert.equal(line.insured, null);
});

test("a network note is a hint only for the right method, path, status and whole text", () => {
  const rule = { kind: "quote_saved", method: "POST", path: "^/save$", text: "^TDAA\\d{6}(,TDZA\\d{6})?$", numbers: "TD.A\\d{6}" };
  const profile = { ...PROFILE, hints_network: [rule] };
  const note = { method: "post", url: "http://x.example/save?a=1", status: 200, requestBody: null, text: "TDAA000001,TDZA000002" };
  const hint = { kind: "quote_saved", numbers: ["TDAA000001", "TDZA000002"] };
  assert.deepEqual(engine.hintFromNetwork(profile, note), hint);
  assert.deepEqual(engine.hintFromNetwork(profile, note), hint, "and the second time as well");
  const twice = { ...profile, hints_network: [{ ...rule, text: "." }] };
  assert.deepEqual(engine.hintFromNetwork(twice, { ...note, text: `${note.text};TDAA000001` }), hint);
  for (const other of [{ method: "GET" }, { url: "/other" }, { status: 500 }, { text: "errorMessage=TDAA000001" }]) {
    assert.equal(engine.hintFromNetwork(profile, { ...note, ...other }), null);
  }
});

test("a page hint reads what the fields hold now", () => {
  const profile = {
    ...PROFILE,
    pages: { entry: { path: "^/entry$", has: [{ at: "form" }] } },
    hints_page: [{ kind: "quote_saved", page: "entry", when: [{ at: "#said", matches: "成功" }], numbers: [{ at: "#a", transform: "number" }, { at: "#b", transform: "number" }] }],
  };
  const document = page("<form><p id=said></p><input id=a><input id=b></form>");
  const look = () => engine.hintsFromPage(profile, document, "http://x.example/entry?x")[0] ?? null;
  document.querySelector("#a").value = "TDAA000001";
  assert.equal(look(), null);
  document.querySelector("#said").textContent = "保存成功";
  assert.deepEqual(look(), { kind: "quote_saved", numbers: ["TDAA000001"] });
  assert.deepEqual(engine.hintsFromPage(profile, document, "http://x.example/other"), []);
});

test("who is logged in is read off the first place that says it", () => {
  const profile = { ...PROFILE, whoami: { page: [{ at: "#none" }, { at: "#user" }] } };
  assert.equal(engine.whoamiOfPage(profile, page("<b id=user> clerk01 </b>")), "clerk01");
  assert.equal(engine.whoamiOfPage(profile, page("<b>clerk01</b>")), null);
  assert.equal(engine.whoamiOfPage(profile, page(`<b id=user>${"x".repeat(65)}</b>`)), null);
});

for (const carrier of carriers()) {
  test(`${carrier}: every pattern and selector of the profile can be used`, () => {
    const patterns = [];
    const collect = (value, key) => {
      if (key === "request") return; // its path is an address
      if (["path", "text", "number", "matches", "find", "base"].includes(key) && typeof value === "string") patterns.push(value);
      if (key === "numbers" && typeof value === "string") patterns.push(value);
      if (key === "cases") patterns.push(...value.map(([pattern]) => pattern));
      if (value && typeof value === "object") for (const [name, item] of Object.entries(value)) collect(item, name);
    };
    collect(profileOf(carrier), "");
    assert.ok(patterns.length > 5);
    const asked = { number: "0", policy_number: "0" }; // a walk puts them in
    for (const pattern of patterns) chudan.transforms.pattern(chudan.requests.filled(pattern, asked));
  });
}
