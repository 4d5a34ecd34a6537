import { fault } from "../shared/check.js";
import { ErrorCode, VERSION } from "../shared/messages.js";
import { nothing, whose } from "./asking.js";
import { Refused } from "./link.js";
import { NoWay } from "./steps.js";
import { tell } from "./tell.js";

/**
 * @import { FileGo, FileJob, JobResult } from "../shared/messages.js"
 * @import { Outcome } from "./asking.js"
 * @import { Desk } from "./desk.js"
 * @typedef {{fetch: string, size: number | null, type: string}} Begun  what the page script says of a file
 * @typedef {{tab: number, frame: number, taken: string | null}} There
 */

/** How long (ms) the daemon may take with one piece: it lies on its disk before the next is asked for. */
const PATIENCE = 60_000;
/** How long (ms) a walk to a file's link may take; the file itself takes what it takes. */
const WALK = 45_000;

/** One file under way. */
class Run {
  /** How often the daemon asked: again after every broken link. */
  asked = 1;
  begun = Date.now();
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {FileJob} job */
  constructor(job) {
    this.job = job;
    this.deadline = this.begun + job.budget;
  }

  again() {
    this.asked += 1;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Until the daemon asks once more; false when the time is over. @param {number} turn */
  async next(turn) {
    while (this.asked === turn && Date.now() < this.deadline) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, this.deadline - Date.now());
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve(undefined);
        });
      });
    }
    return this.asked !== turn;
  }
}

/**
 * Files of portals on their way to the daemon: fetched by a page script with the session it needs, by a request or
 * from the link at the end of a walk, and sent on piece by piece, one at a time. A broken link, or the death of this
 * background, costs nothing of what the daemon has: it asks again, and the same fetch goes on.
 */
export class Files {
  /** @type {Map<string, Run>} */
  #runs = new Map();

  /** @param {Pick<Desk, "link" | "jobs" | "frames" | "portals" | "sessions" | "walks">} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** The daemon wants a file, or the rest of it. @param {FileJob} job */
  async wanted(job) {
    const known = this.#runs.get(job.id);
    if (known) return known.again();
    const run = new Run(job);
    this.#runs.set(job.id, run);
    try {
      const outcome = await this.#bring(run);
      if (outcome) this.#post(run, outcome);
    } finally {
      this.#runs.delete(job.id);
    }
  }

  /** What ends a file that cannot be had. @param {Run} run @param {Outcome} outcome */
  #post({ job, begun }, outcome) {
    const ended = { v: VERSION, type: "job_result", re: job.id, ...outcome, took: Date.now() - begun };
    const good = fault(ended, "up") ? { ...ended, ...nothing("failed", "bad_field") } : ended;
    this.desk.link.post(/** @type {JobResult} */ (good));
  }

  /** @param {Run} run @returns {Promise<Outcome | null>} null when all was sent, or nobody wants it */
  async #bring(run) {
    const { carrier, file } = run.job;
    if ((await this.desk.portals.off(carrier)) !== null) return nothing("failed", "profile_off");
    /** @type {EngineProfile["files"]} */
    const ways = (await this.desk.portals.profile(carrier))?.files;
    const { request, walk } = ways?.[file] ?? {};
    if (!request && !walk) return nothing("failed", "no_way");
    const asked = request ? await this.#byRequest(run) : nothing("failed", "no_way");
    return walk && asked?.outcome === "failed" ? this.#byWalk(run, walk) : asked;
  }

  /** @param {Run} run */
  async #byRequest(run) {
    for (const tab of await this.desk.jobs.tabs(run.job)) {
      const outcome = await this.#from(run, { tab, frame: 0, taken: null });
      if (outcome === undefined) continue; // closed, asleep, or another page by now
      if (outcome?.outcome === "logged_out") await this.desk.sessions.ended(run.job.origin, tab);
      return outcome;
    }
    return nothing("no_session", null);
  }

  /** The tab of the walk stays open until the last byte has left it. @param {Run} run @param {EngineWalk} walk */
  async #byWalk(run, walk) {
    const { origin, numbers, policy_number } = run.job;
    const [from] = await this.desk.jobs.tabs(run.job);
    if (from === undefined) return nothing("no_session", null);
    const values = { number: numbers[0], policy_number };
    const deadline = Math.min(run.deadline, Date.now() + WALK);
    try {
      return await this.desk.walks.run({ origin, walk, values, deadline, from }, async (there) => {
        if (there.taken === null) return nothing("failed", "walk_element_gone");
        return (await this.#from(run, there)) ?? nothing("failed", "walk_page_gone");
      });
    } catch (error) {
      if (!(error instanceof NoWay)) throw error;
      return error.why === "logged_out" ? nothing("logged_out", null) : nothing("failed", `walk_${error.why}`);
    }
  }

  /** A file from one page, whatever becomes of the link; undefined when the page is gone. @param {Run} run @param {There} there @returns {Promise<Outcome | null | undefined>} */
  async #from(run, there) {
    const { tab, frame, taken } = there;
    const { id, file, numbers, policy_number } = run.job;
    const job = { id, file, numbers, policy_number };
    for (;;) {
      const turn = run.asked;
      const budget = Math.max(1, run.deadline - Date.now());
      const begun = await tell(tab, frame, { what: "file", job: { ...job, budget }, taken });
      if (begun === null) return undefined;
      if (begun.outcome) return { ...nothing("failed", null), ...begun };
      const sent = await this.#send(run, turn, there, begun);
      if (sent !== "again") return sent;
      if (!(await run.next(turn))) return null;
    }
  }

  /** @param {Run} run @param {number} turn @param {There} there @param {Begun} begun @returns {Promise<Outcome | null | undefined | "again">} */
  async #send(run, turn, { tab, frame, taken }, { fetch, size, type }) {
    const re = run.job.id;
    const { link } = this.desk;
    const { line } = link;
    /** @type {any} */
    let next = { v: VERSION, type: "file_begin", re, fetch, size, content_type: type };
    try {
      for (;;) {
        /** @type {FileGo} */
        const { offset } = await link.goOn(next, PATIENCE);
        const piece = await tell(tab, frame, { what: "file_piece", job: re, fetch, offset });
        if (run.asked !== turn || link.line !== line) return "again";
        if (piece === null) return undefined;
        if (piece.outcome) return { ...nothing("failed", null), ...piece };
        if (piece.data === undefined) return await this.#end(run, tab, taken, piece);
        next = { v: VERSION, type: "file_chunk", re, offset, data: piece.data };
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code === ErrorCode.DAEMON_DOWN) return "again";
      await tell(tab, frame, { what: "file_drop", job: re });
      return null; // not wanted (any more): the daemon knows why
    }
  }

  /** All of it has left. In a walk's own tab who is logged in is asked now. @param {Run} run @param {number} tab @param {string | null} taken @param {{size: number, whoami: string | null}} end */
  async #end({ job, begun }, tab, taken, { size, whoami }) {
    const who = taken === null ? null : await whose(this.desk.frames, tab, job.origin);
    if (who && who.outcome !== "answered") return who;
    const took = Date.now() - begun;
    this.desk.link.post({ v: VERSION, type: "file_end", re: job.id, size, whoami: who?.whoami ?? whoami, took });
    return null;
  }
}
