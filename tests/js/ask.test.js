import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { settled } from "./fake_browser.js";
import { id, question } from "./samples.js";
import { customerPicker } from "../../extension/ask/picker.js";
import { summary } from "../../extension/ask/summary.js";
import { typedParts } from "../../extension/ask/typed.js";
import { delayed, safest, thanks, wording } from "../../extension/ask/wording.js";
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

const PUSHED = { choices: ["yes", "no"], customer_needed: false, remark: true };
const UNKNOWN = { choices: ["yes", "download_only", "cancel"], customer_needed: true, remark: true };

test("each kind is asked in its own words, with the target's name where it is known", () => {
  const asked = (kind, more) => wording(question({ kind, ...more }));
  assert.deepEqual(["D1a", "D2", "D3", "D4"].map((kind) => asked(kind, PUSHED)), ["ask_push_D1", "ask_push_D2", "ask_push_D3", "ask_push_D4"]);
  assert.deepEqual(["D1b", "D2b", "D3b", "D4b"].map((kind) => asked(kind, UNKNOWN)), ["ask_which_D1", "ask_which_D2", "ask_which_D3", "ask_which_D4"]);
  assert.equal(asked("D3", { ...PUSHED, target: "示范<b>客户" }), "ask_to_D3 示范<b>客户");
  assert.equal(asked("D2", { ...PUSHED, customer_needed: true, target: null }), "ask_which_D2");
});

test("what is the main button can be pressed by mistake without harm", () => {
  assert.equal(safest(question({ kind: "D2", ...PUSHED })), "no");
  assert.equal(safest(question({ kind: "D2b", ...UNKNOWN })), "download_only");
});

test("what was noted is what is done: what is filed already is only pushed", () => {
  const noted = (choice, kind) => thanks(choice, question({ kind }));
  assert.deepEqual(["D2", "D3", "D4"].map((kind) => noted("yes", kind)), Array(3).fill("ask_done_push"));
  assert.deepEqual(["D1", "D1a", "D1b", "D2b", "D3b", "D4b"].map((kind) => noted("yes", kind)), Array(6).fill("ask_done_yes"));
  assert.equal(noted("no", "D3"), "ask_done_no");
});

test("what has not left yet says why", () => {
  const words = [undefined, 221, 211, 201, 202].map(delayed);
  assert.deepEqual(words, [...Array(3).fill("ask_no_companion"), "ask_store_unavailable", "ask_disk_full"]);
});

test("缴费方式 and 刷卡方式 belong to D4 and D4b, the remark to whom it is asked for", () => {
  const names = (kind, remark) => {
    const inputs = document.createElement("div");
    inputs.append(...typedParts(question({ kind, remark })).parts);
    return [...inputs.querySelectorAll("input, textarea")].map((field) => field.getAttribute("aria-label"));
  };
  const methods = ["ask_field_payment_method", "ask_field_card_method"];
  for (const kind of ["D4", "D4b"]) assert.deepEqual(names(kind, true), [...methods, "ask_remark"]);
  for (const kind of ["D3", "D3b"]) assert.deepEqual(names(kind, true), ["ask_remark"]);
  for (const kind of ["D1", "D1b", "D2", "D2b"]) assert.deepEqual(names(kind, false), []);
});

test("only what was typed goes into the answer", () => {
  const typed = typedParts(question({ kind: "D4b", remark: true }));
  const [pair, note] = typed.parts;
  const [payment, card] = pair.children;
  assert.deepEqual([typed.fields(), typed.remark()], [{}, null]);
  payment.value = "  ";
  card.value = " 刷卡机 ";
  note.value = " 尽快 ";
  assert.deepEqual([typed.fields(), typed.remark()], [{ card_method: "刷卡机" }, "尽快"]);
});
