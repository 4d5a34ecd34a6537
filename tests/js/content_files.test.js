import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { NUMBER, ORIGIN, id } from "./samples.js";

const EXTENSION = new URL("../../extension/", import.meta.url);
const ENGINE = ["encoding", "transforms", "reading", "lines", "pages", "hints", "lists", "requests"];
const SCRIPTS = [...ENGINE.map((name) => `content/engine/${name}.js`), "content/engine.js", "content/seams.js", "content/files.js", "content/walk.js"];
const POLICY = "PDAA202600000000000001";
const PIECE = 512 * 1024;
const LOGIN_PAGE = "<html><body><form id='login'></form></body></html>";
const PROFILE = {
  encoding: "utf-8",
  logged_out: { has: "#login", status: [401] },
  pages: {},
  files: { e_policy: { request: { method: "POST", path: "/epolicy", form: { no: "{policy_number}" } } } },
  whoami: { page: [{ at: "#who" }], query: {} },
};

/** @type {any[]} */
const open = [];
afterEach(() => open.splice(0).forEach((dom) => dom.window.close()));

/**
 * A page of the portal in which only the scripts that files need stand.
 * @param {(url: string, options: any) => any} portal @param {any[]} [logins] who is logged in, each time the portal is asked
 */
function page(portal, logins = ["clerk01"]) {
  const dom = new JSDOM("<!doctype html><body>", { url: `${ORIGIN}/lists`, runScripts: "outside-only" });
  open.push(dom);
  const { window } = dom;
  const asked = [];
  Object.assign(window, {
    chrome: {},
    fetch: async (url, options) => {
      asked.push({ url, ...options });
      return portal(url, options);
    },
  });
  window.eval("globalThis.Chudan = {};");
  for (const file of SCRIPTS) window.eval(readFileSync(new URL(file, EXTENSION), "utf8"));
  const names = [...logins];
  window.Chudan.whoami = async () => {
    const login = names.length > 1 ? names.shift() : names[0];
    if (login?.error === "network") throw new TypeError("text of a page");
    if (login?.error) return { outcome: "failed", ...login };
    return login === null ? { outcome: "logged_out", error: null } : { outcome: "answered", whoami: login };
  };
  const verbs = window.Chudan.verbs;
  const job = { id: id(), file: "e_policy", numbers: [NUMBER], policy_number: POLICY, budget: 20_000 };
  const begin = (taken = null) => verbs.file({ job, taken }, PROFILE);
  const piece = (fetch, offset) => verbs.file_piece({ job: job.id, fetch, offset });
  return { window, asked, job, begin, piece, verbs };
}

/** An answer as the browser gives it. */
function answer(bytes, { status = 200, type = "application/pdf", url = `${ORIGIN}/epolicy`, length = true } = {}) {
  const headers = { "content-type": type, ...(length ? { "content-length": String(bytes.length) } : {}) };
  const response = new Response(bytes, { status, headers });
  Object.defineProperty(response, "url", { value: url });
  return response;
}

const pdf = (size) => Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(size, "0123456789abcdef")]);

async function all({ piece }, begun) {
  const parts = [];
  for (let at = 0; ; ) {
    const found = await piece(begun.fetch, at);
    if (!found?.data) return { bytes: Buffer.concat(parts), end: found };
    parts.push(Buffer.from(found.data, "base64"));
    at += parts.at(-1).length;
  }
}

/** Objects of another realm are equal to none of ours. */
const plain = (value) => JSON.parse(JSON.stringify(value));

test("a file comes whole, in pieces that the protocol takes", async () => {
  const data = pdf(3 * PIECE);
  const made = page(() => answer(data));
  const begun = await made.begin();
  assert.deepEqual([begun.size, begun.type], [data.length, "application/pdf"]);
  const first = await made.piece(begun.fetch, 0);
  assert.ok(Buffer.from(first.data, "base64").length <= PIECE);
  const { bytes, end } = await all(made, begun);
  assert.ok(bytes.equals(data));
  assert.deepEqual(plain(end), { size: data.length, whoami: "clerk01" });
  const [{ url, method, body, credentials }] = made.asked;
  assert.deepEqual([url, method, body, credentials], [`${ORIGIN}/epolicy`, "POST", `no=${POLICY}`, "include"]);
});

test("asked again, the same fetch goes on from anywhere", async () => {
  const data = pdf(2 * PIECE);
  const made = page(() => answer(data));
  const begun = await made.begin();
  await all(made, begun);
  const again = await made.begin();
  assert.deepEqual(plain(again), plain(begun));
  assert.equal(made.asked.length, 1, "the portal is asked once");
  const found = await made.piece(begun.fetch, 300_001);
  assert.ok(Buffer.from(found.data, "base64").equals(data.subarray(300_001, 300_001 + PIECE)));
  assert.equal(await made.piece(id(), 0), null, "another fetch is not this one");
  assert.equal(await made.piece(begun.fetch, data.length + 1), null);
});

