// Whether the clerk really sees an element of ours: nothing over it, nothing see-through. Only one is watched, from
// when the pointer or the focus comes to it: watching costs the browser work.
(() => {
  "use strict";
  /** Without word from the browser for so long (ms), it is not seen. */
  const PATIENCE = 1_000;
  const KNOWN = "isVisible" in IntersectionObserverEntry.prototype;

  /** @typedef {{target: Element, clear: boolean, first: Promise<void>, end(): void}} Watched */
  /** @type {Watched | null} */
  let now = null;

  /** @param {Element} target @returns {Watched} */
  function watch(target) {
    /** @type {() => void} */
    let told = () => undefined;
    const first = new Promise((/** @type {(value: void) => void} */ resolve) => (told = resolve));
    const observer = new IntersectionObserver((entries) => {
      watched.clear = /** @type {any} */ (entries.at(-1)).isVisible === true;
      told();
      // TypeScript's DOM knows version 1 only.
    }, /** @type {any} */ ({ trackVisibility: true, delay: 100, threshold: [0.5, 1] }));
    const watched = { target, clear: false, first, end: () => observer.disconnect() };
    observer.observe(target);
    return watched;
  }

  /** @type {ChudanScripts["sight"]} */
  const sight = {
    begin(target) {
      if (!KNOWN || now?.target === target) return;
      now?.end();
      now = watch(target);
    },
    async clear(target) {
      if (!KNOWN) return true; // Firefox cannot tell: there the question frame is the confirmation
      sight.begin(target);
      const watched = now;
      await Promise.race([watched?.first, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      return watched?.clear === true;
    },
  };

  globalThis.Chudan.sight = sight;
})();
