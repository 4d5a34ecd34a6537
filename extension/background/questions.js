import { api } from "../shared/api.js";
import { newId } from "../shared/ids.js";
import { hashOf } from "./delivered.js";
import { Kept } from "./kept.js";
import { largest, tell } from "./tell.js";

/**
 * @import { Place, Question } from "../shared/messages.js"
 * @import { Frames } from "./frames.js"
 * @import { Sessions } from "./sessions.js"
 * @typedef {object} Stand  where a question stands: a frame of a tab, or (frame null) a window of our own
 * @property {string} token  the secret that opens it, once
 * @property {number} tab
 * @property {number | null} frame
 * @property {number | null} opener  the frame that opened it; from then on the only one served
 * @property {string} shown  the digest of what it says
 * @typedef {{question: Question, place: Place}} Asked
 */

const WIDTH = 440;
const HEIGHT = 460;
/** Stands for the tab of a window that is only just opening. */
const NEW_TAB = -1;
/** A question younger than this (ms) may open a window of its own; an older one waits in the popup. */
const FRESH = 120_000;

/**
 * The questions before the clerk. Their contents stay in memory only (the daemon tells them again); what is
 * kept over the background's death are the places where they stand.
 */
export class Questions {
  /** @type {Map<string, Asked>} */
  #open = new Map();
  /** Answered here, and its frame still says thanks. @type {Set<string>} */
  #answered = new Set();
  #stands = new Kept("stands", /** @type {Record<string, Stand>} */ ({}));
  /** Question -> the tab whose page it stood in when that went away; a closing page says so before its tab does. @type {Map<string, number>} */
  #stood = new Map();
  /** Thrown out of a page that drew itself anew: once more, and it gets a window of our own. @type {Set<string>} */
  #thrownOut = new Set();
  /** Their window was closed by the clerk: they wait in the popup. @type {Set<string>} */
  #dismissed = new Set();
  /** One placing after the other: two must not take the same frame. @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /** @param {Frames} frames @param {Sessions} sessions @param {() => void} changed */
  constructor(frames, sessions, changed) {
    this.frames = frames;
    this.sessions = sessions;
    this.changed = changed;
  }

