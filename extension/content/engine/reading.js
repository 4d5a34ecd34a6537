"use strict";

/**
 * Values out of pages and JSON, the way a profile describes them (docs/carriers.md).
 * @typedef {{at: string | string[], find?: string | null, transform?: string, cases?: [string, string | boolean][],
 *   otherwise?: string | boolean | null}} EngineReading
 * @typedef {{at: string | string[], matches?: string | null}} EngineCondition
 * @typedef {string | number | boolean | null} Value
 * @typedef {object} Source  a page, a part of one, or a piece of JSON
 * @property {(at: string) => string | null} text  what stands there; null where nothing does
 * @property {(at: string) => boolean} has  whether anything stands there; its text may be a whole list's, so it is not made
 * @property {(at: string) => Source[]} each  the places of that name
 *
 * @typedef {object} EngineReadings
 * @property {string} ITSELF
 * @property {(root: ParentNode) => Source} ofPage
 * @property {(value: unknown) => Source} ofJson
 * @property {(source: Source, reading: EngineReading, profile: EngineProfile) => Value} read
 * @property {(source: Source, readings: Record<string, EngineReading>, profile: EngineProfile)
 *   => Record<string, Value>} readAll
 * @property {(source: Source, conditions: EngineCondition[]) => boolean} fulfils
 */

Chudan.reading = (() => {
  const { named, tidy, pattern } = Chudan.transforms;
  /** A place itself, rather than something in it. */
  const ITSELF = ":scope";
  /** A selector with the name of an attribute behind it. */
  const ATTRIBUTE = /^(.*?)\s*@([A-Za-z_][\w:-]*)$/u;

  /** What the clerk sees in an element: a field's present value, not the one it was loaded with. @param {Element} element */
  function shown(element) {
    if ("value" in element && typeof element.value === "string") return element.value;
    return element.textContent ?? "";
  }

  /** @param {ParentNode} root @param {string} at */
  function elementAt(root, at) {
    if (at !== ITSELF && at !== "") return root.querySelector(at);
    return "getAttribute" in root ? /** @type {Element} */ (root) : null;
  }

  /** @type {EngineReadings["ofPage"]} */
  function ofPage(root) {
    /** @type {Source} */
    const place = {
      text(at) {
        const [, owner = at, attribute = null] = at.includes("@") ? (ATTRIBUTE.exec(at) ?? []) : [];
        const element = elementAt(root, owner);
        if (attribute !== null) return element?.getAttribute(attribute) ?? null;
        return element && shown(element);
      },
      has: (at) => (at.includes("@") ? place.text(at) : elementAt(root, at)) !== null,
      each: (at) => (at === ITSELF ? [place] : Array.from(root.querySelectorAll(at), ofPage)),
    };
    return place;
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
    /** @type {Source} */
    const place = {
      text(at) {
        const [found = null] = everything(value, at);
        if (found === null) return null;
        return typeof found === "object" ? "" : String(found);
      },
      has: (at) => everything(value, at).length > 0,
      each: (at) =>
        at === ITSELF
          ? [place]
          : everything(value, at)
              .filter((found) => typeof found === "object")
              .flat()
              .map(ofJson),
    };
    return place;
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
      if (!matches && typeof at === "string") return source.has(at);
      const text = textAt(source, at);
      return text !== null && (!matches || pattern(matches).test(text));
    });
  }

  return { ITSELF, ofPage, ofJson, read, readAll, fulfils };
})();
