import { api } from "../shared/api.js";

/** What the page script of a frame answers; null when none is there (any more). @param {number} tab @param {number} frame @param {object} message @returns {Promise<any>} */
export async function tell(tab, frame, message) {
  try {
    return (await api.tabs.sendMessage(tab, message, { frameId: frame })) ?? null;
  } catch {
    return null; // closed, asleep, or another page by now
  }
}
