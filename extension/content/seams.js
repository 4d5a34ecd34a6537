// Where the scripts of the isolated world meet: what the background may ask for, who wants to know of this page,
// and where this page is.
(() => {
  "use strict";
  const C = globalThis.Chudan;

  /** @type {((page: PageReady) => void)[]} */
  const waiting = [];
  /** @type {((profile: EngineProfile) => void)[]} */
  const looking = [];

  C.verbs = {};
  C.onReady = (told) => void waiting.push(told);
  C.onLook = (look) => void looking.push(look);
  C.seams = {
    ready: (page) => waiting.forEach((told) => told(page)),
    looked: (profile) => looking.forEach((look) => look(profile)),
  };

  /** A random UUID; `crypto.randomUUID` does not exist on portals without TLS. */
  C.newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  // Firefox: the page's own fetch, as the browser made it, so that the portal sees its own page asking.
  C.pageFetch = (url, options) => (/** @type {any} */ (globalThis).content?.fetch ?? fetch)(url, options);

  // A window that a page wrote, or a frame without an address, belongs to the page that made it.
  C.here = () => (location.protocol.startsWith("http") ? location.href : document.baseURI);
  C.address = (path) => {
    const { origin } = new URL(C.here());
    const url = new URL(path, origin);
    if (url.origin !== origin) throw new TypeError("a path that leaves the portal");
    return url.href;
  };
})();
