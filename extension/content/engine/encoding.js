"use strict";

/**
 * Bytes to text and form fields to bytes, in the two encodings portals use.
 * @typedef {object} EngineEncoding
 * @property {(bytes: Uint8Array, contentType: string, fallback: string) => string} decode
 * @property {(fields: Record<string, string>, encoding: string) => string} form
 */

globalThis.Chudan ??= /** @type {ChudanScripts} */ ({});

Chudan.encoding = (() => {
  const LEADS = [0x81, 0xfe];
  const TRAILS = [0x40, 0xfe];
  /** As browsers search for `<meta charset>`. */
  const HEAD = 1024;
  const CHARSET = /charset\s*=\s*["']?\s*([\w-]+)/iu;
  /** What a form leaves as it is. */
  const PLAIN = /^[A-Za-z0-9*._-]$/u;

  /** @type {Map<string, number[]> | null} */
  let gbk = null;

  /** Character -> two bytes. Browsers decode GBK but encode only UTF-8, so the table is read backwards. */
  function gbkTable() {
    if (gbk) return gbk;
    /** @type {number[][]} */
    const pairs = [];
    for (let lead = LEADS[0]; lead <= LEADS[1]; lead++) {
      for (let trail = TRAILS[0]; trail <= TRAILS[1]; trail++) pairs.push([lead, trail]);
    }
    // One decoding of everything, a line each, costs milliseconds; a decoder per pair would cost a tenth of a second.
    const lines = new TextDecoder("gbk").decode(Uint8Array.from(pairs.flatMap((pair) => [...pair, 0x0a]))).split("\n");
    /** @type {Map<string, number[]>} */
    const table = new Map();
    lines.forEach((text, index) => {
      if ([...text].length === 1 && text !== "\ufffd") table.set(text, pairs[index]);
    });
    return (gbk = table);
  }

  /** @param {number} byte */
  function percent(byte) {
    return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }

  /** @param {string} character @param {string} encoding @returns {string} */
  function escape(character, encoding) {
    if (PLAIN.test(character)) return character;
    if (character === " ") return "+";
    if (character < "\u0080") return percent(character.charCodeAt(0));
    if (encoding !== "gbk") return Array.from(new TextEncoder().encode(character), percent).join("");
    const bytes = gbkTable().get(character);
    // As browsers post what an encoding lacks: as a character reference.
    return bytes ? bytes.map(percent).join("") : escapeAll(`&#${character.codePointAt(0)};`, encoding);
  }

  /** @param {string} text @param {string} encoding */
  function escapeAll(text, encoding) {
    return Array.from(text, (character) => escape(character, encoding)).join("");
  }

  /** Fields as `application/x-www-form-urlencoded`. @type {EngineEncoding["form"]} */
  function form(fields, encoding) {
    const pairs = Object.entries(fields);
    return pairs.map(([name, value]) => `${escapeAll(name, encoding)}=${escapeAll(value, encoding)}`).join("&");
  }

  /** @param {string} label */
  function decoder(label) {
    try {
      return new TextDecoder(label);
    } catch {
      return null; // an encoding no browser knows
    }
  }

  /** An answer's text: by its header, else by what it says of itself, else by the profile. @type {EngineEncoding["decode"]} */
  function decode(bytes, contentType, fallback) {
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, HEAD));
    const label = CHARSET.exec(contentType)?.[1] ?? (/^\s*</u.test(head) ? CHARSET.exec(head)?.[1] : undefined);
    const known = (label && decoder(label)) || new TextDecoder(fallback);
    return known.decode(bytes);
  }

  return { decode, form };
})();
