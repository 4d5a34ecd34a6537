/**
 * Whether the clerk really sees this document: nothing over it, nothing see-through. Where the browser cannot
 * tell (Firefox), `known` stays false and a dangerous press is confirmed once more instead.
 */
export class Sight {
  known = false;
  clear = false;

  /** @param {Element} target */
  constructor(target) {
    // TypeScript's DOM knows version 1 only.
    const options = /** @type {any} */ ({ trackVisibility: true, delay: 100, threshold: [0.5, 1] });
    const observer = new IntersectionObserver((entries) => {
      const last = /** @type {any} */ (entries.at(-1));
      this.known = "isVisible" in last;
      this.clear = last.isVisible === true;
    }, options);
    observer.observe(target);
  }
}
