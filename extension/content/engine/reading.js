"use strict";

/**
 * Values out of pages and JSON, the way a profile describes them (docs/carriers.md).
 * @typedef {{at: string, transform?: string, cases?: [string, string | boolean][],
 *   otherwise?: string | boolean | null}} EngineReading
 * @typedef {{at: string, matches?: string | null}} EngineCondition
 * @typedef {string | number | boolean | null} Value
 * @typedef {object} Source  a page, a part of one, or a piece of JSON
 * @property {(at: string) => string | null} text  what stands there; null where nothing does
 * @property {(at: string) => Source[]} each  the places of that name
 *
 * @typedef {object} EngineReadings
 * @property {(root: ParentNode) => Source} ofPage
 * @property {(value: unknown) => Source} ofJson
 * @property {(source: Source, reading: EngineReading, profile: EngineProfile) => Value} read
 * @property {(source: Source, readings: Record<string, EngineReading>, profile: EngineProfile)
 *   => Record<string, Value>} readAll
 * @property {(source: Source, conditions: EngineCondition[]) => boolean} fulfils
 */

Chudan.reading = (() => {
  const { named, tidy, pattern } = Chudan.transforms;

  /** What the clerk sees in an element: a field's present value, not the one it was loaded with. @param {Element} element */
  function shown(element) {
    if ("value" in element && typeof element.value === "string") return element.value;
    return element.textContent ?? "";
  }

  /** @type {EngineReadings["ofPage"]} */
  function ofPage(root) {
    return {
      text(at) {
        const element = root.querySelector(at);
        return element && shown(element);
      },
      each: (at) => Array.from(root.querySelectorAll(at), ofPage),
    };
  }

  /** @param {unknown} value @param {string} at names joined by dots @returns {unknown} */
  function follow(value, at) {
    return at.split(".").reduce((here, name) => {
      const open = typeof here === "object" && here !== null && Object.hasOwn(here, name);
      return open ? /** @type {Record<string, unknown>} */ (here)[name] : null;
    }, value);
  }

  /** @type {EngineReadings["ofJson"]} */
  function ofJson(value) {
    return {
      text(at) {
        const found = follow(value, at);
        if (found === null || found === undefined) return null;
        return typeof found === "object" ? "" : String(found);
      },
      each(at) {
        const found = follow(value, at);
        return Array.isArray(found) ? found.map(ofJson) : [];
      },
    };
  }

  /** @type {EngineReadings["read"]} */
  function read(source, { at, transform, cases = [], otherwise = null }, profile) {
    const text = tidy(source.text(at) ?? "");
    const value = text && transform ? named[transform](text, profile) : text || null;
    if (cases.length === 0 || value === null) return value ?? otherwise;
    const found = cases.find(([matches]) => pattern(matches).test(String(value)));
    return found ? found[1] : (otherwise ?? value);
  }

  /** @type {EngineReadings["readAll"]} */
  function readAll(source, readings, profile) {
    const values = Object.entries(readings).map(([name, reading]) => [name, read(source, reading, profile)]);
    return Object.fromEntries(values);
  }

  /** @type {EngineReadings["fulfils"]} */
  function fulfils(source, conditions) {
    return conditions.every(({ at, matches }) => {
      const text = source.text(at);
      return text !== null && (!matches || pattern(matches).test(text));
    });
  }

  return { ofPage, ofJson, read, readAll, fulfils };
})();
