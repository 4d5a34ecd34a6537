import { fault } from "../shared/check.js";
import { newId } from "../shared/ids.js";
import { ErrorCode, VERSION } from "../shared/messages.js";

/**
 * @import { Downward, Refusal, Upward, Welcome } from "../shared/messages.js"
 * @typedef {"connecting" | "up" | "host_missing" | "host_forbidden" | "host_broken" | "daemon_down"
 *   | "wrong_version" | "caller_refused" | "lost"} LinkState
 * @typedef {object} Wiring
 * @property {() => chrome.runtime.Port} connect
 * @property {() => Promise<Upward & {id: string}>} hello
 * @property {(message: Downward) => void} received
 * @property {(welcome: Welcome) => void} welcomed
 * @property {(state: LinkState) => void} changed
 * @property {() => string | undefined} lastError
 */

/** Milliseconds before the n-th try; the alarm brings a try every half minute in any case. */
const WAITS = [250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000];
const PATIENCE = 10_000;
/** @type {Record<number, LinkState>} */
const REASONS = {
  [ErrorCode.DAEMON_DOWN]: "daemon_down",
  [ErrorCode.WRONG_VERSION]: "wrong_version",
  [ErrorCode.CALLER_REFUSED]: "caller_refused",
  [ErrorCode.PEER_REFUSED]: "caller_refused",
};

/** The refusal of a request, or that the link went down before its answer. */
export class Refused extends Error {
  /** @param {number} code @param {string} text @param {boolean} [retry] whether it may be taken later */
  constructor(code, text, retry = true) {
    super(`${code} ${text}`);
    this.code = code;
    this.retry = retry;
  }
}

