// The isolated world's end of the tap (see page/tap.js).
(() => {
  "use strict";
  const OFFER = "chudan-offer";
  const CALL = "chudan-call";

  /**
   * Hear what the page hears.
   * @param {(note: TapNote) => void} heard
   * @param {(answer: AnswerHead) => boolean} wanted asked, synchronously, before an answer is copied
   */
  function hearTap(heard, wanted) {
    const pipe = document.createElement("i");
    pipe.addEventListener("note", (event) => {
      const note = read(event);
      if (isNote(note)) heard(note);
    });
    pipe.addEventListener("wanted", (event) => {
      const head = read(event);
      if (isHead(head) && wanted(head)) event.preventDefault();
    });
    /** Whether nobody has taken it. */
    const offer = () => document.dispatchEvent(new MouseEvent(OFFER, { relatedTarget: pipe, cancelable: true }));
    // Whichever of the two scripts runs first, one of these finds the other; a page that calls later finds nobody.
    if (offer()) document.addEventListener(CALL, offer, { once: true });
  }

  /** What an event says, or null. A page may get hold of the node and say anything. @param {Event} event @returns {any} */
  function read(event) {
    if (!(event instanceof CustomEvent) || typeof event.detail !== "string") return null;
    try {
      return JSON.parse(event.detail);
    } catch {
      return null;
    }
  }

  /** @type {Record<TapNote["what"], string[]>} */
  const TEXTS = { network: ["method", "url", "requestBody", "text"], dialog: ["text"], form: [] };

  /** @param {any} note @returns {note is TapNote} */
  function isNote(note) {
    if (!Object.hasOwn(TEXTS, note?.what)) return false;
    const whole = TEXTS[/** @type {TapNote["what"]} */ (note.what)].every((name) => typeof note[name] === "string");
    return whole && (note.what !== "network" || (URL.canParse(note.url) && Number.isInteger(note.status)));
  }

  /** @param {any} head @returns {head is AnswerHead} */
  function isHead(head) {
    return [head?.url, head?.last].every((url) => typeof url === "string" && URL.canParse(url)) && Number.isInteger(head.status);
  }

  globalThis.Chudan.hearTap = hearTap;
})();
