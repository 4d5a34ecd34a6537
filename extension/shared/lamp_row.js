import { known, t } from "./api.js";
import { el } from "./dom.js";

/** @import { Light, Verb } from "./lamps.js" */

/**
 * One lamp with its reason and, where something can be done, a button.
 * @param {Light} light
 * @param {(verb: Verb) => void} press
 */
export function lampRow({ name, lamp, reason, values, verb }, press) {
  const words = known(reason) ? t(reason, ...values) : t("why_other", reason);
  return el(
    "li",
    { "data-lamp": name, "data-state": lamp },
    el("span", { class: `lamp ${lamp}`, role: "img", "aria-label": t(`lamp_${lamp}`) }),
    el("div", { class: "about" }, el("strong", {}, t(`lamp_${name}`)), el("p", { class: "quiet small" }, words)),
    verb && el("button", { type: "button", "data-verb": verb, onclick: () => press(verb) }, t(`verb_${verb}`)),
  );
}
