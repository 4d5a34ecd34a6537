import { Inventor } from "./invent.js";
import { BETWEEN, FAMILY, STEMS, WORDS } from "./words.js";

/**
 * Replaces what may be personal by invented data. What stays is a closed list (words.js): everything else counts as
 * personal. Names of elements, attributes, classes, ids, paths, and keys in JSON stay as long as they hold no long numbers.
 */

const ODD = 4;
const LONGEST_WORD = 10;
const ESCAPED = "(?:%[0-9A-Fa-f]{2}){2,}|(?:\\\\u[0-9A-Fa-f]{4})+|(?:&#(?:[0-9]{2,7}|x[0-9A-Fa-f]{2,6});?)+";
const EMAIL = "[\\w.+\\-]+@[\\w\\-]+(?:\\.[\\w\\-]+)+";
const PLATE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][ ·•\\-]?[A-Za-z][ ·•\\-]?[A-Za-z0-9]{4,6}(?![A-Za-z0-9])";
const DAY = "(?<![0-9])(?:19|20)[0-9]{2}[\\-/.年][0-9]{1,2}[\\-/.月][0-9]{1,2}(?![0-9])";
const MONEY = "[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?=\\.[0-9])";
const PIECES = new RegExp(
  `(?<escaped>${ESCAPED})|(?<email>${EMAIL})|(?<plate>${PLATE})|(?<day>${DAY})|(?<money>${MONEY})`
    + "|(?<word>[A-Za-z0-9]+)|(?<han>[\\p{Script=Han}〇]+)|(?<other>[\\p{L}\\p{N}]+)",
  "gu",
);

/**
 * @typedef {"text" | "value" | "name" | "path"} Manner `value`: typed by somebody; `name`: of classes, ids and keys;
 *   `path`: of addresses, where what the page's own address is made of stays
 * @typedef {{sort: "word" | "between" | "unknown" | "typed", text: string}} Part
 */

export class Redactor {
  /** Names that somebody typed: they are names wherever they stand. @type {Set<string>} */
  #typed = new Set();
  /** What the addresses of the page's own frames are made of. @type {Set<string>} */
  #own = new Set();

  /** @param {import("./invent.js").Random} [random] */
  constructor(random) {
    this.invent = new Inventor(random);
  }

  /** @param {string} value what stands in a field */
  typed(value) {
    for (const [name] of value.matchAll(/\p{Script=Han}{2,}/gu)) if (!WORDS.has(name)) this.#typed.add(name);
  }

  /** @param {string} text @param {Manner} [manner] @returns {string} */
  text(text, manner = "text") {
    return text.replace(PIECES, (piece, ...more) => this.#piece(piece, more.at(-1), manner));
  }

  /** @param {string} piece @param {Record<string, string | undefined>} kinds @param {Manner} manner @returns {string} */
  #piece(piece, kinds, manner) {
    if (kinds.escaped) return this.#escaped(piece, manner);
    if (kinds.email) return this.invent.email(piece);
    if (kinds.plate) return this.invent.plate(piece);
    if (kinds.day) return this.invent.day(piece, /^(....)(.)(\d+)(.)(\d+)$/u.exec(piece)?.slice(1) ?? []);
    if (kinds.money) return piece.replace(/[0-9]{1,}/gu, (some) => (manner === "name" && piece.length < ODD ? some : this.#amount(some)));
    if (kinds.word) return this.#word(piece, manner);
    if (kinds.han) return this.#han(piece, manner);
    return this.invent.token(piece);
  }

  /** @param {string} some */
  #amount(some) {
    return /^0+$/u.test(some) || some.length < 2 ? some : this.invent.digits(some);
  }

  /** What hides in escapes is read, replaced and hidden again. @param {string} piece @param {Manner} manner */
  #escaped(piece, manner) {
    try {
      if (piece.startsWith("%")) return encodeURIComponent(this.text(decodeURIComponent(piece), manner));
    } catch {
      return piece.replace(/[0-9A-Fa-f]/gu, "A"); // not UTF-8: GBK, or no text at all
    }
    const js = piece.startsWith("\\");
    const plain = piece.replace(/\\u([0-9A-Fa-f]{4})|&#(x?)([0-9A-Fa-f]+);?/gu, (_all, code, hex, number) =>
      js ? String.fromCharCode(parseInt(code, 16)) : String.fromCodePoint(Math.min(parseInt(number, hex ? 16 : 10), 0x10ffff)));
    return this.text(plain, manner);
  }

