// The bytes of a code that a page shows, where the browser gives no pixels: they are asked for, and once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { ORIGIN } from "./samples.js";

const PICTURE = readFileSync(new URL("../../extension/content/picture.js", import.meta.url), "utf8");
const BYTES = new Uint8Array([137, 80, 78, 71]);

/** @type {any[]} */
const open = [];
afterEach(() => open.splice(0).forEach((dom) => dom.window.close()));

/** A page with a code of another origin, which no canvas may read; each fetch gives another code. */
function page() {
  const dom = new JSDOM(`<!doctype html><body><img id="code" src="https://pay.localhost/1.png">`, { url: ORIGIN, runScripts: "outside-only" });
  open.push(dom);
  const { window } = dom;
  const image = window.document.querySelector("#code");
  for (const [name, value] of Object.entries({ complete: true, naturalWidth: 90, naturalHeight: 90 })) Object.defineProperty(image, name, { value });
  window.HTMLCanvasElement.prototype.getContext = () => {
    throw new window.DOMException("tainted", "SecurityError");
  };
  const asked = [];
  window.fetch = async (url) => {
    asked.push(url);
    return new Response(Uint8Array.of(...BYTES, asked.length));
  };
  window.eval(`globalThis.Chudan = {}; ${PICTURE}`);
  return { image, asked, take: () => window.Chudan.picture("#code") };
}
const coded = (count) => Buffer.from([...BYTES, count]).toString("base64");

test("looks at a code that is still coming ask for it once, and all get the same", async () => {
  const { asked, take } = page();
  assert.deepEqual(await Promise.all([take(), take(), take()]), Array(3).fill(coded(1)));
  assert.equal(await take(), coded(1));
  assert.equal(asked.length, 1);
});

test("another code in its place is asked for", async () => {
  const { image, asked, take } = page();
  const first = take();
  image.src = "https://pay.localhost/2.png";
  assert.deepEqual([await take(), await first], [coded(2), coded(1)]);
  assert.deepEqual(asked, ["https://pay.localhost/1.png", "https://pay.localhost/2.png"]);
});
