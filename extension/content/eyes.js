// The eyes: what the network, a dialog or the page itself tells to have happened, told on at once. A hint is never
// a fact; what comes of it is decided elsewhere.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const { engine } = C;
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  /** Numbers that one hint may carry. */
  const MOST_NUMBERS = 8;

  /** @type {ChudanScripts["eyes"]} */
  function eyes(page, account) {
    /** The hints last read off this page, so that a number that stays in view is told once. @type {Set<string>} */
    let told = new Set();
    /** The code last taken off this page, by what it was told of. @type {Map<string, string>} */
    const codes = new Map();

    /**
     * Two ways at once: the message, and a note in the browser's own store for when this page or the browser ends
     * before a sleeping background has woken up. Either is taken, and both have one id.
     * @param {Seen} hint @param {"network" | "page"} source
     */
    function tell({ kind, numbers: all, picture, card }, source) {
      const code = picture || card ? { code: { image: picture ?? null, text: card ?? null } } : {};
      for (let from = 0; from < all.length; from += MOST_NUMBERS) {
        const [id, numbers] = [C.newId(), all.slice(from, from + MOST_NUMBERS)];
        const about = { kind, numbers, source, login: account.login(), ...code };
        const hint = { what: "hint", doc: page.doc, id, at: Date.now(), ...about };
        if (page.alive()) api.storage.local.set({ [`hint:${id}`]: { ...hint, origin: window.origin } });
        page.deliver(hint);
      }
    }

    /** A code that the page shows is told as soon as its picture is there. @param {Seen} hint @param {string} key @param {string} at */
    async function tellCode(hint, key, at) {
      const picture = await C.picture(at);
      if (picture === null || codes.get(key) === picture || page.signal.aborted) return;
      codes.set(key, picture);
      tell(picture ? { ...hint, picture } : hint, "page");
    }

    return {
      network(profile, note) {
        const hint = engine.hintFromNetwork(profile, note);
        if (hint) return tell(hint, "network");
        const rule = engine.unreadAnswer(profile, note);
        if (rule) C.drift.unread(rule);
      },
      dialog(profile, text) {
        const hint = engine.hintFromDialog(profile, text);
        if (hint) tell(hint, "page");
      },
      look(profile) {
        const now = new Set();
        for (const hint of engine.hintsFromPage(profile, document, C.here())) {
          const key = [hint.kind, hint.card, ...hint.numbers].join("|");
          now.add(key);
          if (hint.shown) void tellCode(hint, key, hint.shown);
          else if (!told.has(key)) tell(hint, "page");
        }
        told = now;
      },
      forget() {
        told = new Set();
      },
    };
  }

  C.eyes = eyes;
})();
