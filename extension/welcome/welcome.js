import { known, t } from "../shared/api.js";
import { act, condition } from "../shared/acts.js";
import { byId, el, translate } from "../shared/dom.js";
import { lamps } from "../shared/lamps.js";
import { steps } from "./steps.js";

/** @import { Step } from "./steps.js" */

const LOOK_AGAIN = 1_500;
const MARKS = { done: "✓", broken: "!" };
let drawn = "";

async function refresh() {
  const now = await condition();
  const all = steps(now, lamps(now));
  const seen = JSON.stringify(all);
  if (seen === drawn) return;
  drawn = seen;
  const press = async (/** @type {import("../shared/lamps.js").Verb} */ verb) => {
    await act(verb, now);
    await refresh();
  };
  byId("steps").replaceChildren(...all.map((step, index) => row(step, index, press)));
  byId("end").hidden = all.some(({ state }) => state !== "done");
}

/** @param {Step} step @param {number} index @param {(verb: import("../shared/lamps.js").Verb) => void} press */
function row({ name, state, reason, values, verb }, index, press) {
  const current = state === "now" || state === "broken";
  const mark = state === "done" || state === "broken" ? MARKS[state] : String(index + 1);
  const why = state === "later" ? t(`welcome_later_${name}`) : known(reason) ? t(reason, ...values) : t("why_other", reason);
  return el(
    "li",
    { "data-step": name, "data-state": state, "aria-current": current ? "step" : undefined },
    el("span", { class: "mark", role: "img", "aria-label": t(`step_state_${state}`) }, mark),
    el("div", {}, el("strong", {}, t(`welcome_${name}`)), el("p", { class: "quiet" }, why)),
    current && verb && el("button", { type: "button", class: "main", "data-verb": verb, onclick: () => press(verb) }, t(`verb_${verb}`)),
  );
}

translate();
document.title = t("welcome_title");
refresh();
setInterval(refresh, LOOK_AGAIN);
