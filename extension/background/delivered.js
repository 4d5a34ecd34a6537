import { api } from "../shared/api.js";

/**
 * @import { ProfileOff, ProfileText, Profiles } from "../shared/messages.js"
 * @typedef {{profile: any, hash: string}} Loaded
 * @typedef {Pick<Profiles, "profiles" | "off">} Told
 */

const KEY = "profiles";
/** What a delivered profile may never change: where a carrier's pages stand, and where a password goes. */
const FIXED = ["$schema", "carrier", "default_origin", "further_hosts", "login"];
/** Names under which a profile holds patterns, wherever they stand in it. */
const PATTERNS = new Set(["find", "matches", "text", "numbers", "silent", "card", "frame"]);

/** SHA-256 in hexadecimal. @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes */
export async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Profiles newer than those the extension brought along, and those switched off, as the daemon last told. They
 * survive the browser, so that a page that loads before the daemon has spoken is read as it was yesterday.
 */
export class Delivered {
  /** @type {Promise<Told> | null} */
  #told = null;
  /** Carrier -> its delivered profile, once looked at. @type {Map<string, Promise<Loaded | null>>} */
  #good = new Map();

  /** Take over what the daemon tells; it replaces what was told before. @param {Told} told */
  async set({ profiles, off }) {
    this.#told = Promise.resolve({ profiles, off });
    this.#good.clear();
    await api.storage.local.set({ [KEY]: { profiles, off } });
  }

  /** @returns {Promise<Told>} */
  #read() {
    this.#told ??= api.storage.local.get(KEY).then((kept) => kept[KEY] ?? { profiles: [], off: [] });
    return /** @type {Promise<Told>} */ (this.#told);
  }

  /** Why a carrier's profile is switched off, or null. @param {string} carrier */
  async off(carrier) {
    return (await this.#read()).off.find((one) => one.carrier === carrier)?.reason ?? null;
  }

  /** @returns {Promise<ProfileOff[]>} */
  async allOff() {
    return (await this.#read()).off;
  }

  /** A carrier's delivered profile, or null. @param {string} carrier @param {Loaded} shipped @returns {Promise<Loaded | null>} */
  of(carrier, shipped) {
    let looking = this.#good.get(carrier);
    if (!looking) this.#good.set(carrier, (looking = this.#look(carrier, shipped)));
    return looking;
  }

  /** Looked at again after every start: an update of the extension may have changed what must stay. @param {string} carrier @param {Loaded} shipped @returns {Promise<Loaded | null>} */
  async #look(carrier, shipped) {
    const found = (await this.#read()).profiles.find((one) => one.carrier === carrier);
    return found && (await wrong(found, shipped)) === null ? { profile: JSON.parse(found.text), hash: found.hash } : null;
  }
}

/** Why a delivered profile is not taken, in one of our words, or null. @param {ProfileText} delivered @param {Loaded | null} shipped @returns {Promise<string | null>} */
export async function wrong({ text, hash }, shipped) {
  if (!shipped) return "unknown_carrier";
  if ((await hashOf(new TextEncoder().encode(text))) !== hash) return "hash";
  const profile = parsed(text);
  if (kindOf(profile) !== "object") return "shape";
  const fixed = FIXED.find((part) => !same(profile[part], shipped.profile[part]));
  if (fixed !== undefined) return fixed;
  // The page on which a password is filled in is part of the log-in as well.
  const page = shipped.profile.login?.page ?? "login";
  if (!same(profile.pages?.[page], shipped.profile.pages[page])) return "login";
  const odd = Object.keys(shipped.profile).some((part) => part in profile && !sameKind(profile[part], shipped.profile[part]));
  return odd || Object.keys(shipped.profile.queries).some((name) => !profile.queries?.[name]) ? "shape" : badPattern(profile);
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {unknown} one @param {unknown} other */
function same(one, other) {
  return JSON.stringify(sorted(one ?? null)) === JSON.stringify(sorted(other ?? null));
}

/** The same value with every object's names in one order. @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/** @param {unknown} value */
function kindOf(value) {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

/** @param {unknown} one @param {unknown} other */
function sameKind(one, other) {
  return kindOf(one) === kindOf(other) || one === null || other === null;
}

/** @param {any} profile */
function badPattern(profile) {
  const paths = [...Object.values(profile.pages), ...profile.hints_network].map((one) => one.path);
  const own = [profile.number, profile.base ?? ""];
  return [...own, ...paths, ...patternsIn(profile)].every(compiles) ? null : "pattern";
}

/** @param {any} value @returns {string[]} */
function patternsIn(value) {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    if (PATTERNS.has(name) && typeof part === "string") return [part];
    if (name === "cases") return part.map((/** @type {[string, unknown]} */ [pattern]) => pattern);
    return patternsIn(part);
  });
}

/** @param {unknown} pattern */
function compiles(pattern) {
  try {
    // What is asked for is put into a pattern before it is used.
    return typeof pattern === "string" && Boolean(new RegExp(pattern.replace(/\{(policy_)?number\}/gu, "0"), "u"));
  } catch {
    return false;
  }
}
