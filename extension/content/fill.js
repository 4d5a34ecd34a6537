// The hands in a page: the log-in form, filled by `fill_secret` alone, the entry form of 去报价 and the query page
// of 去核保. What is to be filled in comes from the background, is used at once and is kept nowhere.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const { engine, fields, host } = C;
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  /** How long (ms) a form may take to stand there, and a page to take back what was filled in. */
  const PATIENCE = 15_000;
  const CHANGE_OF_MIND = 400;
  const STEP = 60;

  /** @type {PageReady | null} */
  let page = null;
  /** Our name for what stands in this document: a secret is for this one form or for none. */
  const stand = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
  /** What was last told of this document. */
  let told = "";

  /** @param {string} key @param {string[]} [values] */
  const words = (key, values) => api.i18n.getMessage(key, values);

  /** Wait until something is so. @template T @param {() => T} look @param {number} patience milliseconds @returns {Promise<T>} what `look` last said */
  async function until(look, patience) {
    const deadline = Date.now() + patience;
    for (;;) {
      const found = look();
      if (found || Date.now() > deadline || page?.signal.aborted) return found;
      await new Promise((resolve) => setTimeout(resolve, STEP));
    }
  }

  /** @param {string} at */
  const find = (at) => document.querySelector(at);

  /** How the log-in form stands in this document. @param {EngineProfile} profile @returns {"none" | "empty" | "typed" | "wrong"} */
  function formOf(profile) {
    const { login } = profile;
    if (!login || engine.pageOf(profile, document, C.here()) !== login.page) return "none";
    const password = find(login.password);
    if (!find(login.username) || !(password instanceof HTMLInputElement)) return "none";
    if (login.wrong?.length && C.reading.fulfils(C.reading.ofPage(document), login.wrong)) return "wrong";
    return password.value === "" ? "empty" : "typed";
  }

  /** Whether a form of the profile is to be filled in in this document. @param {EngineProfile} profile @param {"entry" | "finder"} kind */
  function fits(profile, kind) {
    const form = profile[kind];
    if (!form) return false;
    const here = new URL(C.here());
    if (form.frame) return C.transforms.pattern(form.frame).test(here.pathname);
    const start = new URL(C.address(engine.pathTo(profile, form.start, here.href)));
    return window === top && start.pathname === here.pathname && (!start.hash || start.hash === here.hash);
  }

  /** Tell the background what stands here, whenever that changes; it answers with what is to be done. @param {EngineProfile} profile */
  async function look(profile) {
    if (!page || page.signal.aborted) return;
    const [form, entry, finder] = [formOf(profile), fits(profile, "entry"), fits(profile, "finder")];
    const standing = [form, entry, finder].join();
    if (standing === told) return;
    told = standing;
    const task = await page.deliver({ what: "visit_page", stand, form, entry, finder, top: window === top });
    if (task?.visit) await work(profile, task);
  }

  /** @param {EngineProfile} profile @param {VisitTask} task */
  async function work(profile, task) {
    const { visit, kind } = task;
    const done = await fillIn(profile, task).catch(() => ({ missing: [], error: "form_not_found" }));
    await page?.deliver({ what: "visit_filled", visit, ...done });
    if (done.missing.length > 0) sayMissing(done.missing);
    else if (!done.error && kind === "finder") host.notice(words("visit_number_filled"));
  }

  /** @param {string[]} missing */
  function sayMissing(missing) {
    const names = missing.map((name) => words(`visit_field_${name}`));
    host.notice(words("visit_missing", [names.join(words("visit_comma"))]));
  }

  /** @param {EngineProfile} profile @param {VisitTask} task @returns {Promise<{missing: string[], error: string | null}>} */
  async function fillIn(profile, { kind, values }) {
    const form = profile[kind];
    if (!form) return { missing: [], error: "no_form" };
    await until(() => document.readyState === "complete", PATIENCE);
    for (const step of form.steps ?? []) {
      const made = await C.step(step, {}, profile, PATIENCE);
      if (!made.ok) return { missing: [], error: "form_not_found" };
    }
    /** @type {Partial<Record<string, EngineFieldPlace>>} */
    const places = "number" in form ? { number: { at: form.number } } : form.fields;
    const wanted = Object.entries(values);
    const stands = () => wanted.some(([name]) => find(places[name]?.at ?? ":not(*)"));
    if (!(await until(stands, PATIENCE))) return { missing: [], error: "form_not_found" };
    for (const [name, value] of wanted) await enter(places[name], value);
    // A page's script may take a value back, or draw the form anew when it sees another one.
    await new Promise((resolve) => setTimeout(resolve, CHANGE_OF_MIND));
    for (const [name, value] of wanted) if (!stays(places[name], value)) await enter(places[name], value);
    const missing = wanted.filter(([name, value]) => !stays(places[name], value)).map(([name]) => name);
    return { missing, error: null };
  }

  /** @param {EngineFieldPlace | undefined} place @param {string} value */
  async function enter(place, value) {
    if (!place) return;
    const put = () => (place.how === "choose" ? fields.choose(find(place.at), value) : fields.set(find(place.at), written(place, value)));
    if (!put() && place.how === "choose") await until(put, 1_500); // its options may come from the portal
  }

  /** @param {EngineFieldPlace | undefined} place @param {string} value */
  function stays(place, value) {
    return place !== undefined && fields.holds(find(place.at), written(place, value));
  }

  /** A value as this form wants it written. @param {EngineFieldPlace} place @param {string} value */
  function written({ hyphen }, value) {
    return hyphen ? `${value.slice(0, 2)}-${value.slice(2)}` : value;
  }

  /** Whether the top page stands at this page's own origin, as far as the browser lets us see. */
  function topIsOurs() {
    try {
      return window.top?.origin === window.origin;
    } catch {
      return false; // another origin: the browser does not say which
    }
  }

  /**
   * Put name and password into the log-in form that stands here now, or into nothing.
   * @param {{stand: string, origin: string, until: number, login: string, password: string}} secret
   * @param {EngineProfile} profile
   */
  function fillSecret({ stand: wanted, origin, until: expires, login: name, password }, profile) {
    const { login } = profile;
    if (wanted !== stand || origin !== window.origin || !topIsOurs()) return { filled: false, why: "stranger" };
    if (Date.now() > expires || page?.signal.aborted) return { filled: false, why: "too_late" };
    if (!login || ["none", "wrong"].includes(formOf(profile))) return { filled: false, why: "no_form" };
    const place = find(login.password);
    if (!(place instanceof HTMLInputElement) || place.type !== "password") return { filled: false, why: "no_form" };
    told = [formOf(profile), false, false].join();
    fields.set(find(login.username), name);
    fields.set(place, password);
    const captcha = login.captcha ? find(login.captcha) : null;
    if (captcha instanceof HTMLElement) {
      captcha.focus();
      host.notice(words("visit_captcha"));
    } else fields.press(find(login.submit));
    return { filled: true, captcha: captcha !== null };
  }

  /** @param {{origin: string, path: string}} where @param {EngineProfile} profile */
  function go({ origin, path }, profile) {
    const target = new URL(engine.pathTo(profile, path, C.here()), origin);
    if (target.origin !== origin) return false;
    const same = target.href.split("#")[0] === location.href.split("#")[0];
    location.assign(target.href);
    if (same) location.reload(); // another hash alone would load nothing
    return true;
  }

  Object.assign(C.verbs, {
    fill_secret: fillSecret,
    visit_go: go,
    visit_look: (/** @type {unknown} */ _asked, /** @type {EngineProfile} */ profile) => {
      told = "";
      void look(profile);
      return true;
    },
    visit_note: (/** @type {{key: string}} */ { key }) => host.notice(words(`visit_${key}`)),
    visit_switched: () => C.mark(words("visit_switched")),
  });
  C.onReady((ready) => {
    page = ready;
  });
  C.onLook((profile) => void look(profile));
})();
