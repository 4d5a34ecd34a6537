import { api, language } from "../shared/api.js";
import { isPortal } from "../shared/patterns.js";
import { Delivered, hashOf } from "./delivered.js";
import { hostsOf } from "./hosts.js";

/**
 * @import { Account } from "../shared/messages.js"
 * @import { Host } from "./hosts.js"
 * @typedef {{carrier: string, origin: string}} Portal  `origin` is the account's own; see hosts.js for the others
 * @import { Loaded } from "./delivered.js"
 */

const KEY = "portals";

/** The portals of this desk's accounts, and the carriers' profiles. Survives the browser: ids only. */
export class Portals {
  /** @type {Map<string, Promise<Loaded | null>>} */
  #profiles = new Map();
  delivered = new Delivered();

  /** @returns {Promise<Portal[]>} */
  async all() {
    return /** @type {Portal[]} */ ((await api.storage.local.get(KEY))[KEY] ?? []);
  }

  /** The portal whose pages stand at an origin: an account's own, or a further host of it. @param {string | undefined} origin */
  async at(origin) {
    const all = await this.all();
    const own = all.find((portal) => portal.origin === origin);
    if (own) return own;
    for (const portal of all) if ((await this.hosts(portal)).some((host) => host.origin === origin)) return portal;
    return null;
  }

  /** Every origin at which a page of one of the portals may stand. */
  async origins() {
    const hosts = await Promise.all((await this.all()).map((portal) => this.hosts(portal)));
    return [...new Set(hosts.flat().map(({ origin }) => origin))];
  }

  /** Where the pages of a portal stand, the account's own origin first. @param {Portal} portal @returns {Promise<Host[]>} */
  async hosts(portal) {
    return hostsOf(portal.origin, (await this.shipped(portal.carrier))?.profile);
  }

  /**
   * The account's own origin of the portal that a tab's top page is of, or null. Not every further host may be one.
   * @param {string} origin
   */
  async home(origin) {
    const portal = await this.at(origin);
    if (!portal) return null;
    const host = (await this.hosts(portal)).find((one) => one.origin === origin);
    return host?.top ? portal.origin : null;
  }

  /** Whether an origin is a host of the portal of the account's own origin. @param {string} home @param {string} origin */
  async belongs(home, origin) {
    const portal = (await this.all()).find((one) => one.origin === home);
    return Boolean(portal && (await this.hosts(portal)).some((host) => host.origin === origin));
  }

  /**
   * Take over the accounts the daemon names. One at what is no address is left out: it would silence all others.
   * @param {Account[]} accounts @returns {Promise<string[]>} carriers of those left out
   */
  async set(accounts) {
    const good = accounts.filter(({ origin }) => isPortal(origin));
    const origins = new Map(good.map(({ carrier, origin }) => [origin, { carrier, origin }]));
    await api.storage.local.set({ [KEY]: [...origins.values()] });
    return accounts.filter((one) => !good.includes(one)).map(({ carrier }) => carrier);
  }

  /** A carrier's profile, or null where this extension has none. @param {string} carrier */
  async profile(carrier) {
    return (await this.#inUse(carrier))?.profile ?? null;
  }

  /** The hash of a carrier's profile in use. @param {string} carrier */
  async hash(carrier) {
    return (await this.#inUse(carrier))?.hash ?? null;
  }

  /** Why a carrier's profile is switched off, or null. @param {string} carrier */
  off(carrier) {
    return this.delivered.off(carrier);
  }

  /** The profile that was delivered, else the one brought along. @param {string} carrier */
  async #inUse(carrier) {
    const shipped = await this.shipped(carrier);
    return shipped && ((await this.delivered.of(carrier, shipped)) ?? shipped);
  }

  /** What this extension brought along, which alone says where a portal's pages may stand. @param {string} carrier */
  shipped(carrier) {
    let loading = this.#profiles.get(carrier);
    if (!loading) this.#profiles.set(carrier, (loading = load(carrier)));
    return loading;
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
      const hash = await this.hash(carrier);
      if (hash !== null) hashes[carrier] = hash;
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
  const hash = await hashOf(bytes);
  return { profile: JSON.parse(new TextDecoder().decode(bytes)), hash };
}
