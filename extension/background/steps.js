import { tell } from "./tell.js";

/**
 * @import { Frames } from "./frames.js"
 * @typedef {{frame?: string | null, steps?: EngineStep[]}} Way  `frame`: pattern of the path of the document of the
 *   steps; without it the tab's top page
 * @typedef {{frame: number, taken: string | null}} Arrival  where the last step was made, and what `take` found
 */

/** Why a walk came to no end, in one of our words: `logged_out`, `timeout`, `element_gone`, `other_origin`. */
export class NoWay extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * Makes steps through a portal's pages, one after the other, from document to document. A step whose document is
 * replaced under it is made again in the next one.
 */
export class Steps {
  /** Who waits for a document in a tab. @type {Map<number, Set<() => void>>} */
  #waiting = new Map();

  /** @param {Frames} frames */
  constructor(frames) {
    this.frames = frames;
  }

  /** A document of a tab is ready, or gone. @param {number} tab */
  arrived(tab) {
    for (const wake of this.#waiting.get(tab) ?? []) wake();
  }

  /**
   * Make the steps in a tab. Raises NoWay.
   * @param {number} tab @param {string} origin @param {Way} way
   * @param {Record<string, string>} values what goes into `{name}` of a step
   * @param {number} deadline milliseconds since 1970
   * @returns {Promise<Arrival>}
   */
  async make(tab, origin, { frame: path, steps = [] }, values, deadline) {
    let spot = await this.#find(tab, origin, path ?? null, deadline);
    let taken = null;
    for (const step of steps) {
      const done = await this.#step(spot, step, values, deadline);
      taken = done.taken ?? taken;
      spot = await this.#find(tab, origin, path ?? null, deadline, step.go && !done.stays ? done.doc : null);
    }
    return { frame: spot.frame, taken };
  }

  /** @param {{tab: number, origin: string, path: string | null, frame: number}} spot @param {EngineStep} step @param {Record<string, string>} values @param {number} deadline */
  async #step({ tab, origin, path, frame }, step, values, deadline) {
    let here = frame;
    for (;;) {
      const patience = left(deadline);
      const doc = await this.frames.doc(tab, here);
      const done = await tell(tab, here, { what: "step", step, values, patience });
      if (done?.ok) return { ...done, doc };
      if (done) throw new NoWay(done.why ?? "timeout");
      ({ frame: here } = await this.#find(tab, origin, path, deadline));
    }
  }

  /**
   * The frame that shows a page of this path, once it is ready.
   * @param {number} tab @param {string} origin @param {string | null} path @param {number} deadline
   * @param {string | null} [old] the document that stood there before: not that one
   */
  async #find(tab, origin, path, deadline, old = null) {
    for (;;) {
      const news = this.#news(tab);
      const late = setTimeout(news.wake, left(deadline));
      try {
        const frame = await this.#fitting(tab, origin, path, old);
        if (frame !== null) return { tab, origin, path, frame };
        await news.come;
      } finally {
        clearTimeout(late);
        news.wake();
      }
    }
  }

  /** @param {number} tab @param {string} origin @param {string | null} path @param {string | null} old */
  async #fitting(tab, origin, path, old) {
    for (const frame of await this.frames.of(tab, origin)) {
      if (old !== null && (await this.frames.doc(tab, frame)) === old) continue;
      const where = await tell(tab, frame, { what: "where" });
      if (where?.login) throw new NoWay("logged_out");
      const fits = path === null ? frame === 0 : new RegExp(path, "u").test(where?.path ?? "");
      if (where && fits && !where.loading) return frame;
    }
    return null;
  }

  /** The next sign of life from a tab. @param {number} tab */
  #news(tab) {
    const waiting = this.#waiting.get(tab) ?? new Set();
    this.#waiting.set(tab, waiting);
    /** @type {() => void} */
    let wake = () => undefined;
    /** @type {Promise<void>} */
    const come = new Promise((resolve) => {
      wake = () => {
        waiting.delete(wake);
        if (waiting.size === 0) this.#waiting.delete(tab);
        resolve();
      };
    });
    waiting.add(wake);
    return { come, wake };
  }
}

/** Milliseconds left; raises NoWay when there are none. @param {number} deadline */
function left(deadline) {
  const rest = deadline - Date.now();
  if (rest <= 0) throw new NoWay("timeout");
  return rest;
}
