"use strict";

/**
 * Values out of pages and JSON, the way a profile describes them (docs/carriers.md).
 * @typedef {{at: string | string[], find?: string | null, transform?: string, cases?: [string, string | boolean][],
 *   otherwise?: string | boolean | null}} EngineReading
 * @typedef {{at: string | string[], matches?: string | null}} EngineCondition
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

  /** What stands at names that commas divide, but for nothings. @param {unknown} value @param {string} at @returns {unknown[]} */
  function everything(value, at) {
    const found = at.split(",").map((names) => follow(value, names.trim()));
    return found.filter((one) => one !== null && one !== undefined);
  }

  /** @type {EngineReadings["ofJson"]} */
  function ofJson(value) {
    return {
      text(at) {
        const [found = null] = everything(value, at);
        if (found === null) return null;
        return typeof found === "object" ? "" : String(found);
      },
      each: (at) =>
        everything(value, at)
          .filter((found) => typeof found === "object")
          .flat()
          .map(ofJson),
    };
  }

  /** The text of a place, or of several with bars between them; null where there is nothing at all. @param {Source} source @param {string | string[]} at */
  function textAt(source, at) {
    if (typeof at === "string") return source.text(at);
    const texts = at.map((place) => source.text(place));
    return texts.some((text) => text !== null) ? texts.map((text) => tidy(text ?? "")).join("|") : null;
  }

  /** The part of a text that counts. @param {string} text @param {string | null} [find] */
  function partOf(text, find) {
    if (!find) return text;
    const [whole = "", group = whole] = pattern(find).exec(text) ?? [];
    return group;
  }

  /** @type {EngineReadings["read"]} */
  function read(source, { at, find, transform, cases = [], otherwise = null }, profile) {
    const text = tidy(partOf(textAt(source, at) ?? "", find));
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
      const text = textAt(source, at);
      return text !== null && (!matches || pattern(matches).test(text));
    });
  }

  return { ofPage, ofJson, read, readAll, fulfils };
})();
