/**
 * A portal's pages may stand on more hosts than the account's own: log-in and payment often do. The account names
 * one origin; the profile that the extension brought along says which others belong to it, always in the account's
 * own scheme, and `{host}` in them is the account's own host with its port.
 * @typedef {{origin: string, top: boolean}} Host  `top`: it may be a tab's top page, not only a frame in one
 */

/** Where the pages of a portal stand, the account's own origin first. @param {string} origin @param {any} profile @returns {Host[]} */
export function hostsOf(origin, profile) {
  const { protocol, host } = new URL(origin);
  /** @type {{host: string, top?: boolean}[]} */
  const further = profile?.further_hosts ?? [];
  const others = further.map((one) => ({
    origin: URL.parse(`${protocol}//${one.host.replace("{host}", () => host)}`)?.origin ?? "",
    top: one.top === true,
  }));
  // An account at a bare address has no such hosts: there is no `cas.10.0.0.1`.
  return [{ origin, top: true }, ...others.filter((other) => other.origin !== "")];
}
