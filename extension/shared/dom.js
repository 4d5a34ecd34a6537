import { t } from "./api.js";

/**
 * An element with properties and children. Text is always text, never markup.
 * @param {string} name
 * @param {Record<string, any>} [properties] `class`, `data-*`, `aria-*` and `role` as attributes, the rest as properties
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "class" || key === "role" || key === "for" || key.includes("-")) element.setAttribute(key, value);
    else /** @type {any} */ (element)[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element of this id, which the page's own markup has. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return element;
}

/** Put the user's words where the markup asks for them (`data-t`), and name the language. */
export function translate() {
  document.documentElement.lang = t("@@ui_locale").replace("_", "-");
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(/** @type {HTMLElement} */ (element).dataset.t ?? "");
  }
}

/** A long number by its ends, which tell it from others where all begin alike: TDAA…6395. @param {string} number */
export function ends(number) {
  return number.length > 12 ? `${number.slice(0, 4)}…${number.slice(-4)}` : number;
}

/** Fen as yuan, with thousands separators: 318000 -> ¥3,180.00. @param {number} fen */
export function money(fen) {
  return `¥${(fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Time of day, with the date when it is not today. @param {number} at milliseconds @param {number} now */
export function clock(at, now) {
  const [date, day] = [new Date(at), new Date(now)];
  const time = date.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  if (date.toDateString() === day.toDateString()) return time;
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
