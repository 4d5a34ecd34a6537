"use strict";

/**
 * Lines (险种) out of an answer: the facts a confirmation needs, and everything the data download brings home.
 *
 * @typedef {import("../../shared/messages.js").LineData} LineData
 * @typedef {object} EngineLines
 * @property {(profile: EngineProfile, answer: EngineProfileAnswer, source: Source)
 *   => import("../../shared/messages.js").LineData[] | null} linesOf
 * @property {(value: Value | undefined) => string | null} text
 */

Chudan.lines = (() => {
  const { fulfils, readAll } = Chudan.reading;
  const { tidy } = Chudan.transforms;

  const MOST_COVERAGES = 100;
  const KINDS = /** @type {const} */ (["commercial", "compulsory", "both", "other"]);
  const UNDERWRITING = /** @type {const} */ (["none", "pending", "passed", "refused", "unknown"]);
  /** What counts of two lines: passed means that all have passed. */
  const WEIGHTIEST = /** @type {const} */ (["refused", "unknown", "none", "pending", "passed"]);

  /** All lines, or null when a place that must hold one has no number, or is one that nobody can read any more. @type {EngineLines["linesOf"]} */
  function linesOf(profile, answer, source) {
    const found = (answer.each ? source.each(answer.each) : [source]).flatMap((around) => {
      const shared = readAll(around, answer.shared ?? {}, profile);
      return (answer.lines ?? []).flatMap((rule) =>
        around
          .each(rule.each)
          .filter((place) => fulfils(place, rule.when ?? []))
          .map((place) => lineOf(profile, rule, place, shared)),
      );
    });
    const whole = found.filter((line) => line !== null);
    return whole.length < found.length ? null : byNumber(whole).flatMap(together);
  }

  /** The lines of each number, in the answer's order. @param {LineData[]} lines @returns {LineData[][]} */
  function byNumber(lines) {
    /** @type {Map<string, LineData[]>} */
    const groups = new Map();
    for (const line of lines) groups.set(line.facts.number, [...(groups.get(line.facts.number) ?? []), line]);
    return [...groups.values()];
  }

  /**
   * Lines that have one number between them are one line to us, until each has a policy number: then they go by that.
   * @param {LineData[]} all @returns {LineData[]}
   */
  function together(all) {
    const alive = all.filter(({ facts }) => !facts.deleted);
    const telling = alive.length > 0 ? alive : all;
    // A row that comes twice is not a second line.
    const known = new Map(telling.map((line) => [`${line.facts.kind} ${line.facts.policy_number}`, line]));
    const lines = [...known.values()];
    const policies = new Set(lines.map(({ facts }) => facts.policy_number));
    if (policies.size > 1 && !policies.has(null)) return lines.map(byPolicy);
    const one = lines.reduce(joined);
    // Half of it issued is not issued.
    return policies.size > 1 ? [{ ...one, facts: { ...one.facts, policy_number: null } }] : [one];
  }

  /** @param {LineData} line @returns {LineData} */
  function byPolicy(line) {
    const { number, policy_number: policy } = line.facts;
    return { ...line, facts: { ...line.facts, number: policy ?? number, quote_number: number } };
  }

  /** @param {LineData} one @param {LineData} other @returns {LineData} */
  function joined(one, other) {
    const [a, b] = [one.facts, other.facts];
    const facts = {
      ...a,
      kind: [a.kind, b.kind].includes("other") ? /** @type {const} */ ("other") : /** @type {const} */ ("both"),
      underwriting: WEIGHTIEST.find((state) => state === a.underwriting || state === b.underwriting) ?? "unknown",
      start: pick(Math.min, a.start, b.start),
      premium: a.premium === null || b.premium === null ? null : a.premium + b.premium,
      raw_status: tidy([...new Set([...a.raw_status.split("、"), b.raw_status])].join("、")),
    };
    const coverages = [...one.coverages, ...other.coverages].slice(0, MOST_COVERAGES);
    return { ...one, facts, end: pick(Math.max, one.end, other.end), coverages };
  }

  /** @param {(one: number, other: number) => number} choose @param {number | null} one @param {number | null} other */
  function pick(choose, one, other) {
    if (one === null || other === null) return one ?? other;
    return choose(one, other);
  }

  /** @param {EngineProfile} profile @param {EngineProfileLines} rule @param {Source} place @param {Record<string, Value>} shared */
  function lineOf(profile, rule, place, shared) {
    if (rule.unreadable) return null;
    const values = { ...shared, ...readAll(place, rule.values ?? {}, profile) };
    const facts = factsOf(values);
    return facts && dataOf(facts, values, coveragesOf(profile, rule, place));
  }

  /** @param {Record<string, Value>} values @returns {import("../../shared/messages.js").LineFacts | null} */
  function factsOf(values) {
    const quotation = text(values.quote_number);
    const number = text(values.number) ?? quotation;
    if (number === null) return null;
    return {
      number,
      quote_number: number === quotation ? null : quotation,
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
