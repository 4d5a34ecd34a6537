import { api } from "../shared/api.js";
import { Sight } from "../shared/covered.js";
import { byId, el } from "../shared/dom.js";

// What every question frame has in common: its token, its card, and what a press must fulfil.

/** Presses this soon (ms) after the card appeared were meant for the page beneath. */
const SETTLE = 400;
/** Until the background is asked again (ms). */
export const AGAIN = 1_500;
/** How long (ms) a word of thanks stands. */
export const THANKS = 900;

const token = location.hash.slice(1);
/** Whether we stand in a page of somebody else's. */
export const framed = window !== top;
export const card = byId("card");
const sight = new Sight(card);
let settled = Infinity;

/** @param {string} what @param {object} [more] @returns {Promise<any>} */
export const send = (what, more = {}) => api.runtime.sendMessage({ what, token, ...more });
export const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether an event is the clerk's own, and meant for what stands here. @param {Event} event */
export function meant(event) {
  return event.isTrusted && performance.now() >= settled;
}

/** Whether something may lie over us, as far as the browser can tell. */
export function covered() {
  return framed && sight.known && !sight.clear;
}

/** Whether nobody can tell what lies over us. */
export function unsure() {
  return framed && !sight.known;
}

/** Get what belongs here; nothing is shown to whom it does not belong. @returns {Promise<any>} */
export async function open() {
  for (;;) {
    const opened = await send("open");
    if (!opened?.wait) return opened;
    await pause(AGAIN); // the background has just started and is told again by the daemon
  }
}

/** Show the card, now that it says something. */
export function appear() {
  card.hidden = false;
  settled = performance.now() + SETTLE;
  // The frame in the page is as high as what it says.
  if (framed) new ResizeObserver(() => send("size", { height: card.offsetHeight })).observe(card);
}

/** Say one thing in the place of everything. @param {string} text @param {string} [kind] */
export function state(text, kind = "") {
  card.replaceChildren(el("p", { class: `state ${kind}`, role: kind === "warn" ? "alert" : "status" }, text));
}
