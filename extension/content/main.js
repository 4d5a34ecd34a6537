// What our script does in every document of a portal: report where it stands, watch, hint, and do what the
// background asks. It keeps nothing; all it learns leaves at once.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  if (C.running) return;
  C.running = true;
  const { engine, host, drift, seams, verbs } = C;
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  const MOST_EARLY = 100;
  const TRIES = [300, 1_000, 3_000, 10_000, 30_000];

  /** Our own name for this document. */
  const doc = C.newId();
  const end = new AbortController();
  const words = api.i18n.getMessage("page_reload");
  /** @type {EngineProfile | null} */
  let profile = null;
  /** What came before the profile did. @type {TapNote[]} */
  let early = [];
  let formSent = false;
  /** Whether this tab is one in which we walk to ask the portal something. */
  let walking = false;
  let begun = false;
  /** What waits until this page has been read to its end. @type {(() => void) | null} */
  let due = null;

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

  /** What the parts of this script share of the document they are in. @type {PageScript} */
  const page = { doc, deliver, alive, signal: end.signal, away: false };
  const account = C.account(page);
  const eyes = C.eyes(page, account);

  /** Look at the page: what does it show to have happened, and who is logged in? */
  function look() {
    if (!alive()) return retire();
    settle();
    const token = host.lost();
    if (token !== null) deliver({ what: "question_gone", token });
    if (!profile || !document.body || walking) return;
    eyes.look(profile);
    account.look(profile);
    drift.look(profile);
    seams.looked(profile);
  }

  /** Whether an answer of the network may tell something. That the session is over needs no more than its head. @param {AnswerHead} head */
  function wanted(head) {
    if (end.signal.aborted || !profile || walking) return !end.signal.aborted && !walking;
    const { origin, pathname } = new URL(head.url);
    if (origin === window.origin && engine.loggedOut(profile, head.status, head.last, null)) account.over(profile);
    return profile.hints_network.some((hint) => C.transforms.pattern(hint.path).test(pathname));
  }

  /** @param {TapNote} note */
  function heard(note) {
    if (!alive()) return retire();
    if (note.what === "form") formSent = true;
    else if (profile) told(note, profile);
    else if (early.length < MOST_EARLY) early.push(note);
  }

  /** @param {TapNote} note @param {EngineProfile} known */
  function told(note, known) {
    if (walking) return;
    if (note.what === "network") eyes.network(known, note);
    if (note.what !== "dialog") return;
    eyes.dialog(known, note.text ?? "");
    answerCame();
  }

  /** A form was answered (its frame loaded, or a dialog says so): the same number is news again. */
  function answerCame() {
    if (formSent) eyes.forget();
    formSent = false;
    watching.now();
  }

  async function report() {
    // A page that a browser prepares unseen is nobody's yet: nothing of it is served until the clerk goes there.
    if (/** @type {any} */ (document).prerendering) return;
    const answer = await deliver({ what: "frame" });
    if (answer?.off) return whenReady(switchedOff);
    if (!answer?.profile) return end.abort(); // no portal of ours, or a stranger's frame: stay quiet
    use(answer);
  }

  /** @param {{profile: EngineProfile, login: string | null, away?: boolean, walking?: boolean}} answer */
  function use(answer) {
    const known = (profile = answer.profile);
    account.known(answer.login ?? undefined);
    walking = answer.walking === true;
    page.away = answer.away === true;
    if (walking) return whenReady(inWalk);
    begin(known);
    for (const note of early.splice(0)) told(note, known);
    whenReady(() => {
      look();
      deliver({ what: "ready" });
      account.ask(known);
    });
  }

  /** Tell our other scripts, once per document. @param {EngineProfile} known */
  function begin(known) {
    if (begun) return;
    begun = true;
    const ready = { profile: known, doc, send, deliver, signal: end.signal };
    drift.begin(ready);
    seams.ready(ready);
  }

  /** A tab of our own: the clerk is told, and nothing that happens in it is news. */
  function inWalk() {
    if (window === top) document.title = api.i18n.getMessage("walk_tab");
    host.notice(api.i18n.getMessage("walk_tab_more"));
    deliver({ what: "ready" });
  }

  /** Nothing is watched and nothing offered here; the clerk is told why, once per tab. */
  async function switchedOff() {
    const why = host.area() > 0 ? await send({ what: "off_reason" }) : null;
    if (typeof why === "string") host.notice(why);
    end.abort();
  }

  /** @param {() => void} work */
  function whenReady(work) {
    due = work;
    if (!settle()) addEventListener("DOMContentLoaded", settle, { once: true, signal: end.signal });
  }

  /** Do what waited for the page. Asked at every look as well: a page that writes itself anew erases listeners. */
  function settle() {
    if (document.readyState === "loading") return false;
    const work = due;
    due = null;
    work?.();
    return true;
  }

  /** What needs no profile. @type {Record<string, (message: any) => any>} */
  const plain = {
    there: () => doc,
    area: () => host.area(),
    mount: ({ token }) => host.mount(token),
    unmount: ({ token }) => host.unmount(token),
    focus_question: ({ token }) => host.focus(token),
    resize: ({ token, height }) => host.resize(token, height),
    notice: ({ words: text }) => host.notice(text),
    newer: ({ profile: newer }) => {
      profile &&= newer;
    },
    off: () => {
      profile = null;
      end.abort();
    },
  };

  /** @param {any} message */
  function answerTo(message) {
    if (Object.hasOwn(plain, message.what)) return plain[message.what](message);
    return profile ? verbs[message.what](message, profile) : null;
  }

  api.runtime.onMessage.addListener((message, _sender, respond) => {
    if (!Object.hasOwn(plain, message?.what) && !Object.hasOwn(verbs, message?.what)) return false;
    Promise.resolve()
      .then(() => answerTo(message))
      .then(respond, () => respond(null)); // words of a page must not leave as the text of an error
    return true;
  });

  /** @type {Record<string, (event: any) => void>} */
  const onDocument = {
    prerenderingchange: () => void report(),
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
      if (!persisted) return;
      if (profile) account.doubt(profile); // somebody else may have logged in since this page was left
      report();
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