  /** @param {string} word @param {Manner} manner */
  #word(word, manner) {
    const own = manner === "path" && this.#own.has(word);
    return own || kept(word, manner) ? word : this.invent.token(word);
  }

  /** Words of portals stay; the rest of a run, and a short run that is not made of words alone, are somebody. @param {string} run @param {Manner} manner */
  #han(run, manner) {
    if (manner === "value") return this.invent.chinese(run);
    const parts = this.#parts(run);
    const known = parts.every(({ sort }) => sort === "word" || sort === "between");
    if (known && (run.length === 1 || parts.some(({ sort }) => sort === "word"))) return run;
    if (run.length <= ODD && !parts.some(({ sort }) => sort === "typed")) return this.invent.chinese(run);
    return joined(parts).map(({ sort, text }) => (sort === "word" || sort === "between" ? text : this.invent.chinese(text))).join("");
  }

  /** The way to make a run of known words that leaves the least over. @param {string} run @returns {Part[]} */
  #parts(run) {
    const signs = Array.from(run);
    /** @type {{cost: number, from: number, sort: Part["sort"]}[]} */
    const best = [{ cost: 0, from: 0, sort: "word" }];
    for (let end = 1; end <= signs.length; end += 1) {
      const single = BETWEEN.has(signs[end - 1]) ? /** @type {const} */ ("between") : /** @type {const} */ ("unknown");
      best[end] = { cost: best[end - 1].cost + (single === "between" ? 0.2 : 1), from: end - 1, sort: single };
      for (let from = Math.max(0, end - LONGEST_WORD); from < end - 1; from += 1) {
        const text = signs.slice(from, end).join("");
        const sort = this.#typed.has(text) ? "typed" : WORDS.has(text) ? "word" : null;
        const cost = best[from].cost + (sort === "typed" ? 0 : 0.1);
        if (sort && cost < best[end].cost) best[end] = { cost, from, sort };
      }
    }
    /** @type {Part[]} */
    const parts = [];
    for (let end = signs.length; end > 0; end = best[end].from) {
      parts.unshift({ sort: best[end].sort, text: signs.slice(best[end].from, end).join("") });
    }
    return parts;
  }

  /** Code: what stands in quotes is text, the rest are names. @param {string} code */
  code(code) {
    let done = "";
    let rest = 0;
    for (const match of code.matchAll(/(["'`])((?:\\.|(?!\1)[^\\])*)\1/gsu)) {
      done += this.text(code.slice(rest, match.index), "name") + match[1] + this.text(match[2]) + match[1];
      rest = match.index + match[0].length;
    }
    return done + this.text(code.slice(rest), "name");
  }

  /** JSON with its values replaced; null where it is none. @param {string} text */
  json(text) {
    if (!/^\s*[[{]/u.test(text)) return null;
    try {
      return JSON.stringify(this.#data(JSON.parse(text)));
    } catch {
      return null;
    }
  }

  /** @param {any} value @returns {any} */
  #data(value) {
    if (typeof value === "string") return this.json(value) ?? this.text(value);
    if (typeof value === "number") return Number(this.text(String(value)));
    if (Array.isArray(value)) return value.map((one) => this.#data(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [this.text(name, "name"), this.#data(one)]));
  }

  /** The address of a frame of the page: its path is what a profile knows it by. @param {string} url */
  place(url) {
    const { pathname } = new URL(url);
    for (const [word] of pathname.matchAll(/[A-Za-z0-9]+/gu)) if (kept(word, "name")) this.#own.add(word);
    return this.url(url);
  }

  /** An address: no host, no user, its path by names, its query by values. @param {string} url */
  url(url) {
    const text = url.trim();
    if (/^data:/iu.test(text)) return "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    if (/^javascript:/iu.test(text)) return `javascript:${this.code(text.slice(11))}`;
    if (/^(blob|about|filesystem):/iu.test(text)) return text.slice(0, text.indexOf(":") + 1);
    if (/^[a-z][a-z0-9+.-]*:(?!\/\/)/iu.test(text)) return this.text(text);
    const own = text.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/iu, "");
    return own.replace(/[^?#]+|[?#]/gu, (part, at) => (/[?#]/u.test(part) ? part : this.#stretch(part, own[at - 1] === "?")));
  }

  /** @param {string} part of an address @param {boolean} query */
  #stretch(part, query) {
    if (!query) return this.text(part, "path");
    const pair = (/** @type {string} */ one) => {
      const [name, ...value] = one.split("=");
      return [this.text(name, "name"), ...(value.length > 0 ? [this.text(value.join("="))] : [])].join("=");
    };
    return part.split("&").map(pair).join("&");
  }
}

/** Whether a word of letters and digits may stay. @param {string} word @param {Manner} manner */
function kept(word, manner) {
  const runs = word.match(/[0-9]+|[A-Za-z]+/gu) ?? [];
  const most = Math.max(0, ...runs.filter((run) => /[0-9]/u.test(run)).map((run) => run.length));
  if (manner === "value") return false;
  if (manner === "name") return most < 5 && !(runs.length > 3 && word.length > ODD) && !(word.length > 11 && most > 2);
  if (most > 2 && !/^0+$/u.test(word)) return false;
  if (/^0+$/u.test(word) || (word.length <= 3 && most > 0)) return true;
  return runs.length <= 3 && runs.every((run) => /[0-9]/u.test(run) || ofStems(run));
}

/** Whether an identifier is made of what identifiers are made of. @param {string} letters */
function ofStems(letters) {
  if (letters.length === 1 || STEMS.has(letters.toLowerCase())) return true;
  const parts = letters.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/gu) ?? [];
  return parts.every((part) => part.length === 1 || STEMS.has(part.toLowerCase()));
}

/**
 * Unknown characters take along what may belong to them: a single character beside them, and after a family name
 * alone the word behind it.
 * @param {Part[]} parts
 */
function joined(parts) {
  /** @type {Part[]} */
  const all = [];
  for (const part of parts) {
    const last = all.at(-1);
    const family = last?.sort === "unknown" && last.text.length === 1 && FAMILY.includes(last.text);
    const goesOn = part.sort === "unknown" || part.sort === "between" || (family && part.text.length === 2);
    if (last?.sort === "unknown" && goesOn) last.text += part.text;
    else if (last?.sort === "between" && part.sort === "unknown") all.splice(-1, 1, { sort: "unknown", text: last.text + part.text });
    else all.push({ ...part });
  }
  return all;
}