  /** @returns {Question[]} */
  all() {
    return [...this.#open.values()].map(({ question }) => question).filter(({ id }) => !this.#answered.has(id));
  }

  /** A question is open: put it before the clerk unless it stands there already, and says the same. @param {Question} question @param {Place} place */
  async ask(question, place) {
    if (this.#answered.has(question.id)) return;
    this.#open.set(question.id, { question, place });
    this.changed();
    await this.#inTurn(async () => {
      if (!(await this.#renew(question))) await this.#put(question.id, Date.now() - question.asked_at < FRESH);
    });
  }

  /** What stands there says something else by now: nobody may answer what they did not read. @param {Question} question */
  async #renew(question) {
    const { id } = question;
    const stand = (await this.#stands.read())[id];
    if (!stand || stand.shown === (await digest(question))) return false;
    await this.#drop(id);
    await takeOff(stand);
    await (stand.frame === null ? this.#window(id) : this.#put(id, true));
    return true;
  }

  /** The clerk's answer is safe. The frame that took it says so to them and then calls `done`. @param {string} id */
  answered(id) {
    this.#answered.add(id);
    this.changed();
  }

  /** A question is answered or withdrawn elsewhere: off with it. @param {string} id */
  async close(id) {
    if (!this.#answered.has(id)) await this.done(id);
  }

  /** Take a question off, and let the next one have its place. @param {string} id */
  async done(id) {
    const stand = await this.#stands.change((stands) => {
      const before = stands[id];
      delete stands[id];
      return before;
    });
    const asked = this.#open.get(id);
    this.#open.delete(id);
    for (const marked of [this.#stood, this.#thrownOut, this.#dismissed]) marked.delete(id);
    this.changed();
    if (!stand) return;
    await takeOff(stand);
    if (stand.frame === null) await this.#next();
    else if (asked) await this.appeared(stand.tab, asked.place.origin);
  }

  /** A tab of a portal can show questions (again): the waiting ones of that portal go there. @param {number} tab @param {string} origin */
  async appeared(tab, origin) {
    const waiting = [...this.#open.values()].filter(({ place }) => place.origin === origin);
    for (const { question } of waiting) await this.#inTurn(() => this.#put(question.id, false, tab));
  }

  /** A document went away; what stood there waits until the portal can show it again. @param {number} tab @param {number} frame */
  async left(tab, frame) {
    const gone = await this.#stands.change((stands) => {
      const ids = Object.keys(stands).filter((id) => stands[id].tab === tab && stands[id].frame !== null);
      const here = ids.filter((id) => frame === 0 || stands[id].frame === frame);
      for (const id of here) delete stands[id];
      return here;
    });
    for (const id of gone) this.#stood.set(id, tab);
    this.#forgetAnswered(gone);
  }

  /** A page has thrown out what stood in it. @param {number} tab @param {string} token */
  async thrownOut(tab, token) {
    const stands = await this.#stands.read();
    const id = Object.keys(stands).find((one) => stands[one].token === token && stands[one].tab === tab);
    if (id === undefined) return;
    if (this.#answered.has(id)) return this.done(id);
    if (this.#thrownOut.has(id)) return this.toWindow(id);
    this.#thrownOut.add(id);
    await this.#drop(id);
    await this.#inTurn(() => this.#put(id, true));
  }

  /** These frames of a tab may show nothing any more. @param {number} tab @param {number[]} frames */
  async moveOut(tab, frames) {
    for (const [id, stand] of Object.entries(await this.#stands.read())) {
      if (stand.tab !== tab || stand.frame === null || !frames.includes(stand.frame)) continue;
      await (this.#answered.has(id) ? this.done(id) : this.toWindow(id));
    }
  }

  /** A tab was closed. A page hands its questions on; our own window was closed on purpose, and is free for the next one. @param {number} tab */
  async closedTab(tab) {
    const [inPages, inWindow] = await this.#stands.change((stands) => {
      const ids = Object.keys(stands).filter((id) => stands[id].tab === tab);
      const pages = ids.filter((id) => stands[id].frame !== null);
      for (const id of ids) delete stands[id];
      return [pages, ids.filter((id) => !pages.includes(id))];
    });
    const homeless = [...inPages, ...[...this.#stood].filter(([, stood]) => stood === tab).map(([id]) => id)];
    this.#forgetAnswered([...homeless, ...inWindow]);
    for (const id of homeless) await this.#inTurn(() => this.#put(id, true));
    for (const id of inWindow) this.#dismissed.add(id);
    if (inWindow.length > 0) await this.#next();
  }

  /** The page went away while a frame in it still said thanks: nothing is left to show. @param {string[]} ids */
  #forgetAnswered(ids) {
    for (const id of ids) if (this.#answered.has(id)) this.#open.delete(id);
  }

  /** Our window has become free: the next question that stands nowhere goes there. */
  async #next() {
    const stands = await this.#stands.read();
    const id = [...this.#open.keys()].find((one) => !stands[one] && !this.#dismissed.has(one));
    if (id) await this.#inTurn(() => this.#put(id, true));
  }

  /** The question behind a token, for the one frame that may see it. @param {string} token @param {number} tab @param {number} opener */
  async opened(token, tab, opener) {
    const id = await this.#stands.change((stands) => {
      const found = Object.keys(stands).find((one) => stands[one].token === token);
      if (!found) return null;
      if (stands[found].tab === NEW_TAB) stands[found].tab = tab;
      if (stands[found].tab !== tab) return null;
      stands[found].opener ??= opener;
      return stands[found].opener === opener ? found : null;
    });
    return id === null ? null : { id, asked: this.#open.get(id) ?? null };
  }

  /** Give a question in a page the height it needs. @param {string} id @param {number} height pixels */
  async resize(id, height) {
    const stand = (await this.#stands.read())[id];
    if (!stand || stand.frame === null) return;
    await tell(stand.tab, stand.frame, { what: "resize", token: stand.token, height });
  }

  /** Show a question in a window of our own, or bring forward where it stands. @param {Question} question @param {Place | null} place */
  async bringForward(question, place) {
    if (!this.#open.has(question.id)) {
      const anywhere = { origin: "http://nowhere.invalid", login: null, tab: -1, frame: -1 };
      this.#open.set(question.id, { question, place: place ?? anywhere });
    }
    const stand = (await this.#stands.read())[question.id];
    if (!stand || !(await focus(stand.tab)) || !(await inSight(stand))) await this.toWindow(question.id);
  }

  /** Move a question into a window of our own. @param {string} id */
  async toWindow(id) {
    await this.#inTurn(async () => {
      const before = (await this.#stands.read())[id];
      if (before) await takeOff(before);
      await this.#window(id);
    });
  }

  /** @param {() => Promise<void>} work */
  #inTurn(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @param {string} id @param {boolean} window whether a window of our own may open @param {number} [wanted] tab */
  async #put(id, window, wanted) {
    const asked = this.#open.get(id);
    const stands = await this.#stands.read();
    if (!asked || stands[id]) return;
    const taken = new Set(Object.values(stands).map((stand) => stand.tab));
    const tabs = wanted === undefined ? await this.#tabs(asked.place) : [wanted];
    for (const tab of tabs) {
      if (taken.has(tab)) return; // its turn comes when the one before it is answered
      if (await this.#mount(id, tab, asked.place.origin)) return;
    }
    const busy = Object.values(stands).some((stand) => stand.frame === null);
    if (window && !busy) await this.#window(id);
  }

  /** The tabs where a question may stand: its own, else those of its session. @param {Place} place */
  async #tabs({ origin, tab }) {
    const open = await this.frames.tabs(origin);
    const session = await this.sessions.at(origin);
    const others = [...(session?.tabs ?? [])].reverse().filter((one) => one !== tab && open.includes(one));
    return open.includes(tab) ? [tab, ...others] : others;
  }

  /** @param {string} id @param {number} tab @param {string} origin */
  async #mount(id, tab, origin) {
    if ((await this.frames.top(tab)) !== origin) return false;
    const frame = await largest(tab, await this.frames.of(tab, origin));
    if (frame === null) return false;
    const token = newId();
    await this.#stand(id, { token, tab, frame, opener: null });
    if (await tell(tab, frame, { what: "mount", token })) return true;
    void tell(tab, frame, { what: "unmount", token }); // a page that was only slow would show it after all
    await this.#drop(id);
    return false;
  }

  /** @param {string} id */
  #drop(id) {
    return this.#stands.change((stands) => {
      delete stands[id];
    });
  }

  /** @param {string} id */
  async #window(id) {
    const token = newId();
    await this.#stand(id, { token, tab: NEW_TAB, frame: null, opener: 0 });
    const url = api.runtime.getURL(`ask/window.html#${token}`);
    const made = await api.windows.create({ url, type: "popup", width: WIDTH, height: HEIGHT });
    await this.#stands.change((stands) => {
      if (stands[id]?.token === token) stands[id].tab = made?.tabs?.[0]?.id ?? stands[id].tab;
    });
  }

  /** @param {string} id @param {Omit<Stand, "shown">} stand */
  async #stand(id, stand) {
    this.#stood.delete(id);
    this.#dismissed.delete(id);
    const shown = await digest(this.#open.get(id)?.question ?? null);
    await this.#stands.change((stands) => {
      stands[id] = { ...stand, shown };
    });
  }
}

/** A question's contents as a short word: kept in their stead, because they name people. @param {Question | null} question */
async function digest(question) {
  return (await hashOf(new TextEncoder().encode(JSON.stringify(question)))).slice(0, 8);
}

/** Give the keyboard to where a question stands; false where its page has thrown it out, or is held up by a dialog. @param {Stand} stand */
async function inSight({ tab, frame, token }) {
  return frame === null || (await tell(tab, frame, { what: "focus_question", token })) === true;
}

/** @param {Stand} stand */
async function takeOff({ tab, frame, token }) {
  if (frame !== null) await tell(tab, frame, { what: "unmount", token });
  else await api.tabs.remove(tab).catch(() => undefined); // closed by the clerk already
}

/** @param {number} tab */
async function focus(tab) {
  try {
    const { windowId } = await api.tabs.update(tab, { active: true }) ?? {};
    if (windowId !== undefined) await api.windows.update(windowId, { focused: true });
    return true;
  } catch {
    return false; // no such tab any more
  }
}
