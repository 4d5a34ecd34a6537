import { api, t } from "../shared/api.js";
import { Sight } from "../shared/covered.js";
import { byId, el, translate } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { customerPicker } from "./picker.js";
import { summary } from "./summary.js";

/**
 * @import { Choice, CustomerChoice, Question } from "../shared/messages.js"
 * @typedef {{question: Question, carrier: string, others: number}} Opened
 */

/** Presses this soon (ms) after the question appeared were meant for the page beneath. */
const SETTLE = 400;
const AGAIN = 1_500;
const THANKS = 900;
/** @type {Record<string, Choice[]>} */
const KEYS = { y: ["yes"], d: ["download_only"], n: ["no"], Escape: ["cancel", "no"] };
/** @type {Partial<Record<Choice, string>>} */
const CAPS = { yes: "Y", download_only: "D", no: "N", cancel: "Esc" };

const token = location.hash.slice(1);
const framed = window !== top;
const card = byId("card");
const sight = new Sight(card);
let settled = Infinity;
/** One id for the answer, however often it has to be sent. */
const answerId = newId();

/** @param {string} what @param {object} [more] @returns {Promise<any>} */
const send = (what, more = {}) => api.runtime.sendMessage({ what, token, ...more });
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Get the question that belongs here; nothing is shown to whom it does not belong. @returns {Promise<Opened | null>} */
async function open() {
  for (;;) {
    const opened = await send("open");
    if (!opened?.wait) return opened;
    await pause(AGAIN); // the background has just started and is told again by the daemon
  }
}

/** @param {Opened} opened */
function showQuestion(opened) {
  const { question } = opened;
  const remark = question.remark ? remarkField() : null;
  /** @param {Choice} choice */
  const choose = (choice) => {
    if (choice === "yes" && question.customer_needed) showPicker(opened, remark);
    else answer(choice, null, remark?.value ?? null);
  };
  card.replaceChildren(
    ...summary(opened),
    ...(remark ? [remark] : []),
    el("p", {}, t(question.customer_needed ? "ask_which" : "ask_push")),
    el("div", { class: "choices" }, ...question.choices.map((choice) => choiceButton(choice, question, choose))),
  );
  onkeydown = (event) => byKey(event, question, choose);
}

function remarkField() {
  return /** @type {HTMLTextAreaElement} */ (
    el("textarea", { placeholder: t("ask_remark"), maxLength: 500, "aria-label": t("ask_remark") })
  );
}

/** @param {Choice} choice @param {Question} question @param {(choice: Choice) => void} choose */
function choiceButton(choice, question, choose) {
  const button = el("button", { "data-choice": choice, type: "button" }, t(`choice_${choice}`));
  button.append(el("kbd", { "aria-hidden": "true" }, CAPS[choice] ?? ""));
  if (choice === safest(question)) button.classList.add("main");
  let asked = false;
  button.onclick = (event) => {
    if (!event.isTrusted || performance.now() < settled) return;
    if (choice === "yes" && framed && sight.known && !sight.clear) return void send("to_window");
    if (choice === "yes" && framed && !sight.known && !question.customer_needed && !asked && event.detail > 0) {
      asked = true; // a press by mouse where nobody can say what lies over us
      button.firstChild?.replaceWith(t("choice_sure"));
      return;
    }
    choose(choice);
  };
  return button;
}

/** What can be pressed by mistake without harm. @param {Question} question @returns {Choice} */
function safest({ choices }) {
  return choices.find((choice) => choice === "download_only") ?? choices.find((choice) => choice !== "yes") ?? "cancel";
}

/** @param {KeyboardEvent} event @param {Question} question @param {(choice: Choice) => void} choose */
function byKey(event, question, choose) {
  if (!event.isTrusted || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (performance.now() < settled) return;
  if (event.key !== "Escape" && event.target instanceof HTMLTextAreaElement) return;
  const key = event.key === "Escape" ? event.key : event.key.toLowerCase();
  const choice = (KEYS[key] ?? []).find((one) => question.choices.includes(one));
  if (!choice) return;
  event.preventDefault();
  choose(choice);
}

/** @param {Opened} opened @param {HTMLTextAreaElement | null} remark */
function showPicker(opened, remark) {
  onkeydown = (event) => {
    if (event.key === "Escape" && !event.isComposing) back();
  };
  const back = () => {
    showQuestion(opened);
    focusSafest();
  };
  const picker = customerPicker({
    search: (text) => send("search", { text }),
    chosen: (customer) => answer("yes", customer, remark?.value ?? null),
    back,
  });
  card.replaceChildren(...summary(opened).slice(0, 2), ...picker.parts);
  picker.focus();
}

/**
 * Hand the answer over and stay until it is safe: on disk here, or where it names a person, with the daemon.
 * @param {Choice} choice @param {CustomerChoice | null} customer @param {string | null} remark
 */
async function answer(choice, customer, remark) {
  onkeydown = null;
  state(t("ask_keeping"));
  const given = { id: answerId, choice, customer, remark: remark?.trim() || null };
  for (;;) {
    const { kept, refused } = (await send("answer", { answer: given })) ?? {};
    if (kept) break;
    if (refused) return state(t("ask_refused", refused), "warn");
    state(t("ask_no_companion"));
    await pause(AGAIN);
  }
  state(t(`ask_done_${choice}`), "good");
  await pause(THANKS);
  await send("close");
}

/** @param {string} text @param {string} [kind] */
function state(text, kind = "") {
  card.replaceChildren(el("p", { class: `state ${kind}`, role: kind === "warn" ? "alert" : "status" }, text));
}

function focusSafest() {
  const buttons = /** @type {HTMLElement[]} */ ([...card.querySelectorAll("button[data-choice]")]);
  (buttons.find((button) => button.classList.contains("main")) ?? buttons[0])?.focus({ preventScroll: true });
}

/** The frame in the page is as high as what it says. */
function fit() {
  send("size", { height: card.offsetHeight });
}

/** The question counts as shown when the clerk can see it. */
function tellShown() {
  if (document.visibilityState !== "visible") {
    document.addEventListener("visibilitychange", tellShown, { once: true });
    return;
  }
  send("shown");
}

async function begin() {
  const opened = await open();
  if (!opened) return;
  translate();
  document.title = t("name");
  showQuestion(opened);
  card.hidden = false;
  settled = performance.now() + SETTLE;
  if (framed) new ResizeObserver(fit).observe(card);
  tellShown();
  // In a page it is the page script that gives us the focus, and only when the clerk is not typing there.
  if (!framed || document.hasFocus()) focusSafest();
  window.addEventListener("focus", () => document.activeElement === document.body && focusSafest());
}

begin();
