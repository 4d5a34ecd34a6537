import { fault } from "../shared/check.js";
import { VERSION } from "../shared/messages.js";
import { askByWalk, nothing } from "./asking.js";
import { tell } from "./tell.js";

/**
 * @import { Job, JobResult } from "../shared/messages.js"
 * @import { Outcome } from "./asking.js"
 * @import { Frames } from "./frames.js"
 * @import { Portals } from "./portals.js"
 * @import { Sessions } from "./sessions.js"
 * @import { Walks } from "./walks.js"
 */

/** Lines that one answer may tell of: two of each of 8 numbers. */
const MOST_LINES = 16;

/** Portal queries, each made with the session it needs: by a request in one of its tabs, or by a walk. */
export class Jobs {
  /** Jobs under way. @type {Set<string>} */
  #running = new Set();
  /** Queries of portals that only a walk could make the last time. @type {Set<string>} */
  #walked = new Set();

  /** @param {{frames: Frames, sessions: Sessions, portals: Portals, walks: Walks}} parts */
  constructor({ frames, sessions, portals, walks }) {
    this.frames = frames;
    this.sessions = sessions;
    this.portals = portals;
    this.walks = walks;
  }

  /** Do a job; null when the same one is being done already. @param {Job} job @returns {Promise<JobResult | null>} */
  async run(job) {
    if (this.#running.has(job.id)) return null;
    this.#running.add(job.id);
    const begun = Date.now();
    try {
      const outcome = whole(await within(job.budget, this.#ask(job, begun + job.budget)));
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
   * @param {Pick<Job, "origin" | "login" | "tab">} job
   */
  async tabs({ origin, login, tab }) {
    const session = await this.sessions.at(origin);
    if (!session || (login !== null && session.login !== login)) return [];
    const open = await this.frames.tabs(origin);
    const ordered = [...(tab === null ? [] : [tab]), ...[...session.tabs].reverse(), ...open];
    return [...new Set(ordered)].filter((one) => open.includes(one));
  }

  /** @param {Job} job @param {number} deadline @returns {Promise<Outcome>} */
  async #ask(job, deadline) {
    if ((await this.portals.off(job.carrier)) !== null) return nothing("failed", "profile_off");
    /** @type {EngineProfileQuery | undefined} */
    const query = (await this.portals.profile(job.carrier))?.queries[job.query];
    if (!query) return nothing("failed", "no_profile");
    const key = `${job.origin} ${job.query}`;
    const asked = query.request && !this.#walked.has(key) ? await this.#request(job) : null;
    if (!query.walk || (asked && asked.outcome !== "failed")) return asked ?? nothing("failed", "no_request");
    const walked = await this.#walk(job, query.walk, deadline);
    if (asked && walked.outcome === "answered") this.#walked.add(key);
    if (walked.outcome === "failed") this.#walked.delete(key);
    return walked;
  }

  /** @param {Job} job @returns {Promise<Outcome>} */
  async #request(job) {
    let busy = false;
    for (const tab of await this.tabs(job)) {
      // Asked first: a tab that shows a dialog would let the whole budget pass, and others hold the same session.
      const doc = await tell(tab, 0, { what: "there" });
      busy ||= doc === undefined;
      /** @type {Outcome | null} */
      const outcome = doc ? await tell(tab, 0, { what: "job", job }) : null;
      if (outcome === null) continue;
      await this.#learn(job, tab, outcome);
      return outcome;
    }
    return busy ? nothing("failed", "page_busy") : nothing("no_session", null);
  }

  /** @param {Job} job @param {EngineWalk} walk @param {number} deadline @returns {Promise<Outcome>} */
  async #walk(job, walk, deadline) {
    const [from] = await this.tabs(job);
    if (from === undefined) return nothing("no_session", null);
    const outcome = await askByWalk(this, job, walk, from, deadline);
    await this.#learn(job, from, outcome);
    return outcome;
  }

  /** What an answer tells about the session itself. @param {Job} job @param {number} tab @param {Outcome} outcome */
  async #learn({ carrier, origin }, tab, { outcome, whoami }) {
    if (outcome === "logged_out") await this.sessions.ended(origin, tab);
    else if (whoami !== null && whoami !== (await this.sessions.at(origin))?.login) {
      await this.sessions.seen({ carrier, origin }, tab, whoami);
    }
  }
}

/** An answer with more lines than can be told is none: what is left out would count as not there. @param {Outcome} outcome */
function whole(outcome) {
  const most = Math.max(outcome.lines.length, outcome.data.length);
  return most > MOST_LINES ? nothing("failed", "too_many_lines") : outcome;
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
