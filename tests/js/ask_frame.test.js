// The question frame itself, in a page of somebody else's that may lay something over it.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { JSDOM } from "jsdom";
import { settled } from "./fake_browser.js";
import { id, question } from "./samples.js";

const { window } = new JSDOM(`<body><main id="card" hidden></main></body>`);
/** What the frame said to the background. @type {any[]} */
const sent = [];
/** @type {any} */
let opened;
/** Tell the frame whether the browser sees it lie free. @type {(isVisible: boolean) => void} */
let look;

Object.assign(globalThis, {
  window,
  top: {},
  onkeydown: null,
  location: { hash: "#token" },
  IntersectionObserver: class {
    constructor(seen) {
      look = (isVisible) => seen([{ isVisible }]);
    }
    observe() {}
  },
  ResizeObserver: class {
    observe() {}
  },
});
for (const name of ["document", "HTMLElement", "Node", "HTMLInputElement", "HTMLTextAreaElement"]) globalThis[name] = window[name];
/** @type {any} */ (chrome.runtime).sendMessage = async (message) => {
  sent.push(message);
  if (message.what === "open") return opened;
  return message.what === "search" ? [{ id: id(), name: "示范客户", tail: "1402" }] : { kept: true };
};

let frames = 0;
/** A frame that shows this question, the time to settle past. */
async function frame(more) {
  opened = { question: question(more), carrier: "示例财险", others: 0 };
  await import(`../../extension/ask/ask.js?${(frames += 1)}`);
  await settled();
  const now = performance.now();
  mock.method(performance, "now", () => now + 1_000);
}
const said = (what) => sent.filter((message) => message.what === what);
const event = (more) => ({ isTrusted: true, target: window.document.body, preventDefault: () => undefined, ...more });
const press = (key) => /** @type {any} */ (globalThis).onkeydown(event({ key }));

beforeEach(() => {
  mock.restoreAll();
  sent.length = 0;
});

test("是 by key is not taken where something lies over the question: it moves into a window", async () => {
  await frame({ kind: "D2", choices: ["yes", "no"], customer_needed: false });
  look(false);
  press("y");
  await settled();
  assert.deepEqual([said("to_window").length, said("answer")], [1, []]);
  look(true);
  press("y");
  await settled();
  assert.deepEqual(said("answer").map(({ answer }) => answer.choice), ["yes"]);
});

test("nor is a customer, chosen before it was covered", async () => {
  await frame({});
  look(true);
  press("y");
  await settled();
  const find = (at) => window.document.querySelector(at);
  find(".found button").click();
  look(false);
  find("[data-choice=confirm]").onclick(event({}));
  await settled();
  assert.deepEqual([said("to_window").length, said("answer")], [1, []]);
  look(true);
  find("[data-choice=confirm]").onclick(event({}));
  await settled();
  assert.equal(said("answer")[0].answer.choice, "yes");
});

test("what does no harm is taken, covered or not", async () => {
  await frame({});
  look(false);
  press("d");
  await settled();
  assert.deepEqual(said("answer").map(({ answer }) => answer.choice), ["download_only"]);
});
