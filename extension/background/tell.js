import { api } from "../shared/api.js";

/** How long (ms) a page may take over what needs no more than a look at it. */
export const GLANCE = 5_000;
/** What may take its time: each has a budget of its own. */
const LONG = ["job", "step", "where", "read_page", "whose", "file", "file_piece", "fill_secret"];

/**
 * What the page script of a frame answers; null when none is there (any more), undefined when it did not answer in
 * time: a page that shows a dialog answers nobody until the dialog is closed.
 * @param {number} tab @param {number} frame @param {{what: string, [more: string]: unknown}} message
 * @returns {Promise<any>}
 */
export async function tell(tab, frame, message) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    if (!LONG.includes(message.what)) timer = setTimeout(resolve, GLANCE);
  });
  try {
    const answer = api.tabs.sendMessage(tab, message, { frameId: frame }).then((said) => said ?? null);
    return await Promise.race([answer, late]);
  } catch {
    return null; // closed, asleep, or another page by now
  } finally {
    clearTimeout(timer);
  }
}

/** The frame of a tab with the largest visible area, or null where none can show anything. @param {number} tab @param {number[]} frames */
export async function largest(tab, frames) {
  const areas = await Promise.all(frames.map(async (frame) => Number(await tell(tab, frame, { what: "area" })) || 0));
  const best = Math.max(0, ...areas);
  return best > 0 ? frames[areas.indexOf(best)] : null;
}
