"use strict";

/**
 * Lines (险种) out of an answer: the facts a confirmation needs, and everything the data download brings home.
 *
 * @typedef {object} EngineLines
 * @property {(profile: EngineProfile, answer: EngineProfileAnswer, source: Source)
 *   => import("../../shared/messages.js").LineData[] | null} linesOf
 * @property {(value: Value | undefined) => string | null} text
 */

Chudan.lines = (() => {
  const { readAll } = Chudan.reading;

  const MOST_LINES = 8;
  const MOST_COVERAGES = 100;
  const KINDS = /** @type {const} */ (["commercial", "compulsory", "other"]);
  const UNDERWRITING = /** @type {const} */ (["none", "pending", "passed", "refused", "unknown"]);

  /** All lines, or null when a place that must hold one has no number. @type {EngineLines["linesOf"]} */
  function linesOf(profile, answer, source) {
    const found = (answer.each ? source.each(answer.each) : [source]).flatMap((around) => {
      const shared = readAll(around, answer.shared ?? {}, profile);
      return (answer.lines ?? []).flatMap((rule) =>
        around.each(rule.each).map((place) => lineOf(profile, rule, place, shared)),
      );
    });
    const whole = found.filter((line) => line !== null).slice(0, MOST_LINES);
    return found.includes(null) ? null : whole;
  }

  /** @param {EngineProfile} profile @param {EngineProfileLines} rule @param {Source} place @param {Record<string, Value>} shared */
  function lineOf(profile, rule, place, shared) {
    const values = { ...shared, ...readAll(place, rule.values, profile) };
    const facts = factsOf(values);
    return facts && dataOf(facts, values, coveragesOf(profile, rule, place));
  }

  /** @param {Record<string, Value>} values @returns {import("../../shared/messages.js").LineFacts | null} */
  function factsOf(values) {
    const number = text(values.number);
    if (number === null) return null;
    return {
      number,
      kind: oneOf(values.kind, KINDS, "other"),
      policy_number: text(values.policy_number),
      underwriting: oneOf(values.underwriting, UNDERWRITING, "unknown"),
      deleted: values.deleted === true,
      plate: text(values.plate),
      insured: text(values.insured),
      start: amount(values.start),
      premium: amount(values.premium),
      raw_status: text(values.raw_status) ?? "",
    };
  }

  /** @param {import("../../shared/messages.js").LineFacts} facts @param {Record<string, Value>} values @param {import("../../shared/messages.js").Coverage[]} coverages @returns {import("../../shared/messages.js").LineData} */
  function dataOf(facts, values, coverages) {
    return {
      facts,
      end: amount(values.end),
      vin: text(values.vin),
      engine_number: text(values.engine_number),
      brand_model: text(values.brand_model),
      registered_on: text(values.registered_on),
      insured_id_number: text(values.insured_id_number),
      insured_phone: text(values.insured_phone),
      coverages,
    };
  }

  /** @param {EngineProfile} profile @param {EngineProfileLines} rule @param {Source} place @returns {import("../../shared/messages.js").Coverage[]} */
  function coveragesOf(profile, { coverages }, place) {
    if (!coverages) return [];
    const rows = place.each(coverages.each).slice(0, MOST_COVERAGES);
    return rows.map((row) => {
      const values = readAll(row, coverages.values, profile);
      return { name: text(values.name) ?? "", sum_insured: amount(values.sum_insured), premium: amount(values.premium) };
    });
  }

  /** @param {Value | undefined} value */
  function text(value) {
    return typeof value === "string" ? value : null;
  }

  /** @param {Value | undefined} value */
  function amount(value) {
    return typeof value === "number" ? value : null;
  }

  /** @template {string} T @param {Value | undefined} value @param {readonly T[]} known @param {T} otherwise @returns {T} */
  function oneOf(value, known, otherwise) {
    return known.find((one) => one === value) ?? otherwise;
  }

  return { linesOf, text };
})();
