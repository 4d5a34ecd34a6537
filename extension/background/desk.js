import { api } from "../shared/api.js";
import { ErrorCode, HOST_NAME, VERSION } from "../shared/messages.js";
import { newId } from "../shared/ids.js";
import { makeMenu } from "./doors.js";
import { Drifts } from "./drift.js";
import { Files } from "./files.js";
import { Frames } from "./frames.js";
import { Jobs } from "./jobs.js";
import { Kept } from "./kept.js";
import { Link, Refused, envelope, trouble } from "./link.js";
import { Notes } from "./notes.js";
import { Portals } from "./portals.js";
import { Profiles } from "./profiles.js";
import { Questions } from "./questions.js";
import { Queue } from "./queue.js";
import { Quick } from "./quick.js";
import { Road } from "./road.js";
import { Scripts } from "./scripts.js";
import { Sessions } from "./sessions.js";
import { showBadge, tellOnce } from "./signs.js";
import { Steps } from "./steps.js";
import { tell } from "./tell.js";
import { Visits } from "./visits.js";
import { Walks } from "./walks.js";

/** @import { Account, Downward, Hello, Job, Question, Status, Welcome } from "../shared/messages.js" */

/** How long (ms) a page of ours waits for news from the daemon before it shows what is known. */
const GLANCE = 600;