/** The one connection to the daemon: greeting, requests with their answers, and coming back after a loss. */
export class Link {
  /** @type {LinkState} */
  state = "lost";
  /** Counts the connections: what was begun on one must not go on unasked on the next. */
  line = 0;
  /** @type {chrome.runtime.Port | null} */
  #port = null;
  /** @type {Map<string, {resolve: (message: any) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  #tries = 0;
  /** Hosts in a row that went without a word. */
  #mute = 0;
  /** @type {LinkState | null} */
  #reason = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
  }

  /** Connect unless connected. Safe to call at any time, from alarms and at every start. */
  start() {
    if (this.#port) return;
    clearTimeout(this.#timer);
    this.#reason = null;
    this.#mute += 1;
    const port = this.wiring.connect();
    this.#port = port;
    this.line += 1;
    this.#set(this.#tries === 0 ? "connecting" : this.state);
    port.onMessage.addListener((message) => {
      if (port === this.#port) this.#receive(message);
    });
    port.onDisconnect.addListener(() => this.#lost(port));
    this.#greet(port);
  }

  /** Forget the waiting time and try at once: the clerk pressed 重新连接. */
  retry() {
    this.#tries = 0;
    this.start();
  }

  /** Send a message now. False when nobody is there to take it. @param {Upward} message */
  post(message) {
    if (this.state !== "up" || !this.#port) return false;
    try {
      this.#port.postMessage(message);
      return true;
    } catch {
      return false; // gone already; onDisconnect is on its way
    }
  }

  /**
   * Send a message and wait for what answers it. Raises Refused.
   * @param {Upward & {id: string}} message
   * @param {number} [patience] milliseconds
   * @returns {Promise<any>}
   */
  ask(message, patience = PATIENCE) {
    return this.#askOf(message.id, message, patience);
  }

  /**
   * The same for a message that goes on with another one, which its answer names, too.
   * @param {Upward & {re: string}} message
   * @param {number} patience milliseconds
   * @returns {Promise<any>}
   */
  goOn(message, patience) {
    return this.#askOf(message.re, message, patience);
  }

  /** @param {string} id @param {Upward} message @param {number} patience */
  #askOf(id, message, patience) {
    const answer = this.#expect(id, patience);
    if (!this.post(message)) this.#settle(id, new Refused(ErrorCode.DAEMON_DOWN, "not connected"));
    return answer;
  }

  /** @param {chrome.runtime.Port} port */
  async #greet(port) {
    const hello = await this.#hello();
    if (port !== this.#port) return;
    if (!hello) return this.#giveUp(port);
    const answer = this.#expect(hello.id, PATIENCE);
    port.postMessage(hello);
    try {
      const welcome = await answer;
      this.#tries = 0;
      this.#set("up");
      this.wiring.welcomed(welcome);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#giveUp(port);
    }
  }

  /** Our greeting, or null when the browser's own store could not tell who we are. */
  async #hello() {
    try {
      return await this.wiring.hello();
    } catch (error) {
      console.error("no hello", error);
      this.#mute = 0; // it is not the host that was silent
      return null;
    }
  }

  /** Leave a host that got no further, and try again later. @param {chrome.runtime.Port} port */
  #giveUp(port) {
    if (port !== this.#port) return;
    port.disconnect();
    this.#lost(port);
  }

  /** @param {any} message */
  #receive(message) {
    this.#mute = 0;
    const bad = fault(message, "down");
    if (bad) {
      this.post(trouble(bad.code, `from the daemon: ${bad.where}`));
      return;
    }
    if (message.type === "refusal") this.#reason = REASONS[message.code] ?? this.#reason;
    if (message.type === "ack") {
      for (const id of message.re) this.#settle(id, message);
    } else if (message.re && this.#settle(message.re, answerOf(message))) return;
    this.wiring.received(message);
  }

  /** @param {chrome.runtime.Port} port */
  #lost(port) {
    const error = /** @type {any} */ (port).error?.message ?? this.wiring.lastError() ?? "";
    if (port !== this.#port) return;
    this.#port = null;
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id, new Refused(ErrorCode.DAEMON_DOWN, "connection lost"));
    }
    this.#set(this.#reason ?? reasonOf(error, this.#mute));
    const wait = WAITS[Math.min(this.#tries++, WAITS.length - 1)];
    this.#timer = setTimeout(() => this.start(), wait * (0.75 + Math.random() / 2));
  }

  /** @param {string} id @param {number} patience */
  #expect(id, patience) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id, new Refused(ErrorCode.DAEMON_DOWN, "no answer in time")),
        patience,
      );
      const done = () => clearTimeout(timer);
      this.#pending.set(id, {
        resolve: (message) => (done(), resolve(message)),
        reject: (error) => (done(), reject(error)),
      });
    });
  }

  /** @param {string} id @param {any} outcome @returns {boolean} whether somebody waited for it */
  #settle(id, outcome) {
    const waiting = this.#pending.get(id);
    if (!waiting) return false;
    this.#pending.delete(id);
    if (outcome instanceof Error) waiting.reject(outcome);
    else waiting.resolve(outcome);
    return true;
  }

  /** @param {LinkState} state */
  #set(state) {
    if (state === this.state) return;
    this.state = state;
    this.wiring.changed(state);
  }
}

/** @param {number} code @param {string} detail in our own words @returns {Upward} */
export function trouble(code, detail) {
  return { v: VERSION, type: "trouble", at: Date.now(), code, detail: detail.slice(0, 500) };
}

/** A fresh id and the version, which every request begins with. */
export function envelope() {
  return { v: /** @type {1} */ (VERSION), id: newId() };
}

/** @param {any} message */
function answerOf(message) {
  return message.type === "refusal" ? refusedBy(message) : message;
}

/** @param {Refusal} message */
function refusedBy(message) {
  return new Refused(message.code, message.message, message.retry);
}

/** @param {string} error the browser's words @param {number} mute @returns {LinkState} */
function reasonOf(error, mute) {
  if (/not found|no such native application/i.test(error)) return "host_missing";
  if (/forbidden|disallowed/i.test(error)) return "host_forbidden";
  return mute > 1 ? "host_broken" : "lost"; // one alone may have been killed while it started
}
