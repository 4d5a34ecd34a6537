import { t } from "../shared/api.js";
import { ErrorCode } from "../shared/messages.js";

/**
 * @import { Choice, Question } from "../shared/messages.js"
 */

/** Questions about what is in the management system already: 是 pushes, and downloads nothing. */
const ONLY_PUSHED = ["D2", "D3", "D4"];

/** What the clerk is asked, D1 … D4 each in its own words, with the push target's name where it is known. @param {Question} question */
export function wording({ kind, customer_needed: which, target }) {
  const about = kind.slice(0, 2);
  if (which) return t(`ask_which_${about}`);
  return target ? t(`ask_to_${about}`, target) : t(`ask_push_${about}`);
}

/** What was noted of an answer. @param {Choice} choice @param {Question} question */
export function thanks(choice, { kind }) {
  return t(choice === "yes" && ONLY_PUSHED.includes(kind) ? "ask_done_push" : `ask_done_${choice}`);
}

/** Why it has not left yet, and is tried again. @param {number | undefined} why the number of the refusal, if there was one */
export function delayed(why) {
  if (why === ErrorCode.DISK_FULL) return t("ask_disk_full");
  return t(why === ErrorCode.STORE_UNAVAILABLE ? "ask_store_unavailable" : "ask_no_companion");
}

/** What can be pressed by mistake without harm. @param {Question} question @returns {Choice} */
export function safest({ choices }) {
  return choices.find((choice) => choice === "download_only") ?? choices.find((choice) => choice !== "yes") ?? "cancel";
}
