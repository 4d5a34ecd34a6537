import { ErrorCode } from "../shared/messages.js";
import { Refused, trouble } from "./link.js";

/**
 * @import { Durable, Refusal } from "../shared/messages.js"
 * @import { Link } from "./link.js"
 * @import { Queue } from "./queue.js"
 */

/** Sent and not acknowledged for so long (ms): send again. The daemon knows what it already has. */
const UNANSWERED = 30_000;
const RETRY = 5_000;

/** The durable road up: queue first, then the wire, and forgotten only when acknowledged. */
export class Road {
  /** id -> when it was sent. @type {Map<string, number>} */
  #sent = new Map();
  /** @type {Promise<void>} */
  #flushing = Promise.resolve();
  /** Whether the queue could not be read the last time: told once, until it can be read again. */
  #unreadable = false;

  /** @param {Queue} queue @param {Link} link @param {(code: number) => void} refusedForGood */
  constructor(queue, link, refusedForGood) {
    this.queue = queue;
    this.link = link;
    this.refusedForGood = refusedForGood;
  }

  /** Take a message over: resolves once it is on disk. @param {Durable} message */
  async send(message) {
    await this.queue.put(message);
    this.flush();
  }

  /**
   * Send a message that must not be written here because it names a person. `kept` once the daemon has it; else it
   * stays with the sender, who still has it before their eyes: `refused` for good, or not now (`why`), by number.
   * @param {Durable} message @returns {Promise<{kept: boolean, refused?: number, why?: number}>}
   */
  async express(message) {
    try {
      await this.link.ask(message);
      return { kept: true };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { kept: false, [error.retry ? "why" : "refused"]: error.code };
    }
  }

  /** Send what waits and is not on its way, oldest first. Never rejects: the next flush tries again. */
  flush() {
    this.#flushing = this.#flushing.then(() => this.#flush()).catch((error) => this.#failed(error));
    return this.#flushing;
  }

  /** @param {unknown} error of the browser's own database */
  #failed(error) {
    const name = error instanceof Error ? error.name : typeof error;
    if (!this.#unreadable) this.link.post(trouble(ErrorCode.STORE_UNAVAILABLE, `queue of the browser: ${name}`));
    this.#unreadable = true;
  }

  async #flush() {
    if (this.link.state !== "up") return;
    const now = Date.now();
    const waiting = await this.queue.waiting();
    this.#unreadable = false;
    for (const message of waiting) {
      if (now - (this.#sent.get(message.id) ?? 0) < UNANSWERED) continue;
      if (!this.link.post(message)) return;
      this.#sent.set(message.id, now);
    }
  }

  /** The daemon has these on disk. Never rejects: what could not be dropped is sent, and acknowledged, once more. @param {string[]} ids */
  async acknowledged(ids) {
    try {
      await this.queue.drop(ids);
    } catch (error) {
      this.#failed(error);
    }
    for (const id of ids) this.#sent.delete(id);
  }

  /** The daemon would not take one. @param {Refusal} refusal */
  async refused({ re, code, retry }) {
    if (re === null || !this.#sent.has(re)) return;
    if (retry) {
      setTimeout(() => {
        this.#sent.delete(re);
        this.flush();
      }, RETRY);
      return;
    }
    try {
      await this.queue.refuse(re, code);
    } catch (error) {
      this.#failed(error);
    }
    this.#sent.delete(re);
    this.refusedForGood(code);
  }

  /** The connection is gone, and with it whatever was on the wire. */
  lost() {
    this.#sent.clear();
  }
}
