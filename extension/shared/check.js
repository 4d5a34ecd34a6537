import { ErrorCode, VERSION } from "./messages.js";
import { DEFS, DOWNWARD, UPWARD } from "./schema.js";

/** @typedef {{code: number, where: string}} Fault */

/**
 * What is wrong with a message, or null. The same judgement as companion/protocol passes.
 * @param {unknown} message
 * @param {"up" | "down"} way
 * @returns {Fault | null}
 */
export function fault(message, way) {
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    return { code: ErrorCode.NOT_AN_OBJECT, where: "" };
  }
  const { v, type } = /** @type {Record<string, unknown>} */ (message);
  if (v !== VERSION) return { code: ErrorCode.WRONG_VERSION, where: "v" };
  const types = way === "up" ? UPWARD : DOWNWARD;
  if (typeof type !== "string" || !Object.hasOwn(types, type)) {
    return { code: ErrorCode.UNKNOWN_MESSAGE, where: "type" };
  }
  const where = wrong(message, DEFS[types[type]], "");
  return where === null ? null : { code: ErrorCode.BAD_FIELD, where };
}

/**
 * The path of the first part that does not fit a schema, or null. Never a name the sender made up.
 * @param {any} value
 * @param {any} schema
 * @param {string} at
 * @returns {string | null}
 */
function wrong(value, schema, at) {
  if (schema.$ref) return wrong(value, DEFS[schema.$ref.split("/").pop()], at);
  if (schema.anyOf) {
    const misses = schema.anyOf.map((/** @type {any} */ part) => wrong(value, part, at));
    return misses.includes(null) ? null : misses[0];
  }
  if ("const" in schema && value !== schema.const) return at || "value";
  if (schema.enum && !schema.enum.includes(value)) return at || "value";
  return (KINDS[schema.type] ?? (() => at))(value, schema, at);
}

/** @type {Record<string, (value: any, schema: any, at: string) => string | null>} */
const KINDS = {
  null: (value, _schema, at) => (value === null ? null : at),
  boolean: (value, _schema, at) => (typeof value === "boolean" ? null : at),
  integer: (value, schema, at) =>
    Number.isInteger(value) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity)
      ? null
      : at,
  string: (value, schema, at) => (textFits(value, schema) ? null : at),
  array: (value, schema, at) => {
    if (!Array.isArray(value)) return at;
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) return at;
    return first(value.map((item, index) => wrong(item, schema.items, `${at}.${index}`)));
  },
  object: (value, schema, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return at || "value";
    return schema.properties ? record(value, schema, at) : map(value, schema, at);
  },
};

/** @param {any} value @param {any} schema */
function textFits(value, schema) {
  if (typeof value !== "string" || !value.isWellFormed()) return false;
  const length = [...value].length;
  if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Infinity)) return false;
  return !schema.pattern || new RegExp(schema.pattern, "u").test(value);
}

/** @param {any} value @param {any} schema @param {string} at */
function record(value, schema, at) {
  const path = (/** @type {string} */ name) => (at ? `${at}.${name}` : name);
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) return path(name);
  for (const name of Object.keys(value)) if (!Object.hasOwn(schema.properties, name)) return path("extra");
  return first(Object.keys(value).map((name) => wrong(value[name], schema.properties[name], path(name))));
}

/** @param {any} value @param {any} schema @param {string} at */
function map(value, schema, at) {
  const { patternProperties = {}, additionalProperties: part, propertyNames: names, maxProperties = Infinity } = schema;
  const entries = Object.entries(value);
  if (entries.length > maxProperties) return at;
  for (const [name, item] of entries) {
    if (names && wrong(name, { type: "string", ...names }, at) !== null) return at;
    if (typeof part === "object" && wrong(item, part, at) !== null) return at;
    for (const [pattern, expected] of Object.entries(patternProperties)) {
      if (!new RegExp(pattern, "u").test(name) || wrong(item, expected, at) !== null) return at;
    }
  }
  return null;
}

/** @param {(string | null)[]} found */
function first(found) {
  return found.find((where) => where !== null) ?? null;
}
