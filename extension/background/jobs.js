import { api } from "../shared/api.js";
import { fault } from "../shared/check.js";
import { VERSION } from "../shared/messages.js";

/**
 * @import { Job, JobResult } from "../shared/messages.js"
 * @import { Frames } from "./frames.js"
 * @import { Sessions } from "./sessions.js"
 * @typedef {Pick<JobResult, "outcome" | "whoami" | "lines" | "data" | "error">} Outcome
 */

/** @param {Outcome["outcome"]} outcome @param {string | null} error @returns {Outcome} */
function nothing(outcome, error) {
  return { outcome, whoami: null, lines: [], data: [], error };
}

/** Portal queries, each made in a tab that holds the session it needs. */
export class Jobs {
  /** Jobs under way. @type {Set<string>} */
  #running = new Set();

  /** @param {Frames} frames @param {Sessions} sessions */
  constructor(frames, sessions) {
    this.frames = frames;
    this.sessions = sessions;
  }

  /** Do a job; null when the same one is being done already. @param {Job} job @returns {Promise<JobResult | null>} */
  async run(job) {
    if (this.#running.has(job.id)) return null;
    this.#running.add(job.id);
    const begun = Date.now();
    try {
      const outcome = await within(job.budget, this.#ask(job));
      const result = { v: VERSION, type: "job_result", re: job.id, ...outcome, took: Date.now() - begun };
      const bad = fault(result, "up");
      if (!bad) return /** @type {JobResult} */ (result);
      const failed = nothing("failed", `bad_field ${bad.where}`);
      return { v: VERSION, type: "job_result", re: job.id, ...failed, took: result.took };
    } finally {
      this.#running.delete(job.id);
    }
  }

  /**
   * The tabs to try: the preferred one, the one used last, and whatever else is open at the portal, because
   * all of them hold the same session.
   * @param {Job} job
   */
  async #tabs({ origin, login, tab }) {
    const session = await this.sessions.at(origin);
    if (!session || (login !== null && session.login !== login)) return [];
    const open = await this.frames.tabs(origin);
    const ordered = [...(tab === null ? [] : [tab]), ...[...session.tabs].reverse(), ...open];
    return [...new Set(ordered)].filter((one) => open.includes(one));
  }

  /** @param {Job} job @returns {Promise<Outcome>} */
  async #ask(job) {
    for (const tab of await this.#tabs(job)) {
      const outcome = await inTab(tab, job);
      if (outcome === null) continue;
      await this.#learn(job, tab, outcome);
      return outcome;
    }
    return nothing("no_session", null);
  }

  /** What an answer tells about the session itself. @param {Job} job @param {number} tab @param {Outcome} outcome */
  async #learn({ carrier, origin }, tab, { outcome, whoami }) {
    if (outcome === "logged_out") await this.sessions.ended(origin, tab);
    else if (whoami !== null && whoami !== (await this.sessions.at(origin))?.login) {
      await this.sessions.seen({ carrier, origin }, tab, whoami);
    }
  }
}

/** The answer of the page script in a tab, or null when none is there (any more). @param {number} tab @param {Job} job @returns {Promise<Outcome | null>} */
async function inTab(tab, job) {
  try {
    return (await api.tabs.sendMessage(tab, { what: "job", job }, { frameId: 0 })) ?? null;
  } catch {
    return null; // the tab closed, sleeps, or shows another page
  }
}

/** @param {number} budget milliseconds @param {Promise<Outcome>} work */
function within(budget, work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((/** @type {(outcome: Outcome) => void} */ resolve) => {
    timer = setTimeout(() => resolve(nothing("failed", "timeout")), budget);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
