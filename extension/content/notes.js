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
      if (note) heard(note);
    });
    pipe.addEventListener("wanted", (event) => {
      if (event instanceof CustomEvent && wanted(JSON.parse(event.detail))) event.preventDefault();
    });
    /** Whether nobody has taken it. */
    const offer = () => document.dispatchEvent(new MouseEvent(OFFER, { relatedTarget: pipe, cancelable: true }));
    // Whichever of the two scripts runs first, one of these finds the other; a page that calls later finds nobody.
    if (offer()) document.addEventListener(CALL, offer, { once: true });
  }

  /** @param {Event} event @returns {TapNote | null} */
  function read(event) {
    if (!(event instanceof CustomEvent) || typeof event.detail !== "string") return null;
    const note = JSON.parse(event.detail);
    return ["network", "dialog", "form"].includes(note?.what) ? note : null;
  }

  globalThis.Chudan.hearTap = hearTap;
})();
