// The steps of a walk through a portal's own pages, one at a time, as the background asks (background/walks.js).
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const { engine } = C;
  const { ofPage, fulfils } = C.reading;
  const { filled } = C.requests;
  /** Values that scripts set leave no trace in the DOM: look again after so many milliseconds. */
  const AGAIN = 250;
  const QUIET = 200;
  const MOST_UNREST = 3_000;

  /**
   * What `look` finds, as soon as it finds something; null when the time is over.
   * @template T @param {() => T | null} look @param {number} patience milliseconds @returns {Promise<T | null>}
   */
  function soon(look, patience) {
    return new Promise((resolve) => {
      const end = (/** @type {T | null} */ found) => {
        observer.disconnect();
        clearInterval(pulse);
        clearTimeout(late);
        resolve(found);
      };
      const again = () => {
        const found = look();
        if (found !== null) end(found);
      };
      const observer = new MutationObserver(again);
      const pulse = setInterval(again, AGAIN);
      const late = setTimeout(() => end(null), patience);
      observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
      again();
    });
  }

  /** @param {string} path @returns {StepDone} */
  function goTo(path) {
    const [here, there] = [new URL(C.here()), new URL(C.address(path))];
    const stays = there.hash !== "" && here.href.split("#")[0] === there.href.split("#")[0];
    location.assign(there.href);
    return { ok: true, stays };
  }

  /** @param {Element} link @returns {StepDone} */
  function addressOf(link) {
    const found = /** @type {any} */ (link).href ?? /** @type {any} */ (link).src;
    return typeof found === "string" && found !== "" ? { ok: true, taken: found } : { ok: false, why: "element_gone" };
  }

  /** @type {ChudanScripts["step"]} */
  async function step(asked, values, profile, patience) {
    const { go, fill, value = "", click, wait, take } = filled(asked, values);
    if (go) return goTo(engine.pathTo(profile, go, C.here()));
    if (wait) {
      const there = await soon(() => fulfils(ofPage(document), [wait]) || null, patience);
      return there ? { ok: true } : { ok: false, why: "timeout" };
    }
    const element = await soon(() => ready(fill ?? click ?? take ?? ""), patience);
    if (!element) return { ok: false, why: "element_gone" };
    if (take) return addressOf(element);
    const done = fill ? C.fields.choose(element, value) || C.fields.set(element, value) : C.fields.press(element);
    return done ? { ok: true } : { ok: false, why: "element_gone" };
  }

  /** An element that can be used now: a field or button may be locked until the page has drawn itself. @param {string} at */
  function ready(at) {
    const element = document.querySelector(at);
    return element?.matches(":disabled, [readonly]") ? null : element;
  }

  /** Until nothing has moved for a moment: a grid is drawn row by row. @returns {Promise<unknown>} */
  function quiet() {
    let last = performance.now();
    const observer = new MutationObserver(() => {
      last = performance.now();
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    return soon(() => performance.now() - last >= QUIET || null, MOST_UNREST).finally(() => observer.disconnect());
  }

  /** Who is logged in, for a walk: asked for where that is possible, else read off this fresh page. @param {{ask: boolean}} asked @param {EngineProfile} profile @returns {Promise<Outcome>} */
  async function whose({ ask }, profile) {
    const told = ask ? await C.whoami(profile, AbortSignal.timeout(10_000)).catch(() => null) : null;
    if (told && told.outcome !== "failed") return told;
    const whoami = engine.whoamiOfPage(profile, document);
    const blank = { whoami, lines: [], data: [] };
    return whoami ? { outcome: "answered", ...blank, error: null } : { outcome: "failed", ...blank, error: "no_login" };
  }

  C.step = step;
  Object.assign(C.verbs, {
    /** Where a frame is: asked when a walk looks for the document of its next step. @param {any} _asked @param {EngineProfile} profile */
    where: (_asked, profile) => ({
      path: new URL(C.here()).pathname,
      loading: document.readyState === "loading",
      login: engine.pageOf(profile, document, C.here()) === (profile.login?.page ?? "login"),
    }),
    path_to: (/** @type {{path: string}} */ { path }, /** @type {EngineProfile} */ profile) =>
      engine.pathTo(profile, path, C.here()),
    step: (/** @type {any} */ { step: one, values, patience }, /** @type {EngineProfile} */ profile) =>
      step(one, values, profile, patience),
    async read_page(/** @type {any} */ { query, number }, /** @type {EngineProfile} */ profile) {
      await quiet();
      return engine.readPage(profile, query, document, C.here(), number);
    },
    whose,
  });
})();
