/** Whether an address of an account is one, and one that a match pattern can name. @param {string} origin */
export function isPortal(origin) {
  return /^(\[[0-9a-f:.]+\]|[\w.-]+)$/u.test(URL.parse(origin)?.hostname ?? "");
}

/**
 * The match pattern of a portal. Patterns know no ports, so ours compare the origin once more.
 * @param {string} origin
 */
export function pattern(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
