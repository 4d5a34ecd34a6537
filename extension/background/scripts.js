import { api } from "../shared/api.js";
import { newId } from "../shared/ids.js";
import { pattern } from "../shared/patterns.js";

/** @import { Portals } from "./portals.js" */

/** The scripts of the isolated world, in the order they build on each other. */
export const CONTENT = [
  "content/engine/encoding.js",
  "content/engine/transforms.js",
  "content/engine/reading.js",
  "content/engine/lines.js",
  "content/engine/pages.js",
  "content/engine/hints.js",
  "content/engine/lists.js",
  "content/engine/requests.js",
  "content/engine.js",
  "content/seams.js",
  "content/notes.js",
  "content/watch.js",
  "content/work.js",
  "content/files.js",
  "content/host.js",
  "content/mark.js",
  "content/fields.js",
  "content/fill.js",
  "content/drift.js",
  "content/picture.js",
  "content/walk.js",
  "content/sight.js",
  "content/row_button.js",
  "content/rows.js",
  "content/quick_frame.js",
  "content/buttons.js",
  "content/account.js",
  "content/eyes.js",
  "content/main.js",
];
export const TAP = ["page/tap.js"];

/** Puts the page scripts where the clerk allowed them and nowhere else. */
export class Scripts {
  /** @type {Promise<string[]>} */
  #turn = Promise.resolve([]);

  /** @param {Portals} portals @param {(origins: string[]) => void} ready told the origins where scripts stand */
  constructor(portals, ready) {
    this.portals = portals;
    this.ready = ready;
  }

  /** Make what is registered equal to what is wanted; for every start and every change of either. */
  sync() {
    this.#turn = this.#turn.then(
      () => this.#sync(),
      () => this.#sync(),
    );
    return this.#turn;
  }

  /** Hosts of portals that the clerk has not allowed yet. */
  async missing() {
    const { missing } = await this.#allowed();
    return missing;
  }

  async #allowed() {
    /** @type {string[]} */
    const origins = [];
    /** @type {string[]} */
    const missing = [];
    for (const origin of await this.portals.origins()) {
      const allowed = await api.permissions.contains({ origins: [pattern(origin)] });
      (allowed ? origins : missing).push(origin);
    }
    return { origins, missing };
  }

  async #sync() {
    const { origins } = await this.#allowed();
    const wanted = [...new Set(origins.map(pattern))].sort();
    const present = await api.scripting.getRegisteredContentScripts();
    if (!same(present, wanted)) {
      if (present.length > 0) await api.scripting.unregisterContentScripts();
      if (wanted.length > 0) await api.scripting.registerContentScripts(both(wanted));
    }
    this.ready(origins);
    return origins;
  }
}

/** @param {chrome.scripting.RegisteredContentScript[]} present @param {string[]} wanted */
function same(present, wanted) {
  const pieces = wanted.length > 0 ? both(wanted) : [];
  const shape = (/** @type {any[]} */ list) =>
    JSON.stringify(list.map(({ world, js, matches }) => [world, js.map(bare), [...matches].sort()]).sort());
  return shape(present) === shape(pieces);
}

/** Firefox gives back full addresses. @param {string} file */
function bare(file) {
  return file.replace(api.runtime.getURL(""), "");
}

/** @param {string[]} matches @returns {chrome.scripting.RegisteredContentScript[]} */
function both(matches) {
  /** @type {Omit<chrome.scripting.RegisteredContentScript, "id">} */
  const common = {
    matches,
    runAt: "document_start",
    allFrames: true,
    matchOriginAsFallback: true,
    persistAcrossSessions: true,
  };
  // New ids each time: after an update a browser may still hold the old files under the old ones.
  return [
    { ...common, id: `tap-${newId()}`, js: TAP, world: "MAIN" },
    { ...common, id: `content-${newId()}`, js: CONTENT, world: "ISOLATED" },
  ];
}
