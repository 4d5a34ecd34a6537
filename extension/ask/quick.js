import { known, t } from "../shared/api.js";
import { el } from "../shared/dom.js";
import { newId } from "../shared/ids.js";
import { AGAIN, THANKS, appear, card, covered, meant, pause, send, state } from "./frame.js";
import { delayed } from "./wording.js";

/**
 * @import { QuickField, RowOfList } from "../shared/messages.js"
 * @typedef {object} Quick
 * @property {"form" | "alert"} kind
 * @property {string} carrier  its name
 * @property {RowOfList} row
 * @property {string | null} why  of a download that failed before, or of D8
 * @property {Partial<Record<QuickField, string[]>>} typed  what was typed lately
 */

/** @type {QuickField[]} */
const FIELDS = ["salesperson", "settlement", "business", "channel"];
const LONGEST = 100;
/** One id for the download, however often it has to be sent. */
const downloadId = newId();

/** D7, the form before a quick download, or D8, the alert that its row is deleted (I-6.2, I-6.4). @param {Quick} quick */
export function showQuick(quick) {
  card.classList.add("quick");
  if (quick.kind === "alert") showAlert(quick);
  else showForm(quick);
  appear();
  const main = /** @type {HTMLElement | null} */ (card.querySelector("button.main"));
  main?.focus({ preventScroll: true });
  window.addEventListener("focus", () => document.activeElement === document.body && main?.focus());
}

/** @param {RowOfList} row */
function kindOf({ policy_number: policy }) {
  return policy === null ? "proposal" : "policy";
}

/** What it is about: carrier and kind, then the numbers as they were when the button was pressed. @param {Quick} quick */
function heading({ carrier, row }) {
  const numbers = [...(row.policy_number ? [row.policy_number] : []), ...row.numbers];
  const rows = numbers.map((number, place) => {
    const kind = place === 0 && row.policy_number ? "policy" : "proposal";
    return el("div", {}, el("dt", { class: "quiet" }, t(`quick_number_${kind}`)), el("dd", {}, number));
  });
  return [
    el("header", {}, el("h1", { id: "title" }, t(`quick_head_${kindOf(row)}`)), el("span", { class: "quiet small" }, carrier)),
    el("dl", { class: "row" }, ...rows),
  ];
}

/** @param {string | null} why */
function reason(why) {
  return t(why !== null && known(`quick_why_${why}`) ? `quick_why_${why}` : "quick_why_other");
}

/** @param {Quick} quick */
function showForm(quick) {
  const fields = FIELDS.map((name) => field(name, quick.typed[name] ?? []));
  const download = button("main", "quick_download", "Enter", () => begin(fields, note));
  const cancel = button("", "choice_cancel", "Esc", () => send("close"));
  const note = el("p", { class: "note small", role: "alert", hidden: true });
  const form = el("form", { class: "pair", autocomplete: "off" }, ...fields.flatMap(({ parts }) => parts));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (meant(event)) begin(fields, note);
  };
  form.append(el("input", { type: "submit", hidden: true }));
  if (quick.why !== null) say(note, t("quick_failed_before", reason(quick.why)));
  card.replaceChildren(
    ...heading(quick),
    form,
    note,
    el("div", { class: "choices" }, download, cancel),
  );
  onkeydown = (event) => {
    if (event.key === "Escape" && meant(event) && !event.isComposing) send("close");
  };
}

/** @param {Quick} quick */
function showAlert(quick) {
  card.setAttribute("role", "alertdialog");
  card.setAttribute("aria-describedby", "why");
  const close = button("main", "quick_understood", "Enter", () => send("close"));
  card.replaceChildren(
    ...heading(quick),
    el("p", { id: "why", class: "warn strong" }, reason(quick.why)),
    el("div", { class: "choices" }, close),
  );
  onkeydown = (event) => {
    if (event.key === "Escape" && meant(event)) send("close");
  };
}

/** @param {string} look @param {string} key @param {string} cap @param {() => void} press */
function button(look, key, cap, press) {
  const made = el("button", { type: "button", class: look, "data-quick": key }, t(key), el("kbd", { "aria-hidden": "true" }, cap));
  made.onclick = (event) => {
    if (meant(event)) press();
  };
  return made;
}

/** One optional field, with what was typed there lately. @param {QuickField} name @param {string[]} typed */
function field(name, typed) {
  const id = `quick_${name}`;
  const list = el("datalist", { id: `${id}_list` }, ...typed.map((value) => el("option", { value })));
  const input = /** @type {HTMLInputElement} */ (el("input", { id, maxLength: LONGEST, autocomplete: "off" }));
  if (typed.length > 0) input.setAttribute("list", list.id);
  const label = el("label", { for: id }, el("span", { class: "quiet small" }, t(`quick_field_${name}`)), input, list);
  return { name, parts: [label], value: () => input.value.trim() };
}

/** @typedef {ReturnType<typeof field>} Field */

/** @param {HTMLElement} note @param {string} text */
function say(note, text) {
  note.textContent = text;
  note.hidden = false;
}

/** Whether the clerk was told that the row stands nowhere any more, and wants it all the same. */
let sure = false;

/** Send it: on disk here, or where a person may be named, with the daemon. @param {Field[]} fields @param {HTMLElement} note */
async function begin(fields, note) {
  if (covered()) return send("to_window");
  const filled = fields.map(({ name, value }) => [name, value()]).filter(([, value]) => value !== "");
  const wanted = { id: downloadId, fields: Object.fromEntries(filled), sure };
  card.inert = true;
  for (;;) {
    const { kept, refused, why, row } = (await send("send", { wanted })) ?? {};
    if (kept) break;
    if (row) return again(row, note);
    if (refused) return state(t("quick_refused", refused), "warn");
    say(note, delayed(why));
    await pause(AGAIN);
  }
  onkeydown = null;
  card.inert = false;
  state(t("quick_sent"), "good");
  await pause(THANKS);
  await send("close");
}

/** The row is not what it was. Another one stands there: press again there. It is gone: say it once, and then do it. @param {string} row @param {HTMLElement} note */
function again(row, note) {
  card.inert = false;
  sure = row === "gone";
  say(note, t(`quick_row_${row}`));
  const download = /** @type {HTMLButtonElement} */ (card.querySelector("button.main"));
  download.disabled = !sure;
  download.firstChild?.replaceWith(t("quick_anyway"));
  (sure ? download : /** @type {HTMLElement} */ (download.nextElementSibling)).focus();
}
