import { FAMILY, GIVEN } from "./words.js";

const PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const UPPER = "ABCDEFGHJKLMNPRSTUVWXYZ";

/** @typedef {(below: number) => number} Random a whole number from 0 */

/** @type {Random} */
export function chance(below) {
  return crypto.getRandomValues(new Uint32Array(1))[0] % below;
}

/** Invented data in the shape of real ones; the same for the same within one recording, and never what it was. */
export class Inventor {
  /** @type {Map<string, string>} */
  #made = new Map();

  /** @param {Random} random */
  constructor(random = chance) {
    this.random = random;
  }

  /** @param {string} kind @param {string} real @param {() => string} make */
  #once(kind, real, make) {
    const key = `${kind} ${real}`;
    let made = this.#made.get(key);
    for (let tries = 0; made === undefined; tries += 1) {
      const next = make();
      if (next !== real || tries > 20) this.#made.set(key, (made = next));
    }
    return made;
  }

  /** @param {string} from */
  #one(from) {
    return from[this.random(from.length)];
  }

  /** As long, and begun with the same digit where it is long: what tells one sort of number from another. @param {string} real */
  digits(real) {
    return this.#once("digits", real, () => {
      const kept = real.length >= 8 ? 1 : 0;
      const rest = Array.from(real.slice(kept), () => this.#one("0123456789")).join("");
      return real.slice(0, kept) + (kept || real.startsWith("0") ? rest : this.#one("123456789") + rest.slice(1));
    });
  }

  /** Letters for letters, digits for digits; capitals before a long number tell its sort and stay. @param {string} real */
  token(real) {
    const head = /^([A-Z]{1,5})([0-9]{8,})$/u.exec(real);
    if (head) return head[1] + this.digits(head[2]);
    if (/^[0-9]+$/u.test(real)) return this.digits(real);
    if (/^[0-9]{17}[Xx]$/u.test(real)) return this.digits(real.slice(0, 17)) + real[17];
    return this.#once("token", real, () => Array.from(real, (one) => this.#like(one)).join(""));
  }

  /** @param {string} one */
  #like(one) {
    if (/[0-9]/u.test(one)) return this.#one("0123456789");
    if (/[A-Z]/u.test(one)) return this.#one(UPPER);
    if (/[a-z]/u.test(one)) return this.#one(UPPER).toLowerCase();
    if (/[０-９]/u.test(one)) return this.#one("０１２３４５６７８９");
    return /\p{L}/u.test(one) ? "x" : one;
  }

  /** @param {string} real */
  plate(real) {
    return this.#once("plate", real, () => this.#one(PROVINCES) + Array.from(real.slice(1), (one) => this.#like(one)).join(""));
  }

  /** @param {string} real */
  email(real) {
    return this.#once("email", real, () => `user${100 + this.random(900)}@mail.example`);
  }

  /** A day of the same century, written the same way. @param {string} real @param {string[]} parts year, month, day, and what stands between */
  day(real, [year, first, month, second, day]) {
    return this.#once("day", real, () => {
      const other = year.startsWith("19") ? 1960 + this.random(40) : 2020 + this.random(10);
      const two = (/** @type {number} */ number, /** @type {string} */ like) => String(number).padStart(like.length, "0").slice(-2);
      const of = (/** @type {string} */ like, /** @type {number} */ most) => two(1 + this.random(like.length === 1 ? 9 : most), like);
      return `${other}${first}${of(month, 12)}${second}${of(day, 28)}`;
    });
  }

  /** A name for what may be one; longer, and nobody could live there. @param {string} real */
  chinese(real) {
    return this.#once("chinese", real, () => {
      const [first, ...rest] = Array.from(real);
      return this.#one(first ? FAMILY : "") + rest.map(() => this.#one(GIVEN)).join("");
    });
  }
}
