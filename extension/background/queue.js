/**
 * @import { Durable } from "../shared/messages.js"
 * @typedef {{seq?: number, message: Durable, code: number | null}} Row  `code`: why it was refused for good
 */

const STORE = "queue";
const DAYS_KEPT = 3;

/**
 * The durable queue: what the daemon has not acknowledged yet (reliability: strict commits). It holds ids
 * and numbers only; what names a person never comes here.
 */
export class Queue {
  /** @type {Promise<IDBDatabase> | null} */
  #opened = null;

  /** @param {string} [name] of the database */
  constructor(name = "chudan") {
    this.name = name;
  }

  /** Keep a message; resolves once it is on disk. The same id again changes nothing. @param {Durable} message */
  async put(message) {
    await this.#write((rows) => {
      const known = rows.index("id").getKey(message.id);
      known.onsuccess = () => {
        if (known.result === undefined) rows.add({ message, code: null });
      };
    });
  }

  /** What waits to be acknowledged, oldest first. @returns {Promise<Durable[]>} */
  async waiting() {
    return (await this.#rows()).filter((row) => row.code === null).map((row) => row.message);
  }

  /** How much waits, and what was refused for good. */
  async counts() {
    const rows = await this.#rows();
    const refused = rows.filter((row) => row.code !== null);
    return { waiting: rows.length - refused.length, refused: refused.map((row) => Number(row.code)) };
  }

  /** Forget acknowledged messages. @param {string[]} ids */
  async drop(ids) {
    await this.#write((rows) => {
      for (const id of ids) {
        const found = rows.index("id").getKey(id);
        found.onsuccess = () => {
          if (found.result !== undefined) rows.delete(found.result);
        };
      }
    });
  }

  /** Set a message aside that will never be taken; the clerk sees it. @param {string} id @param {number} code */
  async refuse(id, code) {
    await this.#write((rows) => {
      const found = rows.index("id").getKey(id);
      found.onsuccess = () => {
        if (found.result === undefined) return;
        const row = rows.get(found.result);
        row.onsuccess = () => rows.put({ ...row.result, code });
      };
    });
  }

  /** Forget refused messages after three days. @param {number} now milliseconds */
  async tidy(now) {
    const old = (await this.#rows()).filter(
      (row) => row.code !== null && row.message.at < now - DAYS_KEPT * 86_400_000,
    );
    if (old.length > 0) await this.drop(old.map((row) => row.message.id));
  }

  /** @returns {Promise<Row[]>} */
  async #rows() {
    const database = await this.#database();
    return new Promise((resolve, reject) => {
      const all = database.transaction(STORE).objectStore(STORE).getAll();
      all.onsuccess = () => resolve(all.result);
      all.onerror = () => reject(all.error);
    });
  }

  /** @param {(rows: IDBObjectStore) => void} work @returns {Promise<void>} */
  async #write(work) {
    const database = await this.#database();
    return new Promise((resolve, reject) => {
      const change = database.transaction(STORE, "readwrite", { durability: "strict" });
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error);
      work(change.objectStore(STORE));
    });
  }

  #database() {
    this.#opened ??= open(this.name, () => {
      this.#opened = null;
    });
    return this.#opened;
  }
}

/**
 * @param {string} name
 * @param {() => void} lost called when the database has to be opened anew
 * @returns {Promise<IDBDatabase>}
 */
function open(name, lost) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const rows = request.result.createObjectStore(STORE, { keyPath: "seq", autoIncrement: true });
      rows.createIndex("id", "message.id", { unique: true });
    };
    request.onerror = () => {
      lost();
      reject(request.error);
    };
    request.onsuccess = () => {
      request.result.onclose = lost;
      resolve(request.result);
    };
  });
}
