import { api, t } from "../shared/api.js";
import { pattern } from "../shared/patterns.js";

/**
 * The ways in that need no look for our button: the menu on it and on the portals' pages, and keys.
 * @import { Desk } from "./desk.js"
 * @import { Portals } from "./portals.js"
 * @typedef {chrome.contextMenus.CreateProperties} Entry
 */

/** Where on a portal's page the menu has our entries: everywhere, so that nobody has to look for an empty place. */
const ON_PAGES = /** @type {Entry["contexts"]} */ (["page", "frame", "link", "image", "selection", "editable"]);
const PAGE = "page_";

/** What an entry of the menu or a key opens. @type {Record<string, (desk: Desk) => unknown>} */
const DOORS = {
  question: openQuestion,
  console: (desk) => desk.openConsole("console", null),
  diagnostics: (desk) => desk.openConsole("diagnostics", null),
  record: openPopup,
};
/** Said of a page, not of the whole: the popup tells what is wrong, and offers to record a page nobody knows. */
const OF_PAGES = ["record"];

/** One menu is made after the other: two at once would meet each other's entries. @type {Promise<void>} */
let turn = Promise.resolve();

/** Make the menu anew, for our button and for the portals' pages. @param {Portals} portals */
export function makeMenu(portals) {
  turn = turn
    .then(async () => {
      const made = entries(await portals.origins());
      await api.contextMenus.removeAll();
      for (const entry of made) api.contextMenus.create(entry);
    })
    .catch((error) => console.error("no menu", error)); // nothing else may wait for it in vain
  return turn;
}

/** @param {string[]} origins @returns {Entry[]} */
function entries(origins) {
  const doors = Object.keys(DOORS);
  const documentUrlPatterns = [...new Set(origins.map(pattern))];
  const general = doors.filter((id) => !OF_PAGES.includes(id));
  const onButton = general.map((id) => ({ id, title: t(`menu_${id}`), contexts: /** @type {Entry["contexts"]} */ (["action"]) }));
  if (documentUrlPatterns.length === 0) return onButton; // no pattern at all would mean every page
  return [
    ...onButton,
    ...doors.map((id) => ({ id: PAGE + id, title: t(`menu_${id}`), contexts: ON_PAGES, documentUrlPatterns })),
  ];
}

/** An entry of the menu, or a key, was pressed. @param {Desk} desk @param {string} pressed */
export function enter(desk, pressed) {
  const id = pressed.startsWith(PAGE) ? pressed.slice(PAGE.length) : pressed;
  return Object.hasOwn(DOORS, id) ? DOORS[id](desk) : undefined;
}

/**
 * Bring the question that has waited longest before the clerk. Where none is known here, the popup shows what waits
 * elsewhere; it opens within the press, before anything is awaited.
 * @param {Desk} desk
 */
function openQuestion(desk) {
  const [oldest] = desk.questions.all().sort((one, other) => one.asked_at - other.asked_at);
  if (oldest) return desk.questions.bringForward(oldest, null);
  return openPopup();
}

/** Resolves in any case: where no window stands, there is nothing to open it over. */
function openPopup() {
  return api.action.openPopup().catch(() => undefined);
}
