import { api } from "../shared/api.js";
import { fault } from "../shared/check.js";
import { newId } from "../shared/ids.js";
import { ErrorCode, VERSION } from "../shared/messages.js";
import { DRIFT } from "./drift.js";
import { trouble } from "./link.js";
import { PROFILES } from "./profiles.js";
import { RECORD } from "./record.js";
import { VISITS } from "./visits.js";
import { QUICK, fromForm } from "./quick.js";

/**
 * @import { Answer, Hint, Place, Shown } from "../shared/messages.js"
 * @import { Desk } from "./desk.js"
 * @import { Portal } from "./portals.js"
 * @import { Asked } from "./questions.js"
 * @typedef {chrome.runtime.MessageSender} Sender
 * @typedef {{tab: number, frame: number, origin: string}} Spot
 * @typedef {Spot & {host: string}} Served  `origin` is the account's own, `host` the origin the frame itself is at
 */

/** Two eyes that see one save do so within this time (ms). */
const SAME_SAVE = 8_000;

/**
 * What page scripts may say, once their document was admitted (error 131); `frame` asks for that.
 * @type {Record<string, (desk: Desk, message: any, spot: Served, portal: Portal) => Promise<any>>}
 */
const PAGE = {
  async ready(desk, _message, { tab, origin }) {
    desk.steps.arrived(tab);
    if (!(await desk.walks.owns(tab))) await desk.questions.appeared(tab, origin);
    return true;
  },
  async question_gone(desk, { token }, { tab }) {
    await desk.questions.thrownOut(tab, String(token));
    return true;
  },
  async login(desk, { login, was }, { tab, origin, host }, portal) {
    if (host !== origin) return true; // a log-in host knows nothing of the session at the account's own
    if (login === null) await desk.sessions.ended(origin, tab, was ?? null);
    if (login === null) await desk.visits.nobody(tab);
    const bad = login === null ? null : await desk.sessions.seen(portal, tab, login);
    return bad ? { refused: bad.code } : true;
  },
  async captcha(desk, _message, { tab }, portal) {
    await desk.sessions.captcha(portal, tab);
    return true;
  },
  hint: keepHint,
  ...DRIFT,
  ...PROFILES,
  ...VISITS,
  ...QUICK,
};

/** Keep a hint, unless another eye has reported the same save. @param {Desk} desk @param {any} message @param {Spot} spot @param {Portal} portal */
async function keepHint(desk, message, spot, portal) {
  const hint = await hintOf(desk, message, spot, portal);
  const bad = fault(hint, "up");
  if (bad) {
    desk.link.post(trouble(bad.code, `hint: ${bad.where}`));
    return { refused: bad.code };
  }
  const news = !(await seenByOtherEye(desk, hint));
  if (news) await desk.road.send(hint);
  await desk.notes.drop(hint.id);
  return { queued: news };
}

/** Take up the hints whose messages never came because page or browser ended too soon. @param {Desk} desk */
export async function takeUp(desk) {
  for (const note of await desk.notes.overdue(Date.now())) {
    const spot = (await desk.frames.find(String(note.doc))) ?? { tab: -1, frame: -1, origin: note.origin };
    const portal = await desk.portals.at(spot.origin);
    if (portal) await keepHint(desk, note, { ...spot, origin: portal.origin }, portal);
    await desk.notes.drop(note.id);
  }
}

/**
 * What a question frame may say about the question that its token opens.
 * @type {Record<string, (desk: Desk, opened: {id: string, asked: Asked | null}, message: any) => Promise<any>>}
 */
const ASK = {
  async open(desk, { asked }) {
    if (!asked) return { wait: true };
    const carrier = await desk.portals.name(asked.question.carrier);
    return { question: asked.question, carrier, others: desk.questions.all().length - 1 };
  },
  async shown(desk, { id, asked }) {
    if (!asked || (await desk.shown.read())[id]) return false;
    await desk.shown.change((shown) => {
      shown[id] = true;
    });
    await desk.road.send(shownNow(id, asked.place));
    return true;
  },
  answer: (desk, { id }, { answer }) => take(desk, id, answer),
  search: (desk, _opened, { text }) => desk.customers(String(text)),
  size: (desk, { id }, { height }) => desk.questions.resize(id, Number(height) || 0),
  close: (desk, { id }) => desk.questions.done(id),
  to_window: (desk, { id }) => desk.questions.toWindow(id),
};

/** A question frame speaks: null unless its token opens a question for this very frame. @param {Desk} desk @param {string} what @param {any} message @param {Sender} sender */
async function fromQuestion(desk, what, message, { tab, frameId }) {
  const opened = await desk.questions.opened(message.token, tab?.id ?? -1, frameId ?? 0);
  if (!opened) return fromForm(desk, what, message, { tab, frameId });
  return Object.hasOwn(ASK, what) ? ASK[what](desk, opened, message) : null;
}

/** @type {Record<string, (desk: Desk, message: any) => Promise<any>>} */
const OWN = {
  status: (desk) => desk.status(),
  console: (desk, { page, proposal }) => desk.openConsole(page, proposal ?? null),
  async show(desk, { question }) {
    const known = [...desk.questions.all(), ...desk.lastQuestions].find(({ id }) => id === question);
    if (known) await desk.questions.bringForward(known, null);
    return Boolean(known);
  },
  async reconnect(desk) {
    desk.link.retry();
    return true;
  },
  async permitted(desk) {
    await desk.scripts.sync();
    return true;
  },
  ...RECORD,
};

/**
 * Answer one message of a page script, a question frame or a page of our own. Never rejects for what the
 * sender did; null means: not for you.
 * @param {Desk} desk
 * @param {any} message
 * @param {Sender} sender
 * @returns {Promise<any>}
 */
