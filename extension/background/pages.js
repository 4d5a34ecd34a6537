import { api } from "../shared/api.js";

/**
 * Ask the page script in a frame for something; null when none is there (any more).
 * @param {number} tab @param {number} frame @param {{what: string, [more: string]: unknown}} message
 * @returns {Promise<any>}
 */
export async function say(tab, frame, message) {
  try {
    return (await api.tabs.sendMessage(tab, message, { frameId: frame })) ?? null;
  } catch {
    return null; // the tab closed, sleeps, or shows another page
  }
}
