import { api, known, t } from "../shared/api.js";
import { act, condition, openRoom } from "../shared/acts.js";
import { byId, clock, el, ends, money, translate } from "../shared/dom.js";
import { lampRow } from "../shared/lamp_row.js";
import { lamps } from "../shared/lamps.js";
import { offerRecording } from "./record.js";

/**
 * @import { Question } from "../shared/messages.js"
 * @import { Condition } from "../shared/lamps.js"
 */

const LOOK_AGAIN = 2_000;
/** What stands there now; nothing is drawn anew without news, so that focus and hover stay. */
let drawn = "";

async function refresh() {
  const now = await condition();
  const seen = JSON.stringify(now);
  if (seen === drawn) return;
  drawn = seen;
  byId("lamps").replaceChildren(...lamps(now).map((light) => lampRow(light, (verb) => press(verb, now))));
  drawDoors(now);
  drawQuestions(now);
  drawRecent(now);
}

/** @param {import("../shared/lamps.js").Verb} verb @param {Condition} now */
async function press(verb, now) {
  await act(verb, now);
  await refresh();
}

/** What cannot be opened now is not offered. @param {Condition} now */
function drawDoors({ link, status }) {
  const away = status !== null && status.office !== "ok" && status.office_detail.startsWith("office_");
  for (const [id, shut] of /** @type {const} */ ([["console", link !== "up" || away], ["diagnostics", link !== "up"]])) {
    byId(id).toggleAttribute("disabled", shut);
  }
}

/** @param {Condition} now */
function drawQuestions({ asked, status }) {
  const all = new Map([...(status?.questions ?? []), ...asked].map((question) => [question.id, question]));
  byId("waiting").hidden = all.size === 0;
  byId("questions").replaceChildren(...[...all.values()].map(questionRow));
}

/** @param {Question} question */
function questionRow({ id, kind, plate, insured, premium }) {
  const which = [t("popup_answer"), plate ?? t("no_plate")].join(" ");
  const button = el("button", { type: "button", class: "main", "aria-label": which }, t("popup_answer"));
  button.onclick = async () => {
    await api.runtime.sendMessage({ what: "show", question: id });
    window.close();
  };
  const car = el("p", { class: "car" }, el("strong", {}, plate ?? t("no_plate")), premium !== null && money(premium));
  const about = el("p", { class: "quiet small clip" }, [insured, t(`kind_${kind}`)].filter(Boolean).join(t("comma")));
  return el("li", { "data-question": id }, el("div", { class: "about" }, car, about), button);
}

/** @param {Condition} now */
function drawRecent({ status }) {
  const events = status?.recent ?? [];
  if (events.length === 0) {
    const words = status?.office === "ok" ? t("popup_nothing") : t("popup_unseen");
    byId("recent").replaceChildren(el("li", { class: "quiet" }, words));
    return;
  }
  byId("recent").replaceChildren(
    ...events.slice(0, 4).map(({ at, step, number }) => {
      const words = known(`step_${step}`) ? t(`step_${step}`) : step;
      const about = number && el("span", { class: "quiet", title: number }, ends(number));
      return el("li", {}, el("time", {}, clock(at, Date.now())), el("span", { class: "clip" }, words), about);
    }),
  );
}

translate();
document.title = t("name");
byId("console").onclick = () => openRoom("console");
byId("diagnostics").onclick = () => openRoom("diagnostics");
byId("welcome").onclick = () => act("welcome", /** @type {any} */ ({}));
refresh();
offerRecording();
setInterval(refresh, LOOK_AGAIN);
