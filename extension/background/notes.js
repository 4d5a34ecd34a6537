import { api } from "../shared/api.js";

const PREFIX = "hint:";
/** A note this old (ms) has no message on its way any more. */
export const OVERDUE = 3_000;

/**
 * What page scripts leave in the browser's store beside the message of a hint: a page may close while the
 * background sleeps, and its message dies with it. Ids and numbers only.
 */
export class Notes {
  /** Notes whose messages never came. @param {number} now milliseconds @returns {Promise<any[]>} */
  async overdue(now) {
    const all = Object.entries(await api.storage.local.get());
    const notes = all.filter(([key]) => key.startsWith(PREFIX)).map(([, note]) => note);
    return notes.filter((note) => now - note.at > OVERDUE);
  }

  /** This one is taken up. @param {string} id */
  async drop(id) {
    await api.storage.local.remove(PREFIX + id);
  }
}

/** Whether a page has just left a note. Its message comes first, unless the page has closed. @param {Record<string, {newValue?: unknown}>} changes */
export function isNote(changes) {
  return Object.entries(changes).some(([key, { newValue }]) => key.startsWith(PREFIX) && newValue !== undefined);
}
