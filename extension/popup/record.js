import { api, t } from "../shared/api.js";
import { byId, el } from "../shared/dom.js";
import { fileOf, redacted } from "../record/recording.js";

/** How long (ms) a saved file stays readable for the browser's own download. */
const SAVING = 60_000;

/** The page below the popup, where there is one that can be recorded. @returns {Promise<chrome.tabs.Tab | null>} */
async function pageBelow() {
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab?.id !== undefined && /^https?:/u.test(tab.url ?? "") ? tab : null;
}

/** 当前页面未识别 → 录制: offered where no profile knows the page. Opening the popup was the clerk's word to look at it. */
export async function offerRecording() {
  const tab = await pageBelow();
  if (!tab || (await api.runtime.sendMessage({ what: "recognised", tab: tab.id }))) return;
  byId("record").hidden = false;
  const button = /** @type {HTMLButtonElement} */ (byId("record_page"));
  button.onclick = async () => {
    button.disabled = true;
    byId("record_told").textContent = await record(/** @type {number} */ (tab.id)).catch(() => t("record_failed"));
    button.disabled = false;
  };
}

/** Record a tab; what to tell the clerk. Nothing leaves this machine. @param {number} tab @returns {Promise<string>} */
async function record(tab) {
  const target = { tabId: tab, allFrames: true };
  await api.scripting.executeScript({ target, files: ["record/serialise.js"] });
  const seen = await api.scripting.executeScript({ target, func: () => /** @type {any} */ (globalThis).ChudanRecord(document) });
  seen.sort((one, other) => one.frameId - other.frameId);
  const found = seen.map(({ result }) => /** @type {any} */ (result)).filter((one) => one?.tree);
  if (found.length === 0) return t("record_failed");
  save(fileOf(redacted(found), { title: t("record_title"), about: t("record_about") }));
  return found.every(({ whole }) => whole) ? t("record_done", found.length) : t("record_too_long");
}

/** @param {string} text */
function save(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/html" }));
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  el("a", { href: url, download: `chudan-page-${stamp}.html` }).click();
  setTimeout(() => URL.revokeObjectURL(url), SAVING);
}
