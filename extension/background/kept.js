import { api } from "../shared/api.js";

/**
 * A value that survives the background's death, though not the browser's. Changes happen one after the
 * other, in the order they were asked for, so that two events never overwrite each other's work.
 * @template T
 */
export class Kept {
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  /** @type {T | undefined} */
  #value;

  /** @param {string} key @param {T} empty what stands there before the first change */
  constructor(key, empty) {
    this.key = key;
    this.empty = empty;
  }

  /** The value as the last change left it; not to be written to. @returns {Promise<T>} */
  read() {
    return this.#queue(() => this.#load());
  }

  /**
   * Change the value in place.
   * @template R
   * @param {(value: T) => R} work
   * @returns {Promise<R>} what `work` returned, after the change is kept
   */
  change(work) {
    return this.#queue(async () => {
      const value = await this.#load();
      const result = work(value);
      await api.storage.session.set({ [this.key]: value });
      return result;
    });
  }

  async #load() {
    if (this.#value === undefined) {
      const stored = await api.storage.session.get(this.key);
      this.#value = /** @type {T} */ (stored[this.key] ?? structuredClone(this.empty));
    }
    return this.#value;
  }

  /** @template R @param {() => Promise<R>} work @returns {Promise<R>} */
  #queue(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
