"use strict";

/**
 * Which page of a portal a document is, and whether an answer shows that nobody is logged in.
 *
 * @typedef {object} EnginePages
 * @property {(url: string) => string} pathOf
 * @property {(profile: EngineProfile, document: Document, url: string) => string | null} pageOf
 * @property {(profile: EngineProfile, status: number, url: string, page: Document | null) => boolean} loggedOut
 *   `url` as it was after redirections
 */

Chudan.pages = (() => {
  const { pattern } = Chudan.transforms;
  const { fulfils, ofPage } = Chudan.reading;

  /** @type {EnginePages["pathOf"]} */
  function pathOf(url) {
    return URL.parse(url, "http://portal")?.pathname ?? "";
  }

  /** The name of the page that a document is, or null. @type {EnginePages["pageOf"]} */
  function pageOf(profile, document, url) {
    const path = pathOf(url);
    const source = ofPage(document);
    const known = Object.entries(profile.pages).find(
      ([, page]) => pattern(page.path).test(path) && fulfils(source, page.has ?? []),
    );
    return known?.[0] ?? null;
  }

  /** @type {EnginePages["loggedOut"]} */
  function loggedOut({ logged_out: sign }, status, url, page) {
    if (sign.status?.includes(status)) return true;
    if (sign.path && pattern(sign.path).test(pathOf(url))) return true;
    return Boolean(sign.has && page?.querySelector(sign.has));
  }

  return { pathOf, pageOf, loggedOut };
})();
