// What our script does in every document of a portal: report where it stands, watch, hint, and do what the
// background asks. It keeps nothing; all it learns leaves at once.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  if (C.running) return;
  C.running = true;
  const { engine, host } = C;
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  const MOST_EARLY = 100;
  const TRIES = [300, 1_000, 3_000, 10_000, 30_000];

  /** Our own name for this document. */
  const doc = newId();
  const end = new AbortController();
  const words = api.i18n.getMessage("page_reload");
  /** @type {EngineProfile | null} */
  let profile = null;
  /** What came before the profile did. @type {NetworkNote[]} */
  let early = [];
  /** The hint last read off this page, so that a number that stays in view is told once. */
  let told = "";
  let formSent = false;
  /** Who is known to be logged in: undefined before anything was said. @type {string | null | undefined} */
  let login;

  /** A random UUID; `crypto.randomUUID` does not exist on portals without TLS. */
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /** Whether the extension that put us here still runs; after an update it does not. */
  const alive = () => Boolean(api.runtime?.id);

  /** The extension was updated under this page: say so once, and do nothing more. */
  function retire() {
    if (end.signal.aborted) return;
    end.abort();
    host.notice(words);
  }

  /** Send to the background; undefined when nobody took it. @param {object} message @returns {Promise<any>} */
  async function send(message) {
    if (!alive()) return retire();
    try {
      return await api.runtime.sendMessage({ doc, ...message });
    } catch {
      if (!alive()) retire();
      return undefined;
    }
  }

  /** Send until it was taken. The first try leaves at once, within this very call. @param {object} message */
  async function deliver(message) {
    for (let tries = 0; !end.signal.aborted; tries += 1) {
      const answer = await send(message);
      if (answer !== undefined && !answer?.failed) return answer;
      await new Promise((resolve) => setTimeout(resolve, TRIES[Math.min(tries, TRIES.length - 1)]));
    }
    return undefined;
  }

  /**
   * Two ways at once: the message, and a note in the browser's own store for when this page or the browser ends
   * before a sleeping background has woken up. Either is taken, and both have one id.
   * @param {Seen} hint @param {"network" | "page"} source
   */
  function tell({ kind, numbers }, source) {
    const id = newId();
    const hint = { what: "hint", doc, id, at: Date.now(), kind, numbers, source, login: login ?? null };
    if (alive()) api.storage.local.set({ [`hint:${id}`]: { ...hint, origin: location.origin } });
    deliver(hint);
  }

  /** @param {NetworkNote} note */
  function network(note) {
    if (!profile) return;
    const hint = engine.hintFromNetwork(profile, note);
    if (hint) tell(hint, "network");
  }

  /** Look at the page: is there a number, and who is logged in? */
  function look() {
    if (!alive()) return retire();
    if (!profile || !document.body) return;
    const hint = engine.hintFromPage(profile, document, location.href);
    const seen = hint ? [hint.kind, ...hint.numbers].join("|") : "";
    if (hint && seen !== told) tell(hint, "page");
    told = seen;
    lookForLogin(profile);
  }

  /** @param {EngineProfile} profile */
  function lookForLogin(profile) {
    const out = engine.pageOf(profile, document, location.href) === "login";
    const found = out ? null : engine.whoamiOfPage(profile, document);
    if (found === login || (found === null && !out)) return;
    login = found;
    deliver({ what: "login", login: found });
  }

  /** Where no page of a portal says who is logged in, ask the portal: once per login, from the top page. */
  async function askForLogin() {
    if (!profile || window !== top || login !== undefined) return;
    if (engine.pageOf(profile, document, location.href) === "login") return;
    const reading = await C.whoami(profile, AbortSignal.timeout(20_000)).catch(() => null);
    if (reading?.outcome !== "answered" || !reading.whoami || login !== undefined) return;
    login = reading.whoami;
    deliver({ what: "login", login });
  }

  /** Whether an answer from this address may tell something. @param {string} url */
  function wanted(url) {
    if (end.signal.aborted || !profile) return !end.signal.aborted;
    const path = new URL(url).pathname;
    return profile.hints_network.some((hint) => C.transforms.pattern(hint.path).test(path));
  }

  /** @param {TapNote} note */
  function heard(note) {
    if (!alive()) return retire();
    if (note.what === "form") formSent = true;
    else if (note.what === "dialog") answerCame();
    else if (profile) network(note);
    else if (early.length < MOST_EARLY) early.push(note);
  }

  /** A form was answered (its frame loaded, or a dialog says so): the same number is news again. */
  function answerCame() {
    if (formSent) told = "";
    formSent = false;
    watching.now();
  }

  async function report() {
    const answer = await deliver({ what: "frame" });
    if (!answer?.profile) return end.abort(); // no portal of ours, or a stranger's frame: stay quiet
    profile = answer.profile;
    login = answer.login ?? undefined;
    for (const note of early.splice(0)) network(note);
    whenReady(() => {
      look();
      deliver({ what: "ready" });
      if (login === undefined) askForLogin();
    });
  }

  /** @param {() => void} work */
  function whenReady(work) {
    if (document.readyState !== "loading") work();
    else addEventListener("DOMContentLoaded", work, { once: true, signal: end.signal });
  }

  /** @type {Record<string, (message: any) => any>} */
  const verbs = {
    there: () => doc,
    area: () => host.area(),
    mount: ({ token }) => host.mount(token),
    unmount: ({ token }) => host.unmount(token),
    resize: ({ token, height }) => host.resize(token, height),
    job: ({ job }) => (profile ? C.work(profile, job) : null),
  };

  api.runtime.onMessage.addListener((message, _sender, respond) => {
    if (!Object.hasOwn(verbs, message?.what)) return false;
    Promise.resolve(verbs[message.what](message)).then(respond);
    return true;
  });

  /** @type {Record<string, (event: any) => void>} */
  const onDocument = {
    submit: () => {
      formSent = true;
    },
    load: ({ target }) => {
      if (target instanceof HTMLIFrameElement || target instanceof HTMLFrameElement) answerCame();
    },
  };
  /** @type {Record<string, (event: any) => void>} */
  const onWindow = {
    pagehide: () => {
      look();
      send({ what: "gone" });
    },
    pageshow: ({ persisted }) => {
      if (persisted) report();
    },
  };

  /** At the start, and whenever document.open has erased what was there. */
  function listen() {
    const options = { capture: true, signal: end.signal };
    for (const [name, work] of Object.entries(onDocument)) document.addEventListener(name, work, options);
    for (const [name, work] of Object.entries(onWindow)) addEventListener(name, work, options);
  }

  const watching = C.watch(look, listen, end.signal);
  C.hearTap(heard, wanted);
  report();
})();
