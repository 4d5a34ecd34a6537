import { tell } from "./tell.js";
import { NoWay } from "./steps.js";

/**
 * @import { Job, JobResult } from "../shared/messages.js"
 * @import { Frames } from "./frames.js"
 * @import { Walks } from "./walks.js"
 * @typedef {Pick<JobResult, "outcome" | "whoami" | "lines" | "data" | "error">} Outcome
 */

/** @param {Outcome["outcome"]} outcome @param {string | null} error @returns {Outcome} */
export function nothing(outcome, error) {
  return { outcome, whoami: null, lines: [], data: [], error };
}

/**
 * Make a query by walks through the portal's search form, one for each number, and read the page at their ends.
 * @param {{frames: Frames, walks: Walks}} parts
 * @param {Job} job
 * @param {EngineWalk} walk
 * @param {number} from a tab of the session
 * @param {number} deadline milliseconds since 1970
 * @returns {Promise<Outcome>}
 */
export async function askByWalk({ frames, walks }, job, walk, from, deadline) {
  /** @type {Outcome[]} */
  const found = [];
  for (const number of job.numbers) {
    const tour = { origin: job.origin, walk, values: { number }, deadline, from };
    const outcome = await walks
      .run(tour, ({ tab, frame }) => readThere(frames, job, number, tab, frame))
      .catch(failed);
    if (outcome.outcome !== "answered") return outcome;
    found.push(outcome);
  }
  return together(found);
}

/** @param {unknown} error @returns {Outcome} */
function failed(error) {
  if (!(error instanceof NoWay)) throw error;
  return error.why === "logged_out" ? nothing("logged_out", null) : nothing("failed", `walk_${error.why}`);
}

/** @param {Frames} frames @param {Job} job @param {string} number @param {number} tab @param {number} frame @returns {Promise<Outcome>} */
async function readThere(frames, { origin, query }, number, tab, frame) {
  /** @type {Outcome | null} */
  const read = await tell(tab, frame, { what: "read_page", query, number });
  if (!read) return nothing("failed", "walk_page_gone");
  if (read.outcome !== "answered" || read.whoami !== null) return read;
  const who = await whose(frames, tab, origin);
  return who.outcome === "answered" ? { ...read, whoami: who.whoami } : who;
}

/** Who is logged in, asked after the page was read: by the portal itself where it can be asked, else by its fresh pages. @param {Frames} frames @param {number} tab @param {string} origin @returns {Promise<Outcome>} */
export async function whose(frames, tab, origin) {
  let told = nothing("failed", "no_login");
  for (const frame of await frames.of(tab, origin)) {
    told = (await tell(tab, frame, { what: "whose", ask: frame === 0 })) ?? told;
    if (told.outcome !== "failed") return told;
  }
  return told;
}

/** @param {Outcome[]} all @returns {Outcome} */
function together(all) {
  const whoami = all[0].whoami;
  // Nothing is filed under a session that has just changed (I-1.11).
  if (all.some((one) => one.whoami !== whoami)) return nothing("failed", "session_changed");
  const lines = unique(all.flatMap((one) => one.lines), (line) => line);
  const data = unique(all.flatMap((one) => one.data), (line) => line.facts);
  return { outcome: "answered", whoami, lines, data, error: null };
}

/** A line found by two of the numbers is one. @template T @param {T[]} all @param {(one: T) => import("../shared/messages.js").LineFacts} factsOf */
function unique(all, factsOf) {
  const known = new Map(all.map((one) => [`${factsOf(one).number} ${factsOf(one).policy_number}`, one]));
  return [...known.values()];
}
