import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { settled } from "./fake_browser.js";
import { id, question } from "./samples.js";
import { customerPicker } from "../../extension/ask/picker.js";
import { summary } from "../../extension/ask/summary.js";
import { clock, el, ends, money } from "../../extension/shared/dom.js";

const FOUND = [
  { id: id(), name: "示范客户", tail: "1402" },
  { id: id(), name: "<b>示范</b>公司", tail: null },
];
/** @type {any} */
let window;

beforeEach(() => {
  ({ window } = new JSDOM("<body></body>"));
  Object.assign(globalThis, { document: window.document, HTMLElement: window.HTMLElement, Node: window.Node });
});

function picker(answers) {
  const asked = [];
  const made = customerPicker({
    search: async (text) => (asked.push(text), answers.shift() ?? []),
    chosen: () => undefined,
    back: () => undefined,
  });
  document.body.append(...made.parts);
  const find = (selector) => document.querySelector(selector);
  return { asked, find, confirm: () => find("[data-choice=confirm]").disabled };
}

test("a question says what it is about, and only what is known", () => {
  const text = (more) => summary({ question: question(more), carrier: "示例财险", others: 0 }).map((part) => part.textContent);
  assert.deepEqual(text({}).slice(0, 2), ["ask_title_D1b 示例财险", "浙B00001¥3,180.00"]);
  assert.deepEqual(text({ plate: null, insured: null, premium: null }).slice(1), ["no_plate", "--TDAA202600000000000001"]);
});

test("text is text, whoever wrote it", () => {
  const made = el("p", { class: "a", "data-x": "1", title: "t" }, "<img src=x>", null, false);
  assert.equal(made.innerHTML, "&lt;img src=x&gt;");
  assert.deepEqual([made.className, made.dataset.x, made.title], ["a", "1", "t"]);
});

test("amounts and times read as a clerk writes them", () => {
  const noon = new Date(2026, 2, 2, 9, 5).getTime();
  assert.equal(money(123_456_789), "¥1,234,567.89");
  assert.deepEqual(["TDAA202600000000006395", "TDAA20260001"].map(ends), ["TDAA…6395", "TDAA20260001"]);
  assert.equal(clock(noon, noon), "09:05");
  assert.equal(clock(noon, noon + 86_400_000), "03-02 09:05");
});

test("nothing can be confirmed before somebody is chosen or named", async () => {
  const { find, confirm } = picker([FOUND]);
  await settled();
  assert.ok(confirm());
  find(".found li:nth-child(2) button").click();
  assert.ok(!confirm());
  assert.equal(find("[aria-pressed=true]").textContent, "<b>示范</b>公司");
  find("#pick_name").value = "示范新";
  find("#pick_name").dispatchEvent(new window.Event("input"));
  assert.equal(find("[aria-pressed=true]"), null, "a new name takes the choice back");
  assert.ok(!confirm());
});

test("an answer to what is no longer asked is not shown", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {any} */
  let late;
  const { asked, find } = picker([new Promise((resolve) => (late = resolve)), FOUND]);
  find("#pick_search").value = "示范";
  find("#pick_search").dispatchEvent(new window.Event("input"));
  context.mock.timers.tick(200);
  await settled();
  late([{ id: id(), name: "别人", tail: null }]);
  await settled();
  assert.deepEqual(asked, ["", "示范"]);
  assert.equal(document.querySelectorAll(".found button").length, 2);
});

test("it says when nobody was found and when nobody can be asked", async () => {
  const { find } = picker([[]]);
  await settled();
  assert.equal(find(".found").textContent, "pick_none");
  document.body.replaceChildren();
  customerPicker({ search: async () => null, chosen: () => undefined, back: () => undefined }).parts.forEach((part) =>
    document.body.append(part),
  );
  await settled();
  assert.equal(find(".found").textContent, "pick_away");
});
