// When to look at the page again. The MutationObserver hangs on `document`, the one thing that survives
// document.open and document.write; every listener is erased by them and is added again when the root changes.
(() => {
  "use strict";
  /** At most one look in so many milliseconds, however busy the page is. */
  const PAUSE = 250;
  /** Values set by a script leave no trace in the DOM: a visible page is looked at once a second. */
  const PULSE = 1_000;
  const SIGNS = ["load", "click", "change", "submit", "DOMContentLoaded"];

  /** @type {ChudanScripts["watch"]} */
  function watch(look, listen, signal) {
    let last = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    /** @type {Element | null | undefined} */
    let root;

    function now() {
      clearTimeout(timer);
      timer = undefined;
      if (signal.aborted) return;
      last = performance.now();
      look();
    }
    function soon() {
      const rest = last + PAUSE - performance.now();
      if (rest <= 0) now();
      else timer ??= setTimeout(now, rest);
    }
    function listenAnew() {
      if (root === document.documentElement) return;
      root = document.documentElement;
      for (const sign of SIGNS) document.addEventListener(sign, soon, { capture: true, signal });
      document.addEventListener("visibilitychange", soon, { signal });
      listen();
    }

    const observer = new MutationObserver(() => {
      listenAnew();
      soon();
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true, attributeFilter: ["value"] });
    const pulse = setInterval(() => document.visibilityState === "visible" && soon(), PULSE);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearInterval(pulse);
      clearTimeout(timer);
    });
    listenAnew();
    return { now };
  }

  globalThis.Chudan.watch = watch;
})();
