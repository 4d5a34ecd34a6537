/**
 * The browser's extension API under one name, in Chromium and Firefox alike.
 * @type {typeof chrome}
 */
export const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;

/**
 * A text of the user's language.
 * @param {string} key
 * @param {...(string | number)} values
 */
export function t(key, ...values) {
  return api.i18n.getMessage(key, values.map(String)) || key;
}

/** Whether a text exists in the catalog. @param {string} key */
export function known(key) {
  return api.i18n.getMessage(key) !== "";
}

/** The language shown, as a BCP 47 tag. */
export function language() {
  return api.i18n.getUILanguage();
}