test("a size that the portal does not say, or that is not the file's", async () => {
  const made = page(() => answer(pdf(5000), { length: false }));
  assert.equal((await made.begin()).size, null);
  const packed = answer(pdf(5000));
  packed.headers.set("content-encoding", "gzip");
  assert.equal((await page(() => packed).begin()).size, null);
});

const PAGES = [
  ["an error page", () => answer("<html>出错了</html>", { type: "text/html" }), { outcome: "failed", error: "not_a_pdf" }],
  ["a page that calls itself a PDF", () => answer(`\r\n <p>${"x".repeat(5000)}`), { outcome: "failed", error: "not_a_pdf" }],
  ["the log-in page", () => answer(LOGIN_PAGE, { type: "text/html" }), { outcome: "logged_out", error: null }],
  ["a long page", () => answer("<b>" + " ".repeat(3_000_000)), { outcome: "failed", error: "not_a_pdf" }],
  ["401", () => answer("", { status: 401 }), { outcome: "logged_out", error: null }],
  ["500", () => answer("", { status: 500 }), { outcome: "failed", error: "http_500" }],
  ["a dead portal", () => Promise.reject(new TypeError("text of a page")), { outcome: "failed", error: "network" }],
];
for (const [what, portal, ending] of PAGES) {
  test(`no file: ${what}`, async () => {
    assert.deepEqual(plain(await page(portal).begin()), ending);
  });
}

test("what failed is asked for anew the next time", async () => {
  const answers = [answer("", { status: 500 }), answer(pdf(10))];
  const made = page(() => answers.shift());
  assert.equal((await made.begin()).error, "http_500");
  assert.equal((await made.begin()).type, "application/pdf");
});

test("nobody logged in, or somebody else by the end", async () => {
  const out = page(() => answer(pdf(10)), [null]);
  assert.equal((await out.begin()).outcome, "logged_out");
  assert.equal(out.asked.length, 0, "nothing is fetched without a session");
  const changed = page(() => answer(pdf(10)), ["clerk01", "clerk02"]);
  const begun = await changed.begin();
  const { end } = begun.outcome ? { end: begun } : await all(changed, begun);
  assert.deepEqual([end.outcome, end.error], ["failed", "session_changed"]);
});

for (const error of ["http_503", "network"]) {
  test(`who is logged in at the end is not read off a page left open, when the portal does not say (${error})`, async () => {
    const made = page(() => answer(pdf(10)), ["clerk01", { error }]);
    made.window.document.body.innerHTML = "<b id=who>clerk01</b>";
    const begun = await made.begin();
    const { end } = begun.outcome ? { end: begun } : await all(made, begun);
    assert.deepEqual([end.outcome, end.error], ["failed", error]);
  });
}

test("where a portal cannot be asked who is logged in, its page is read", async () => {
  const made = page(() => answer(pdf(10)), [{ error: "no_request" }]);
  made.window.document.body.innerHTML = "<b id=who>clerk01</b>";
  const { end } = await all(made, await made.begin());
  assert.equal(end.whoami, "clerk01");
});

test("a portal that breaks off in the middle", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(pdf(600)));
      setTimeout(() => controller.error(new TypeError("gone")), 5);
    },
  });
  const made = page(() => answer(Buffer.from("")) && Object.defineProperty(new Response(body), "url", { value: ORIGIN }));
  const begun = await made.begin();
  const { end } = await all(made, begun);
  assert.deepEqual(plain(end), { outcome: "failed", error: "network" });
});

test("links of a walk: the portal's own and its blobs, nobody else's", async () => {
  for (const taken of [`${ORIGIN}/files/1.pdf`, `blob:${ORIGIN}/0000`]) {
    const made = page(() => answer(pdf(10)));
    assert.ok((await made.begin(taken)).fetch, taken);
    assert.equal(made.asked[0].url, taken);
  }
  for (const taken of ["http://evil.localhost/1.pdf", "blob:http://evil.localhost/0000", "file:///etc/passwd", "data:,x"]) {
    const made = page(() => answer(pdf(10)));
    assert.equal((await made.begin(taken)).error, "network", taken);
    assert.equal(made.asked.length, 0);
  }
});

test("what is not wanted any more is let go of", async () => {
  const made = page(() => answer(pdf(PIECE)));
  const begun = await made.begin();
  made.verbs.file_drop({ job: made.job.id });
  assert.equal(await made.piece(begun.fetch, 0), null);
});
