import { api } from "../shared/api.js";
import { newId } from "../shared/ids.js";
import { VERSION } from "../shared/messages.js";
import { Hands } from "./hands.js";
import { Secrets } from "./secrets.js";
import { tell } from "./tell.js";

/**
 * @import { FormField, Visit, VisitStep } from "../shared/messages.js"
 * @import { Desk } from "./desk.js"
 * @import { Goal, Task } from "./hands.js"
 * @import { Portal } from "./portals.js"
 * @import { Served } from "./verbs.js"
 */

/** How long (ms) a form may take to appear. */
const FORM = 45_000;
const MOST_SECRETS = 3;
/** How long (ms) a page in which nobody is logged in may take to lead to the log-in page by itself. */
const LEADING = 1_500;
/** Where every portal's log-in begins. */
const FRONT_DOOR = "/";

/**
 * Visits to portals (I-1, I-3, I-4.1). Each page tells what stands in it, and the task of its tab goes on from
 * there. What is filled in is kept in memory only: it names people.
 */
export class Visits {
  #hands = new Hands();
  /** @type {Map<string, Partial<Record<FormField, string>>>} */
  #fields = new Map();
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.secrets = new Secrets(desk);
  }

  /** The daemon sends the clerk to a portal. @param {Visit} visit */
  begin(visit) {
    return this.#inTurn(() => this.#begin(visit));
  }

  /** The ticket of a tab (I-1.9). @param {number} tab */
  ticketOf(tab) {
    return this.#hands.ticketOf(tab);
  }

  /** A tab or window was opened out of another. @param {number} tab @param {number} opener */
  opened(tab, opener) {
    return this.#hands.opened(tab, opener);
  }

  /** The clerk looks at a tab. @param {number} tab */
  touched(tab) {
    return this.#hands.touched(tab);
  }

  /** A tab was closed: a visit without a tab is over, and with it its ticket. @param {number} tab */
  closed(tab) {
    return this.#inTurn(async () => {
      for (const visit of await this.#hands.closed(tab)) await this.#end(visit, "closed", tab, "tab_closed");
    });
  }

  /**
   * Another account is logged in at a portal than before, or nobody any more.
   * @param {Portal} portal @param {number} tab @param {string | null} before @param {string | null} login
   */
  changed({ origin }, tab, before, login) {
    return this.#inTurn(async () => {
      if (before !== null && login !== null) await this.mark(origin, tab);
      for (const { tab: at, task } of await this.#hands.tasks()) {
        if (task.account.origin !== origin) continue;
        if (task.account.login === before) await this.#lost(at, task, login);
        else if (login !== null && task.stage === "login") await this.#loggedIn(at, task, login);
      }
    });
  }

  /** A page says that nobody is logged in: where it waits for a click instead of leading on, its task does. @param {number} tab */
  nobody(tab) {
    return this.#inTurn(async () => {
      const doc = await this.#doc(tab);
      setTimeout(() => this.#inTurn(() => this.#leadOn(tab, doc)), LEADING);
    });
  }

  /** Mark the tabs of a session that is over because another account was chosen (会话已切换). @param {string} origin @param {number} except */
  async mark(origin, except) {
    for (const tab of await this.desk.frames.tabs(origin)) {
      if (tab === except) continue;
      await this.#tellAll(tab, origin, { what: "visit_switched" });
    }
  }

  /** @param {number} tab @param {string} origin @param {{what: string}} message */
  async #tellAll(tab, origin, message) {
    await Promise.all((await this.desk.frames.of(tab, origin)).map((frame) => tell(tab, frame, message)));
  }

  /** The document in a tab: asked, and the one known where a dialog keeps it from answering. @param {number} tab @returns {Promise<string | null>} */
  async #doc(tab) {
    const doc = await tell(tab, 0, { what: "there" });
    return doc === undefined ? this.desk.frames.doc(tab, 0) : doc;
  }

  /** A page tells what stands in it; the answer is what it is to fill in. @param {Served} spot @param {any} message */
  page(spot, message) {
    return this.#inTurn(() => this.#page(spot, message));
  }

  /** A page has filled in what it could. @param {Served} spot @param {any} message */
  filled(spot, { visit, missing, error }) {
    return this.#inTurn(async () => {
      const found = await this.#hands.at(spot.tab);
      if (!found || found.task.visit !== visit || found.task.stage !== "form") return false;
      await this.#hands.set(found.tab, { stage: "done" });
      const names = found.task.goal === "entry" ? missing : [];
      const failed = error ?? (missing.length > names.length ? "number_not_filled" : null);
      await this.#step(visit, failed ? "failed" : "filled", spot.tab, failed, names);
      return true;
    });
  }

  /** @param {Visit} visit */
  async #begin(visit) {
    const { id, account, purpose } = visit;
    const goal = /** @type {Goal} */ ({ quote: "entry", underwrite: "finder", open: "home" }[purpose]);
    const profile = await this.desk.portals.profile(account.carrier);
    const why = await this.#obstacle(profile, goal, account);
    if (why) return this.#step(id, "failed", null, why);
    if (goal === "entry") this.#fields.set(id, visit.fields);
    const session = await this.desk.sessions.at(account.origin);
    const other = session !== null && session.login !== account.login;
    if (other && !profile.logout) return this.#step(id, "failed", null, "cannot_switch");
    const [number = null, ...rest] = goal === "finder" ? visit.numbers : [];
    const stage = other ? "leave" : session ? "go" : "login";
    const task = { visit: id, goal, account, number, rest, stage, left: null, given: null, through: false, formless: true, switched: other, secrets: 0 };
    if (other) await this.#endOthers(account);
    await this.#open(/** @type {Task} */ (task), profile);
  }

  /** Another account is chosen: what was done with the one before is over, and its tabs say so. @param {Task["account"]} account */
  async #endOthers({ origin, id }) {
    await this.mark(origin, -1);
    for (const { tab, task } of await this.#hands.tasks()) {
      if (task.account.origin !== origin || task.account.id === id) continue;
      await this.#hands.drop(tab);
      await this.#end(task.visit, "closed", tab, "session_switched");
    }
  }

  /** Why a visit cannot be made, in one of our own words. @param {any} profile @param {Goal} goal @param {Task["account"]} account */
  async #obstacle(profile, goal, { origin }) {
    if (!profile) return "no_profile";
    if (goal !== "home" && !profile[goal]) return "no_form";
    const missing = await this.desk.scripts.missing();
    const known = (await this.desk.portals.all()).some((portal) => portal.origin === origin);
    return !known || missing.includes(origin) ? "not_permitted" : null;
  }

  /** In which tab: one of ours of this account, the one used last, or a new one (I-1.6). @param {Task} task @param {any} profile */
  async #open(task, profile) {
    const path = pathFor(task, profile);
    const tab = task.stage === "leave" ? null : await this.#hands.reusable(task);
    if (tab !== null) await this.#take(tab, { ...task, left: await this.#doc(tab) });
    const opened = tab ?? (await this.#openNew(task, path));
    await this.#step(task.visit, tab === null ? "opened" : "reused", opened);
    if (tab === null) return;
    await api.tabs.update(tab, { active: true });
    await this.#send(tab, task.account.origin, path);
  }

  /**
   * A new tab. Where the path begins with what only a page of the portal knows, it goes there in two steps.
   * @param {Task} task @param {string} path @returns {Promise<number>}
   */
  async #openNew(task, path) {
    const known = !path.startsWith("{base}");
    if (task.stage === "leave" && known) task.stage = "logout";
    if (task.stage === "go" && !known) task.stage = "login";
    const { id = -1 } = await api.tabs.create({ url: plainly(task.account.origin, path), active: true });
    await this.#take(id, { ...task, left: null });
    return id;
  }

  /** This tab does this task now; whatever it did before is over. @param {number} tab @param {Task} task */
  async #take(tab, task) {
    const before = await this.#hands.take(tab, task);
    if (before !== null) await this.#end(before, "closed", tab, "tab_reused");
  }

  /** @param {number} tab @param {string} origin @param {string} path */
  async #send(tab, origin, path) {
    const gone = await tell(tab, 0, { what: "visit_go", origin, path });
    if (!gone) await api.tabs.update(tab, { url: plainly(origin, path) });
  }

  /** @param {Served} spot @param {any} message */
  async #page(spot, message) {
    const found = await this.#hands.at(spot.tab);
    if (!found) return null;
    const { tab, task } = found;
    await this.touched(tab);
    if (message.top) await this.#hands.set(tab, { formless: message.form === "none" });
    if (message.form !== "none") return this.#form(spot, message, tab, task);
    if (message.top && tab === spot.tab && spot.host === spot.origin) await this.#arrived(message.doc, tab, task);
    return this.#give(message, tab);
  }

  /** A page without a log-in form has loaded in a task's own tab. @param {string} doc @param {number} tab @param {Task} task */
  async #arrived(doc, tab, task) {
    const { origin, login } = task.account;
    if (doc === task.left) return;
    if (task.stage === "leave" || task.stage === "logout") return this.#out(doc, tab, task);
    const session = await this.desk.sessions.at(origin);
    if (task.stage === "login" && session) await this.#loggedIn(tab, task, session.login);
    else if (task.stage === "go") await this.#there(tab, task);
    else if (session && session.login !== login) await this.#lost(tab, task, session.login);
  }

  /** On the way out of another account's session, and to the log-in page. @param {string} doc @param {number} tab @param {Task} task */
  async #out(doc, tab, { stage, account: { carrier, origin } }) {
    const profile = await this.desk.portals.profile(carrier);
    const over = stage === "logout";
    await this.#hands.set(tab, { stage: over ? "login" : "logout", left: doc });
    if (over) await this.desk.sessions.ended(origin, tab);
    await this.#send(tab, origin, over ? (profile.home ?? "/") : profile.logout);
  }

  /** @param {number} tab @param {string | null} doc */
  async #leadOn(tab, doc) {
    const found = await this.#hands.at(tab);
    const stuck = found?.tab === tab && found.task.stage === "login" && found.task.formless;
    if (!stuck || doc === null || doc !== (await this.#doc(tab))) return;
    await this.#send(tab, found.task.account.origin, FRONT_DOOR);
  }

  /** Somebody is logged in where a task waited for that. @param {number} tab @param {Task} task @param {string} login */
  async #loggedIn(tab, task, login) {
    const { account, rest } = task;
    const profile = await this.desk.portals.profile(account.carrier);
    if (login !== account.login) return this.#otherPerson(tab, task, profile);
    if (task.secrets > 0 || task.through) await this.#step(task.visit, "logged_in", tab);
    await this.#hands.set(tab, { stage: "go", left: await this.#doc(tab), rest: [] });
    await this.#send(tab, account.origin, pathFor({ ...task, stage: "go" }, profile));
    for (const number of rest) await this.#further(task, number, profile);
  }

  /** A session of another account stood there unseen: it ends first. Once the clerk logged in as somebody else, that counts. @param {number} tab @param {Task} task @param {any} profile */
  async #otherPerson(tab, task, profile) {
    const { account } = task;
    if (task.switched || task.through || !profile.logout) {
      await this.#hands.drop(tab);
      return this.#end(task.visit, "failed", tab, task.through ? "other_login" : "cannot_switch");
    }
    await this.#endOthers(account);
    await this.#hands.set(tab, { stage: "logout", switched: true, left: await this.#doc(tab) });
    await this.#send(tab, account.origin, profile.logout);
  }

  /** A page of its own for each number (I-3.3). @param {Task} task @param {string} number @param {any} profile */
  async #further(task, number, profile) {
    const own = { ...task, number, rest: [], stage: /** @type {const} */ ("go"), left: null, given: null };
    const path = pathFor(own, profile);
    const shown = (await this.#hands.tasks()).find(
      (one) => one.task.number === number && one.task.account.id === task.account.id,
    );
    if (!shown) return void (await this.#openNew(own, path));
    await this.#take(shown.tab, { ...own, left: await this.#doc(shown.tab) });
    await this.#send(shown.tab, task.account.origin, path);
  }

  /** The page a task was to go to has loaded. @param {number} tab @param {Task} task */
  async #there(tab, task) {
    const { rest, account } = task;
    if (task.goal === "home") return this.#hands.set(tab, { stage: "done" });
    await this.#hands.set(tab, { stage: "form", rest: [] });
    setTimeout(() => this.#inTurn(() => this.#overdue(tab, task.visit)), FORM);
    const profile = await this.desk.portals.profile(account.carrier);
    for (const number of rest) await this.#further(task, number, profile);
    // A frame below may have spoken before its top page did.
    await this.#tellAll(tab, account.origin, { what: "visit_look" });
  }

  /** @param {number} tab @param {string} visit */
  async #overdue(tab, visit) {
    const task = (await this.#hands.at(tab))?.task;
    if (task?.visit !== visit || task.stage !== "form") return;
    await this.#hands.set(tab, { stage: "done" });
    await this.#step(visit, "failed", tab, "form_not_found");
  }

  /** What a page is to fill in, if this is the form the task looks for. @param {any} message @param {number} tab */
  async #give(message, tab) {
    const task = (await this.#hands.at(tab))?.task;
    if (task?.stage !== "form" || task.goal === "home" || !message[task.goal] || task.given === message.doc) return null;
    const values = task.goal === "finder" ? { number: task.number } : this.#fields.get(task.visit);
    if (!values) {
      await this.#hands.drop(tab);
      await this.#end(task.visit, "failed", tab, "interrupted");
      return null;
    }
    await this.#hands.set(tab, { given: message.doc });
    return { visit: task.visit, kind: task.goal, values };
  }

  /** The log-in form stands in a page of a task. @param {Served} spot @param {any} message @param {number} tab @param {Task} task */
  async #form(spot, { form, stand, doc }, tab, task) {
    if (task.stage === "done") return null;
    const { secrets } = task;
    await this.#hands.set(tab, { stage: "login", through: true, given: null });
    const unfilled = form === "empty" || (form === "typed" && secrets === 0); // the browser filled in its own
    if (unfilled && secrets < MOST_SECRETS) {
      await this.#hands.set(tab, { secrets: secrets + 1 });
      void this.#fillIn(spot, { stand, doc }, task); // not in turn: the daemon may take its time
    } else if (form === "wrong" || form === "empty") {
      await this.#hands.set(tab, { secrets: MOST_SECRETS });
      if (form === "wrong") await this.#wanted(spot, task, "wrong_password");
    }
    return null;
  }

  /** @param {Served} spot @param {{stand: string, doc: string}} form @param {Task} task */
  async #fillIn(spot, form, task) {
    const { filled, captcha, why } = await this.secrets.fill(spot, form, task.account);
    if (!filled) await this.#wanted(spot, task, String(why));
    else if (captcha) await this.#step(task.visit, "captcha_wanted", spot.tab);
  }

  /** The clerk has to log in by hand. @param {Served} spot @param {Task} task @param {string} why */
  async #wanted(spot, { visit }, why) {
    await this.#step(visit, "login_wanted", spot.tab, why);
    await tell(spot.tab, spot.frame, { what: "visit_note", key: "login_wanted" });
  }

  /** The session of a task is over. @param {number} tab @param {Task} task @param {string | null} login who is logged in instead */
  async #lost(tab, task, login) {
    if (["leave", "logout", "login"].includes(task.stage)) return;
    if (login === null && task.stage !== "done") return void (await this.#hands.set(tab, { stage: "login" }));
    await this.#hands.drop(tab);
    await this.#end(task.visit, "closed", tab, login === null ? "session_lost" : "session_switched");
  }

  /** @param {string} visit @param {VisitStep["step"]} step @param {number} tab @param {string} why */
  async #end(visit, step, tab, why) {
    this.#fields.delete(visit);
    await this.#step(visit, step, tab, why);
  }

  /** @param {string} re @param {VisitStep["step"]} step @param {number | null} tab @param {string | null} [error] @param {FormField[]} [missing] */
  async #step(re, step, tab, error = null, missing = []) {
    const v = /** @type {1} */ (VERSION);
    await this.desk.road.send({ v, type: "visit_step", id: newId(), at: Date.now(), re, step, tab, missing, error });
  }

  /** One thing after the other: pages, the daemon and the clerk all speak at once. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #inTurn(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch((error) => console.error("visit failed", error));
    return turn;
  }
}

/** Where a task goes next. @param {Task} task @param {any} profile @returns {string} */
function pathFor({ stage, goal }, profile) {
  if (stage === "leave" || stage === "logout") return profile.logout;
  if (stage === "login" || goal === "home") return profile.home ?? "/";
  return profile[goal].start;
}

/** An address for a tab in which no script of ours can say what `{base}` is. @param {string} origin @param {string} path */
function plainly(origin, path) {
  return origin + (path.startsWith("{base}") ? "/" : path);
}

/** What page scripts say about visits. @type {Record<string, (desk: Desk, message: any, spot: Served) => Promise<any>>} */
export const VISITS = {
  visit_page: (desk, message, spot) => desk.visits.page(spot, message),
  visit_filled: (desk, message, spot) => desk.visits.filled(spot, message),
};
