/** A new random UUID. @returns {string} */
export function newId() {
  return crypto.randomUUID();
}
