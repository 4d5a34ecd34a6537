import { t } from "../shared/api.js";
import { el, money } from "../shared/dom.js";

/**
 * What the question is about: carrier and event, then plate, premium and insured.
 * @param {{question: import("../shared/messages.js").Question, carrier: string, others: number}} opened
 * @returns {HTMLElement[]}
 */
export function summary({ question, carrier, others }) {
  const { kind, plate, insured, premium, numbers } = question;
  return [
    el(
      "header",
      {},
      el("h1", { id: "title" }, t(`ask_title_${kind}`, carrier)),
      others > 0 && el("span", { class: "quiet small" }, t("ask_others", others)),
    ),
    el(
      "div",
      { class: "car" },
      el("span", { class: "plate" }, plate ?? t("no_plate")),
      premium !== null && el("span", { class: "premium" }, money(premium)),
    ),
    el(
      "div",
      {},
      el("div", { class: "insured" }, insured ?? "--"),
      el("div", { class: "numbers quiet small" }, ...numbers.map((number) => el("span", {}, number))),
    ),
  ];
}
