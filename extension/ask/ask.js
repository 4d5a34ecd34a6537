import { t } from "../shared/api.js";
import { el, translate } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { AGAIN, THANKS, appear, card, covered, framed, meant, open, pause, send, state, unsure } from "./frame.js";
import { customerPicker } from "./picker.js";
import { showQuick } from "./quick.js";
import { summary } from "./summary.js";
import { typedParts } from "./typed.js";
import { delayed, safest, thanks, wording } from "./wording.js";

/**
 * @import { Choice, CustomerChoice, Question } from "../shared/messages.js"
 * @import { Typed } from "./typed.js"
 * @typedef {{question: Question, carrier: string, others: number}} Opened
 */

/** @type {Record<string, Choice[]>} */
const KEYS = { y: ["yes"], d: ["download_only"], n: ["no"], Escape: ["cancel", "no"] };
/** @type {Partial<Record<Choice, string>>} */
const CAPS = { yes: "Y", download_only: "D", no: "N", cancel: "Esc" };

/** One id for the answer, however often it has to be sent. */
const answerId = newId();

/** @param {Opened} opened @param {Typed} [typed] what was typed before a look at the picker */
function showQuestion(opened, typed = typedParts(opened.question)) {
  const { question } = opened;
  /** @param {Choice} choice */
  const choose = (choice) => {
    if (choice === "yes" && covered()) send("to_window");
    else if (choice === "yes" && question.customer_needed) showPicker(opened, typed);
    else answer(choice, null, typed, question);
  };
  card.setAttribute("aria-describedby", "asked");
  card.replaceChildren(
    ...summary(opened),
    ...typed.parts,
    el("p", { id: "asked" }, wording(question)),
    el("div", { class: "choices" }, ...question.choices.map((choice) => choiceButton(choice, question, choose))),
  );
  onkeydown = (event) => byKey(event, question, choose);
}

/** @param {Choice} choice @param {Question} question @param {(choice: Choice) => void} choose */
function choiceButton(choice, question, choose) {
  const key = { "aria-keyshortcuts": CAPS[choice]?.replace("Esc", "Escape") };
  const button = el("button", { "data-choice": choice, type: "button", ...key }, t(`choice_${choice}`));
  button.append(el("kbd", { "aria-hidden": "true" }, CAPS[choice] ?? ""));
  if (choice === safest(question)) button.classList.add("main");
  let asked = false;
  button.onclick = (event) => {
    if (!meant(event)) return;
    if (choice === "yes" && unsure() && !question.customer_needed && !asked && event.detail > 0) {
      asked = true; // a press by mouse where nobody can say what lies over us
      button.firstChild?.replaceWith(t("choice_sure"));
      return;
    }
    choose(choice);
  };
  return button;
}

/** @param {KeyboardEvent} event @param {Question} question @param {(choice: Choice) => void} choose */
function byKey(event, question, choose) {
  if (!meant(event) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const typing = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
  if (event.key !== "Escape" && typing) return;
  const key = event.key === "Escape" ? event.key : event.key.toLowerCase();
  const choice = (KEYS[key] ?? []).find((one) => question.choices.includes(one));
  if (!choice) return;
  event.preventDefault();
  choose(choice);
}

/** @param {Opened} opened @param {Typed} typed */
function showPicker(opened, typed) {
  onkeydown = (event) => {
    if (event.key === "Escape" && !event.isComposing) back();
  };
  const back = () => {
    showQuestion(opened, typed);
    focusSafest();
  };
  const picker = customerPicker({
    search: (text) => send("search", { text }),
    chosen: (customer) => (covered() ? send("to_window") : answer("yes", customer, typed, opened.question)),
    back,
  });
  card.replaceChildren(...summary(opened).slice(0, 2), ...picker.parts);
  picker.focus();
}

/**
 * Hand the answer over and stay until it is safe: on disk here, or where it names a person, with the daemon.
 * @param {Choice} choice @param {CustomerChoice | null} customer @param {Typed} typed @param {Question} question
 */
async function answer(choice, customer, typed, question) {
  onkeydown = null;
  state(t("ask_keeping"));
  const given = { id: answerId, choice, customer, remark: typed.remark(), fields: typed.fields() };
  for (;;) {
    const { kept, refused, why } = (await send("answer", { answer: given })) ?? {};
    if (kept) break;
    if (refused) return state(t("ask_refused", refused), "warn");
    state(delayed(why));
    await pause(AGAIN);
  }
  state(thanks(choice, question), "good");
  await pause(THANKS);
  await send("close");
}

function focusSafest() {
  const buttons = /** @type {HTMLElement[]} */ ([...card.querySelectorAll("button[data-choice]")]);
  (buttons.find((button) => button.classList.contains("main")) ?? buttons[0])?.focus({ preventScroll: true });
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
  if (opened.quick) return showQuick(opened.quick);
  showQuestion(opened);
  appear();
  tellShown();
  // In a page it is the page script that gives us the focus, and only when the clerk is not typing there.
  if (!framed || document.hasFocus()) focusSafest();
  window.addEventListener("focus", () => document.activeElement === document.body && focusSafest());
}

begin();
