import { t } from "../shared/api.js";
import { el } from "../shared/dom.js";

/**
 * @import { AnswerField, Question } from "../shared/messages.js"
 * @typedef {ReturnType<typeof typedParts>} Typed
 */

/** @type {AnswerField[]} */
const METHODS = ["payment_method", "card_method"];

/**
 * What can be typed: 缴费方式 and 刷卡方式 of D4, the remark (D5), all optional. Made once per question, so that it
 * stays over a look at the picker.
 * @param {Question} question
 */
export function typedParts({ kind, remark }) {
  const methods = METHODS.filter(() => kind.startsWith("D4")).map((name) => ({ name, field: methodField(name) }));
  const note = remark ? remarkField() : null;
  const pair = methods.length > 0 ? [el("div", { class: "pair" }, ...methods.map(({ field }) => field))] : [];
  return {
    parts: [...pair, ...(note ? [note] : [])],
    remark: () => note?.value.trim() || null,
    fields: () =>
      Object.fromEntries(methods.map(({ name, field }) => [name, field.value.trim()]).filter(([, text]) => text !== "")),
  };
}

/** @param {AnswerField} name */
function methodField(name) {
  const words = t(`ask_field_${name}`);
  const properties = { placeholder: words, "aria-label": words, maxLength: 100, autocomplete: "off" };
  return /** @type {HTMLInputElement} */ (el("input", { ...properties, "data-field": name }));
}

function remarkField() {
  const words = t("ask_remark");
  return /** @type {HTMLTextAreaElement} */ (el("textarea", { placeholder: words, "aria-label": words, maxLength: 500 }));
}