/** All parts of the background, wired together. */
export class Desk {
  link = new Link({
    connect: () => api.runtime.connectNative(HOST_NAME),
    hello: () => this.#hello(),
    received: (message) => this.#receive(message),
    welcomed: (welcome) => this.#welcomed(welcome),
    changed: () => this.#linkChanged(),
    lastError: () => api.runtime.lastError?.message,
  });
  queue = new Queue();
  road = new Road(this.queue, this.link, (code) => tellOnce("refused", code));
  notes = new Notes();
  portals = new Portals();
  frames = new Frames(this.portals);
  sessions = new Sessions(
    (message) => this.link.post(message),
    (portal, tab, before, login) => void this.visits.changed(portal, tab, before, login),
  );
  steps = new Steps(this.frames);
  walks = new Walks(this.frames, this.steps);
  jobs = new Jobs(this);
  files = new Files(this);
  drifts = new Drifts();
  profiles = new Profiles(this);
  questions = new Questions(this.frames, this.sessions, () => this.#sign());
  quick = new Quick(this);
  visits = new Visits(this);
  scripts = new Scripts(this.portals, (origins) => this.#registered(origins));
  /** Questions this desk was seen before the clerk. */
  shown = new Kept("shown", /** @type {Record<string, true>} */ ({}));
  /** The saves of the last seconds, and which eyes have seen them. */
  recent = new Kept("recent", /** @type {Record<string, {at: number, eyes: string[]}>} */ ({}));
  /** What the last status named; a question of another browser can be answered here too. @type {Question[]} */
  lastQuestions = [];
  /** The daemon's version, and what it last said of everything. */
  #daemon = "";
  /** @type {Status | null} */
  #status = null;
  /** Whether the daemon has been reached since the browser started: only then its absence is news. */
  #wasUp = new Kept("was_up", { up: false });

  /** Begin, or go on, after any start of the background. */
  start() {
    this.link.start();
    this.scripts.sync();
    this.walks.start();
  }

  /** Every half minute, and what a timer would have done had the background lived. */
  async tick() {
    this.link.start();
    await this.road.flush();
    await this.queue.tidy(Date.now());
  }

  /** A tab was closed. @param {number} tab */
  async closed(tab) {
    await this.visits.closed(tab);
    await this.frames.closed(tab);
    await this.sessions.left(tab);
    await this.questions.closedTab(tab);
  }

  /** The clerk took back a permission: its pages that stand open are not watched any more, nor asked anything. */
  async forbidden() {
    await this.scripts.sync();
    const missing = await this.scripts.missing();
    for (const tab of await this.frames.all()) {
      const over = await this.frames.within(tab, missing);
      if (over.length === 0) continue;
      await Promise.all(over.map((frame) => tell(tab, frame, { what: "off" })));
      await this.questions.moveOut(tab, over);
      if (!over.includes(0)) continue;
      await this.frames.closed(tab);
      await this.sessions.left(tab);
    }
  }

  /** A tab loads or has loaded a page: whether our script still stands there is asked, not believed. @param {number} tab @param {boolean} complete */
  async moved(tab, complete) {
    const ours = (await this.frames.top(tab)) !== null;
    if (!ours && !(complete && (await this.sessions.holds(tab)))) return;
    if ((await this.frames.stands(tab)) !== null) return;
    await this.frames.closed(tab);
    await this.questions.left(tab, 0);
    if (complete) await this.sessions.left(tab);
  }

  /** Customers for the picker; null while nobody can be asked. @param {string} text */
  async customers(text) {
    const answer = await this.#ask({ ...envelope(), type: "customer_search", text: text.slice(0, 100) });
    return answer?.found ?? null;
  }

  /** Open a room of the console, or a local page. @param {"console" | "first_run" | "diagnostics"} page @param {string | null} proposal */
  async openConsole(page, proposal) {
    const answer = await this.#ask({ ...envelope(), type: "console_request", page, proposal });
    if (answer) await api.tabs.create({ url: answer.url });
    return Boolean(answer);
  }

  /** How everything is, for the popup and the welcome page. */
  async status() {
    await this.#lookUp();
    return {
      link: this.link.state,
      version: api.runtime.getManifest().version,
      queue: await this.#queued(),
      portals: await this.#named(),
      missing: await this.scripts.missing(),
      stale: await this.#stale(),
      live: await this.sessions.all(),
      asked: this.questions.all(),
      drifts: await this.drifts.lately(Date.now()),
      off: await this.portals.delivered.allOff(),
      daemon: this.#daemon,
      status: this.link.state === "up" ? this.#status : null,
    };
  }

  /** What waits here; with a queue that cannot be read all else is shown in any case. */
  async #queued() {
    try {
      return await this.queue.counts();
    } catch (error) {
      console.error("queue unreadable", error);
      return { waiting: 0, refused: [], unreadable: true };
    }
  }

  /** Ask the daemon how everything is, but let nobody who looks wait long: a late answer is there next time. */
  async #lookUp() {
    const asking = this.#ask({ ...envelope(), type: "status_request" }).then((status) => {
      this.#status = status;
      this.lastQuestions = status?.questions ?? [];
    });
    await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, GLANCE))]);
  }

  async #named() {
    const portals = await this.portals.all();
    return Promise.all(
      portals.map(async (one) => {
        const hosts = (await this.portals.hosts(one)).map(({ origin }) => origin);
        return { ...one, hosts, name: await this.portals.name(one.carrier) };
      }),
    );
  }

  /** How many open pages of portals were loaded before our scripts stood ready: they want a refresh. */
  async #stale() {
    const missing = await this.scripts.missing();
    const hosts = await Promise.all((await this.portals.all()).map((one) => this.portals.hosts(one)));
    const tops = hosts.flat().filter(({ origin, top }) => top && !missing.includes(origin));
    const origins = tops.map(({ origin }) => origin);
    if (origins.length === 0) return 0;
    const ours = new Set(await this.frames.all());
    const tabs = await api.tabs.query({});
    return tabs.filter(({ id, url }) => url && id && !ours.has(id) && origins.includes(new URL(url).origin)).length;
  }

  /** @param {any} message */
  async #ask(message) {
    try {
      return await this.link.ask(message, 5_000);
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }

  /** @param {Downward} message */
  #receive(message) {
    switch (message.type) {
      case "ack":
        return this.road.acknowledged(message.re);
      case "refusal":
        return Promise.all([this.road.refused(message), this.quick.refused(message)]);
      case "accounts":
        return this.#accounts(message.accounts);
      case "job":
        return this.#job(message);
      case "file_job":
        return this.files.wanted(message);
      case "visit":
        return this.visits.begin(message);
      case "profiles":
        return this.profiles.received(message);
      case "ask":
        return this.#asked(message.question, message.place);
      case "download_state":
        return this.quick.told(message);
      case "closed":
        return this.questions.close(message.question);
      default:
        return undefined; // answers that came after their time
    }
  }

  /** @param {Job} job */
  async #job(job) {
    const result = await this.jobs.run(job);
    if (result) this.link.post(result);
  }

  /** @param {Question} question @param {import("../shared/messages.js").Place} place */
  async #asked(question, place) {
    if (!(await this.#answered(question.id))) await this.questions.ask(question, place);
  }

  /** Whether the clerk's answer to a question waits in the queue. @param {string} question */
  async #answered(question) {
    for (const pause of [500, 2_000, 0]) {
      try {
        const waiting = await this.queue.waiting();
        return waiting.some((message) => message.type === "answer" && message.question === question);
      } catch (error) {
        console.error("queue unreadable", error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return false; // better asked twice than never: the first answer counts
  }

  /** @param {Welcome} welcome */
  async #welcomed({ accounts, daemon_version: version }) {
    this.#daemon = version;
    // The accounts before any wait: a newer list that is on its way must not be overtaken by this one.
    await this.#accounts(accounts);
    await this.#wasUp.change((value) => {
      value.up = true;
    });
    await this.sessions.tellAll();
    await this.road.flush();
  }

  /** @param {Account[]} accounts */
  async #accounts(accounts) {
    for (const carrier of await this.portals.set(accounts)) {
      this.link.post(trouble(ErrorCode.BAD_FIELD, `account of ${carrier}: its address is none`));
    }
    await this.scripts.sync();
    await makeMenu(this.portals);
  }

  /** @param {string[]} origins */
  #registered(origins) {
    this.link.post({ v: VERSION, type: "registered", origins: origins.slice(0, 100) });
  }

  #linkChanged() {
    if (this.link.state !== "up") this.road.lost();
    this.#sign();
  }

  async #sign() {
    const { up } = await this.#wasUp.read();
    await showBadge(this.questions.all().length, up && this.link.state !== "up");
  }

  /** @returns {Promise<Hello>} */
  async #hello() {
    return {
      ...envelope(),
      type: "hello",
      instance: await instance(),
      extension_version: api.runtime.getManifest().version,
      ...browser(),
      locale: api.i18n.getUILanguage(),
      profiles: await this.portals.hashes(),
    };
  }
}

/** The name of this browser profile, made once. */
async function instance() {
  const { instance: known } = await api.storage.local.get("instance");
  if (typeof known === "string") return known;
  const made = newId();
  await api.storage.local.set({ instance: made });
  return made;
}

/** @returns {Pick<Hello, "browser" | "browser_version">} */
function browser() {
  const firefox = /Firefox\/([\d.]+)/.exec(navigator.userAgent);
  const chromium = /Chrome\/([\d.]+)/.exec(navigator.userAgent);
  return { browser: firefox ? "firefox" : "chromium", browser_version: (firefox ?? chromium)?.[1] ?? "unknown" };
}
