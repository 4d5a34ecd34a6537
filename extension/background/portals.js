import { api, language } from "../shared/api.js";

/**
 * @import { Account } from "../shared/messages.js"
 * @typedef {{carrier: string, origin: string}} Portal
 * @typedef {{profile: any, hash: string}} Loaded
 */

const KEY = "portals";

/** The portals of this desk's accounts, and the carriers' profiles. Survives the browser: ids only. */
export class Portals {
  /** @type {Map<string, Promise<Loaded | null>>} */
  #profiles = new Map();

  /** @returns {Promise<Portal[]>} */
  async all() {
    return /** @type {Portal[]} */ ((await api.storage.local.get(KEY))[KEY] ?? []);
  }

  /** The portal at an origin, if one of our accounts is there. @param {string | undefined} origin */
  async at(origin) {
    return (await this.all()).find((portal) => portal.origin === origin) ?? null;
  }

  /** Take over the accounts the daemon names. @param {Account[]} accounts */
  async set(accounts) {
    const origins = new Map(accounts.map(({ carrier, origin }) => [origin, { carrier, origin }]));
    await api.storage.local.set({ [KEY]: [...origins.values()] });
  }

  /** A carrier's profile, or null where this extension has none. @param {string} carrier */
  async profile(carrier) {
    let loading = this.#profiles.get(carrier);
    if (!loading) this.#profiles.set(carrier, (loading = load(carrier)));
    return (await loading)?.profile ?? null;
  }

  /** A carrier's name in the user's language. @param {string} carrier @returns {Promise<string>} */
  async name(carrier) {
    const names = (await this.profile(carrier))?.names ?? {};
    return names[language().startsWith("zh") ? "zh_CN" : "en"] ?? carrier;
  }

  /** Carrier -> hash of its profile, of the portals in use. */
  async hashes() {
    /** @type {Record<string, string>} */
    const hashes = {};
    for (const { carrier } of await this.all()) {
      await this.profile(carrier);
      const loaded = await this.#profiles.get(carrier);
      if (loaded) hashes[carrier] = loaded.hash;
    }
    return hashes;
  }
}

/** @param {string} carrier @returns {Promise<Loaded | null>} */
async function load(carrier) {
  let response;
  try {
    response = await fetch(api.runtime.getURL(`carriers/${carrier}/profile.json`));
  } catch {
    return null; // no such folder: an account of a carrier this version does not know
  }
  if (!response.ok) return null;
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { profile: JSON.parse(new TextDecoder().decode(bytes)), hash };
}