export async function serve(desk, message, sender) {
  const what = typeof message?.what === "string" ? message.what : "";
  if (ours(sender)) {
    if (sender.url?.startsWith(api.runtime.getURL("ask/"))) return fromQuestion(desk, what, message, sender);
    return Object.hasOwn(OWN, what) ? OWN[what](desk, message) : null;
  }
  const spot = spotOf(sender);
  if (!spot) return null;
  if (what === "frame") return frame(desk, message, spot);
  if (what === "gone") return gone(desk, message, spot);
  if (!Object.hasOwn(PAGE, what)) return null;
  // Asked before anything else is awaited: the news that the page is gone may be right behind this message.
  const home = await desk.frames.served(spot, String(message.doc));
  const portal = home && (await desk.portals.at(home));
  if (!portal) return stranger(desk, what);
  return PAGE[what](desk, message, { ...spot, origin: portal.origin, host: spot.origin }, portal);
}

/** A document of a portal has begun to load: what its script needs to know, or null to stay quiet. @param {Desk} desk @param {any} message @param {Spot} spot */
async function frame(desk, message, spot) {
  const admitted = await desk.frames.admit(spot, String(message.doc));
  await desk.questions.left(spot.tab, spot.frame); // whatever stood in the document before this one
  if (!(await desk.portals.at(spot.origin))) return null;
  if (!admitted) return stranger(desk, "frame");
  const home = await desk.frames.served(spot, String(message.doc));
  const portal = home && (await desk.portals.at(home));
  if (!portal) return null; // a further host that is served in frames only, and this is a tab of its own
  if ((await desk.portals.off(portal.carrier)) !== null) return { off: true };
  const profile = await desk.portals.profile(portal.carrier);
  const login = (await desk.sessions.at(portal.origin))?.login ?? null;
  const away = spot.origin !== portal.origin;
  if (await desk.walks.owns(spot.tab)) return { profile, login, away, walking: true };
  if (!away) await desk.sessions.joined(portal.origin, spot.tab);
  else if (spot.frame === 0) await desk.sessions.left(spot.tab); // nothing can be asked from there
  return { profile, login, away };
}

/** @param {Desk} desk @param {any} message @param {Spot} spot */
async function gone(desk, message, spot) {
  const current = await desk.frames.gone(spot, String(message.doc));
  desk.steps.arrived(spot.tab);
  if (current) await desk.questions.left(spot.tab, spot.frame);
  return true;
}

/** @param {Desk} desk @param {string} what */
function stranger(desk, what) {
  desk.link.post(trouble(ErrorCode.FRAME_OF_A_STRANGER, `${what} from a frame under another top page`));
  return { refused: ErrorCode.FRAME_OF_A_STRANGER };
}

/** @param {Sender} sender */
function ours(sender) {
  return sender.id === api.runtime.id && Boolean(sender.url?.startsWith(api.runtime.getURL("")));
}

/** @param {Sender} sender @returns {Spot | null} */
function spotOf({ id, tab, frameId, origin, documentLifecycle }) {
  if (id !== api.runtime.id || tab?.id === undefined || frameId === undefined || !origin) return null;
  if (documentLifecycle === "prerender") return null;
  return { tab: tab.id, frame: frameId, origin };
}

/** @param {Desk} desk @param {any} message @param {Spot} spot @param {Portal} portal @returns {Promise<Hint>} */
async function hintOf(desk, { id, at, kind, numbers, source, code = null, login = null }, { tab, frame: number, origin }, portal) {
  const session = await desk.sessions.at(origin);
  const place = { origin, login: session?.login ?? login, tab, frame: number };
  const ticket = await desk.visits.ticketOf(tab);
  return { v: VERSION, type: "hint", id, at, carrier: portal.carrier, kind, numbers, source, place, code, ticket };
}

/**
 * Whether this save was just reported by another eye (network or page, this frame or another). The same eye
 * again is a new save.
 * @param {Desk} desk
 * @param {Hint} hint
 */
function seenByOtherEye(desk, { place, kind, numbers, source, at, code }) {
  // Without its code a hint does not stand for one that has it.
  const key = [place.tab, kind, code ? "code" : "", ...[...numbers].sort()].join("|");
  const eye = `${source}:${place.frame}`;
  return desk.recent.change((saves) => {
    for (const [old, save] of Object.entries(saves)) if (at - save.at > SAME_SAVE) delete saves[old];
    const save = saves[key];
    if (save && !save.eyes.includes(eye)) {
      save.eyes.push(eye);
      return true;
    }
    saves[key] = { at, eyes: [eye] };
    return false;
  });
}

/** @param {string} question @param {Place} place @returns {Shown} */
function shownNow(question, place) {
  return { v: VERSION, type: "shown", id: newId(), at: Date.now(), question, place };
}

/** Take the clerk's answer over; `kept` once nothing can lose it any more. @param {Desk} desk @param {string} question @param {any} given */
async function take(desk, question, { id, choice, remark, customer, fields = {} }) {
  /** @type {Answer} */
  const answer = { v: VERSION, type: "answer", id, at: Date.now(), question, choice, remark, customer, fields };
  const bad = fault(answer, "up");
  if (bad) return { kept: false, refused: bad.code };
  // What the clerk typed may name a person.
  const typed = answer.remark !== null || Object.keys(answer.fields).length > 0;
  const names = typed || (answer.customer !== null && answer.customer.id === null);
  if (!names) await desk.road.send(answer);
  const taken = names ? await desk.road.express(answer) : { kept: true };
  if (taken.kept) desk.questions.answered(question);
  return taken;
}
