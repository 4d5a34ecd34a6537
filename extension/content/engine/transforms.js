"use strict";

/**
 * The closed list of transforms (docs/carriers.md). Each takes trimmed, non-empty text and gives a value, or null
 * for what it cannot read: one odd field must not cost the clerk the others.
 * @typedef {(text: string, profile: EngineProfile) => string | number | null} Transform
 * @typedef {object} EngineTransforms
 * @property {Record<string, Transform>} named
 * @property {(text: string) => string} tidy
 * @property {(pattern: string, flags?: string) => RegExp} pattern
 */

Chudan.transforms = (() => {
  const MOST_FEN = 10 ** 13;
  const MOST_MILLIS = 253_402_300_799_999;
  const MOST_TEXT = 500;
  /** China has one zone and no summer time. */
  const SHANGHAI = 8 * 3_600_000;

  /** @type {Map<string, RegExp>} */
  const compiled = new Map();

  /** A profile's pattern, compiled once. @type {EngineTransforms["pattern"]} */
  function pattern(source, flags = "u") {
    const key = `${flags}/${source}`;
    let found = compiled.get(key);
    if (!found) compiled.set(key, (found = new RegExp(source, flags)));
    return found;
  }

  /** Text as messages may carry it: no blanks around, no lone surrogates, not too long. @type {EngineTransforms["tidy"]} */
  function tidy(text) {
    const whole = text.replace(/[\p{Cs}\p{Cc}\s]+/gu, " ").trim();
    return whole.length <= MOST_TEXT ? whole : Array.from(whole).slice(0, MOST_TEXT).join("");
  }

  /** A number of this carrier; blanks and words are none. @type {Transform} */
  function number(text, profile) {
    return pattern(`^(?:${profile.number})$`).test(text) ? text : null;
  }

  /** 浙B-12345, 浙B·12345, 浙b 12345 → 浙B12345. @type {Transform} */
  function plate(text) {
    return text.replace(/[-\s.·•]/gu, "").toUpperCase() || null;
  }

  /** Yuan as text → fen, without ever being a float: `1,234.5`, `￥1234.50`, `1234.50元`. @type {Transform} */
  function fen(text) {
    const parts = /^(-?)(\d+)(?:\.(\d{1,2})0*)?$/u.exec(text.replace(/[,，\s¥￥元]/gu, ""));
    if (!parts) return null;
    const amount = Number(parts[2]) * 100 + Number((parts[3] ?? "").padEnd(2, "0"));
    if (amount > MOST_FEN) return null;
    return parts[1] && amount ? -amount : amount;
  }

  /** Milliseconds since 1970, as some portals write times. @type {Transform} */
  function millis(text) {
    const value = /^\d{1,15}$/u.test(text) ? Number(text) : -1;
    return value >= 0 && value <= MOST_MILLIS ? value : null;
  }

  /** 2026-03-02, 2026/3/2, 2026年3月2日 → the beginning of that day in China. @type {Transform} */
  function day(text) {
    const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s|$)/u.exec(text);
    if (!parts) return null;
    const [year, month, date] = parts.slice(1).map(Number);
    const instant = new Date(Date.UTC(year, month - 1, date));
    const value = instant.getTime() - SHANGHAI;
    return instant.getUTCMonth() === month - 1 && value >= 0 ? value : null;
  }

  return { named: { number, plate, fen, millis, day }, tidy, pattern };
})();
