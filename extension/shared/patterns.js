/**
 * The match pattern of a portal. Patterns know no ports, so ours compare the origin once more.
 * @param {string} origin
 */
export function pattern(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
