import { api } from "../shared/api.js";
import { Kept } from "./kept.js";

/**
 * @import { Account } from "../shared/messages.js"
 * @typedef {"home" | "entry" | "finder"} Goal
 * @typedef {object} Task  what is to be done in a tab; ids and numbers only
 * @property {string} visit
 * @property {Goal} goal
 * @property {Account} account
 * @property {string | null} number  of a finder
 * @property {string[]} rest  numbers whose own tabs open once somebody is logged in
 * @property {"leave" | "logout" | "login" | "go" | "form" | "done"} stage
 * @property {string | null} left  the document that was told to go
 * @property {string | null} given  the document that was told what to fill in
 * @property {boolean} through  whether somebody had to log in
 * @property {boolean} formless  whether its top page shows no log-in form
 * @property {boolean} switched  whether the session of another account was ended for this
 * @property {number} secrets  passwords asked for
 * @typedef {{account: string, at: number}} Own  a tab opened here for an account, and when it was used last
 * @typedef {object} Held
 * @property {Record<string, Task>} tasks  by tab
 * @property {Record<string, Own>} own  by tab
 * @property {Record<string, string>} tickets  tab -> visit of 去报价, windows it opened included
 * @property {Record<string, number>} parents  a window -> the tab that opened it
 * @property {Record<string, string>} closed  tickets of tabs that were closed lately
 */

/** Closed tabs whose ticket is remembered. */
const MOST_CLOSED = 20;

/** Which tabs were opened here, for whom, and what is to be done in them. Survives the background's death. */
export class Hands {
  #held = new Kept("hands", /** @type {Held} */ ({ tasks: {}, own: {}, tickets: {}, parents: {}, closed: {} }));

  /** The tasks by tab. */
  async tasks() {
    return Object.entries((await this.#held.read()).tasks).map(([tab, task]) => ({ tab: Number(tab), task }));
  }

  /** The task of a tab, or of the tab that opened it. @param {number} at @returns {Promise<{tab: number, task: Task} | null>} */
  async at(at) {
    const { tasks, parents } = await this.#held.read();
    const tab = tasks[at] ? at : parents[at];
    return tasks[tab] ? { tab, task: tasks[tab] } : null;
  }

  /** The ticket of a tab. A window that saves and closes itself is gone before its save is heard. @param {number} tab @returns {Promise<string | null>} */
  async ticketOf(tab) {
    const { tickets, closed } = await this.#held.read();
    return tickets[tab] ?? closed[tab] ?? null;
  }

  /** A tab or window was opened out of another: what happens in it belongs to the same ticket. @param {number} tab @param {number} opener */
  opened(tab, opener) {
    return this.#held.change((held) => {
      const first = held.parents[opener] ?? opener;
      if (!held.own[first]) return;
      held.parents[tab] = first;
      if (held.tickets[first]) held.tickets[tab] = held.tickets[first];
    });
  }

  /** A tab is in use. @param {number} tab */
  touched(tab) {
    return this.#held.change((held) => {
      if (held.own[tab]) held.own[tab].at = Date.now();
    });
  }

  /** A tab was closed. @param {number} tab @returns {Promise<string[]>} visits that have no tab left */
  closed(tab) {
    return this.#held.change((held) => {
      const visits = new Set([held.tasks[tab]?.visit, held.tickets[tab]]);
      if (held.tickets[tab]) held.closed[tab] = held.tickets[tab];
      for (const old of Object.keys(held.closed).slice(0, -MOST_CLOSED)) delete held.closed[old];
      for (const part of [held.tasks, held.own, held.tickets, held.parents]) delete part[tab];
      const left = new Set([...Object.values(held.tasks).map(({ visit }) => visit), ...Object.values(held.tickets)]);
      return /** @type {string[]} */ ([...visits].filter((visit) => visit !== undefined && !left.has(visit)));
    });
  }

  /**
   * A tab of ours in which a task can be done: one that shows its number already, else the one of its account that
   * was used last (I-1.6, I-1.7).
   * @param {Pick<Task, "account" | "number">} task @returns {Promise<number | null>}
   */
  async reusable({ account, number }) {
    const { own, tasks } = await this.#held.read();
    const shows = (/** @type {string} */ tab) => Number(number !== null && tasks[tab]?.number === number);
    const mine = Object.entries(own).filter(([, { account: id }]) => id === account.id);
    mine.sort(([one, { at }], [other, { at: later }]) => shows(other) - shows(one) || later - at);
    for (const [tab] of mine) if (await api.tabs.get(Number(tab)).catch(() => null)) return Number(tab);
    return null;
  }

  /** This tab does this task now. @param {number} tab @param {Task} task @returns {Promise<string | null>} the visit it was on before */
  take(tab, task) {
    return this.#held.change((held) => {
      const before = held.tickets[tab] ?? held.tasks[tab]?.visit ?? null;
      held.tasks[tab] = task;
      held.own[tab] = { account: task.account.id, at: Date.now() };
      if (task.goal === "entry") held.tickets[tab] = task.visit;
      else delete held.tickets[tab];
      return before === task.visit ? null : before;
    });
  }

  /** @param {number} tab @param {Partial<Task>} news */
  set(tab, news) {
    return this.#held.change((held) => {
      if (held.tasks[tab]) Object.assign(held.tasks[tab], news);
    });
  }

  /** Forget what a tab was to do, and the ticket it had. @param {number} tab */
  drop(tab) {
    return this.#held.change((held) => {
      const over = held.tasks[tab]?.visit;
      delete held.tasks[tab];
      for (const tickets of [held.tickets, held.closed]) {
        for (const [one, visit] of Object.entries(tickets)) if (visit === over) delete tickets[one];
      }
    });
  }
}
