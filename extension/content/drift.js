// The drift alarm: a portal that no longer looks as its profile says is told once per page load, and nothing is
// offered on it any more. Rules are named by their place in the profile; nothing of the page leaves.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  /** Milliseconds a place must be missing on a loaded page: pages build themselves piece by piece. */
  const SETTLED = 3_000;

  /** @type {PageReady | null} */
  let page = null;
  /** Rules told already. @type {Set<string>} */
  const told = new Set();
  /** An answer nobody could read: that does not heal. */
  let unread = false;
  /** The rule whose place is missing now, and since when. */
  let missing = "";
  let since = 0;

  /** @param {"unread_answer" | "selector_gone"} sign @param {string} rule */
  function tell(sign, rule) {
    if (!page || told.has(rule)) return;
    told.add(rule);
    const shown = C.host.area() > 0;
    if (shown) C.host.notice(api.i18n.getMessage("drift_page"));
    page.deliver({ what: "drift", sign, rule, shown });
  }

  /** The first place of this page that should always be there and is not. @param {EngineProfile} profile */
  function missingNow(profile) {
    const name = C.engine.pageOf(profile, document, C.here());
    const always = (name !== null && profile.pages[name].always) || [];
    const source = C.reading.ofPage(document);
    const index = always.findIndex((at) => source.text(at) === null);
    return index < 0 ? "" : `pages.${name}.always.${index}`;
  }

  /** @param {EngineProfile} profile */
  function look(profile) {
    if (document.readyState !== "complete") return;
    const now = missingNow(profile);
    if (now !== missing) since = performance.now();
    missing = now;
    if (gone()) tell("selector_gone", missing);
  }

  function gone() {
    return missing !== "" && performance.now() - since >= SETTLED;
  }

  C.drift = {
    begin: (ready) => {
      page = ready;
    },
    look,
    unread(rule) {
      unread = true;
      tell("unread_answer", rule);
    },
  };
  C.drifted = () => unread || gone();
  // A page that is not known, or no longer as it was known, is one that the clerk may record.
  C.verbs.recognised = (_message, profile) => !C.drifted() && missing === "" && C.engine.pageOf(profile, document, C.here()) !== null;
})();
