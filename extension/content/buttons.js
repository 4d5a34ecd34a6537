// The quick-download buttons (I-6): one behind every row of the lists that the profile names, on rows in view only.
// What a row is, is read when its button is pressed (I-6.3), and read again before anything is sent.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  /** Nobody has told how a download goes for so long (ms): it may be asked for again. */
  const STALE = 15 * 60_000;
  /** A row that is being made anew is back within this time (ms). */
  const BACK = 1_000;
  const EMPTY = { state: null, percent: null, reason: null };

  /** How the downloads of this portal go, by row. @type {Map<string, Told>} */
  const told = new Map();
  /** @type {WeakMap<Element, RowButton>} */
  const buttons = new WeakMap();
  /** @type {ReturnType<ChudanScripts["watchRows"]> | null} */
  let rows = null;
  /** @type {EngineList[]} */
  let lists = [];
  /** Lists whose rows have no room for words. @type {Set<string>} */
  const tight = new Set();
  /** What was pressed last: the row as it was then. @type {{token: string, fixed: Row, row: Element} | null} */
  let pressed = null;
  /** The row whose button has the focus, while the page makes it anew. */
  let focused = "";
  /** @type {PageReady | null} */
  let page = null;

  /** @param {Row} row */
  const keyOf = ({ numbers, policy_number: policy }) => `${[...numbers].sort().join()}|${policy ?? ""}`;
  /** @param {Row} row */
  const isRow = ({ numbers, policy_number: policy }) => numbers.length > 0 || policy !== null;

  /** Give a row its one button, with the state of what the row is now. @param {Element} row @param {EngineList | null} list */
  function settle(row, list) {
    const is = list?.read(row);
    let button = buttons.get(row);
    if (!list || !is || !isRow(is)) return button?.host.remove();
    if (!button) buttons.set(row, (button = C.rowButton.make(on)));
    const place = (list.button && row.querySelector(list.button)) || row.lastElementChild || row;
    if (button.host.parentNode !== place) place.append(button.host);
    for (const other of row.querySelectorAll(`[${C.rowButton.MARK}]`)) if (other !== button.host) other.remove();
    const key = keyOf(is);
    const kind = is.policy_number ? "policy" : "proposal";
    button.show({ kind, tight: tight.has(list.rule), ...(told.get(key) ?? EMPTY) });
    if (focused === key && document.activeElement === document.body) button.focus();
  }

  /** Take the button off a row that is out of view; not from under the clerk's hands. @param {Element} row */
  function leave(row) {
    const button = buttons.get(row);
    if (button?.focused()) return false;
    button?.host.remove();
    buttons.delete(row);
    return true;
  }

  /** The row of a button: where it stands now, wherever the page has put it. @param {Element} host */
  function rowOf(host) {
    for (let here = host.parentElement; here; here = here.parentElement) {
      const list = rows?.listOf(here);
      if (list) return { row: here, list };
    }
    return null;
  }

  const on = {
    press,
    near: C.sight.begin,
    /** @param {Element} host */
    focus(host) {
      const found = rowOf(host);
      focused = found ? keyOf(found.list.read(found.row)) : "";
    },
    blur() {
      focused = ""; // the clerk went elsewhere; a row that is made anew takes the focus with it and says nothing
    },
    /** @param {Element} host */
    tight(host) {
      const rule = rowOf(host)?.list.rule;
      if (rule === undefined || tight.has(rule)) return;
      tight.add(rule);
      rows?.again();
    },
  };

  /** A trusted press of a button. @param {Element} host */
  async function press(host) {
    const found = rowOf(host);
    if (!found || !page) return;
    const fixed = found.list.read(found.row);
    const now = told.get(keyOf(fixed));
    const busy = now && (now.state === "waiting" || now.state === "running") && Date.now() - now.at < STALE;
    if (!isRow(fixed) || busy) return;
    const anchor = host.getBoundingClientRect();
    // What may lie over our button cannot lie over a window of our own.
    const inPage = (await C.sight.clear(host)) && C.host.area() > 0;
    const message = { what: "quick_open", row: fixed, in_page: inPage, why: now?.state === "failed" ? now.reason : null };
    const token = (await page.send(message))?.token;
    if (!token) return tell(fixed, { state: "failed", percent: null, reason: "away", at: Date.now() });
    pressed = { token, fixed, row: found.row };
    if (inPage) C.quickFrame.mount(token, anchor, () => buttons.get(found.row)?.focus());
  }

  /** How a download goes, from now on shown on its row wherever it stands. @param {Row} row @param {Told} news */
  function tell(row, news) {
    told.set(keyOf(row), news);
    rows?.again();
  }

  /** What has become of the row that was pressed. @param {Row} fixed @param {Element} row */
  function compare(fixed, row) {
    const now = rowNow(row);
    if (now && keyOf(now) === keyOf(fixed)) return "same";
    const standing = lists.flatMap((list) => Array.from(document.querySelectorAll(list.rows), list.read));
    if (standing.some((one) => keyOf(one) === keyOf(fixed))) return "same";
    const names = new Set([...fixed.numbers, fixed.policy_number].filter((one) => one !== null));
    const alike = standing.some((one) => [...one.numbers, one.policy_number].some((each) => each && names.has(each)));
    return alike ? "changed" : "gone";
  }

  /** @param {Element} row */
  function rowNow(row) {
    return row.isConnected ? (rows?.listOf(row)?.read(row) ?? null) : null;
  }

  /** Read the pressed row again, before anything is sent: `same`, `changed` or `gone`. @param {{token: string}} message */
  async function reread({ token }) {
    if (pressed?.token !== token) return "gone";
    const { fixed, row } = pressed;
    const last = performance.now() + BACK;
    for (;;) {
      const found = compare(fixed, row);
      if (found !== "gone" || performance.now() > last) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Show D8 beside its row, or where the row was. @param {{token: string, row: Row}} message */
  function alertAt({ token, row }) {
    if (C.host.area() === 0) return false;
    const standing = lists.flatMap((list) => [...document.querySelectorAll(list.rows)].filter((one) => buttons.has(one)));
    const here = standing.find((one) => keyOf(rowNow(one) ?? { numbers: [], policy_number: null }) === keyOf(row));
    const rect = (here && buttons.get(here)?.host.getBoundingClientRect()) ?? new DOMRect(innerWidth, innerHeight, 0, 0);
    C.quickFrame.mount(token, rect, () => here && buttons.get(here)?.focus());
    return true;
  }

  Object.assign(C.verbs, {
    quick_state: ({ row, ...news }) => (lists.length > 0 ? (tell(row, news), true) : false),
    quick_row: reread,
    quick_alert: alertAt,
    quick_unmount: ({ token }) => C.quickFrame.unmount(token),
    quick_resize: ({ token, height }) => C.quickFrame.resize(token, height),
  });

  /** Take every button off this page, copies that the page made among them. */
  function clear() {
    for (const host of document.querySelectorAll(`[${C.rowButton.MARK}]`)) host.remove();
  }

  function stop() {
    rows?.stop();
    rows = null;
    lists = [];
  }

  /** The attributes that rows are read from: behind an `@`, where a place has one. @param {EngineProfile} profile */
  function attributesOf({ lists: all = [] }) {
    const places = all.flatMap(({ numbers, policy_number: policy }) => [...numbers, ...(policy ? [policy] : [])]);
    const names = places.flatMap(({ at }) => at).map((place) => /@\s*([\w:-]+)$/u.exec(place)?.[1]);
    return [...new Set(names)].filter((name) => name !== undefined);
  }

  /** Begin, go on, or stop, as this page is now; a hidden one costs nothing. @param {EngineProfile} profile */
  function look(profile) {
    if (!page || page.signal.aborted) return;
    document.addEventListener("visibilitychange", turned, { signal: page.signal }); // again: document.open erases it
    const drifted = C.drifted();
    const standing = drifted || document.visibilityState === "hidden" ? [] : C.engine.rowsOf(profile, document, C.here());
    const same = standing.map(({ rule }) => rule).join() === lists.map(({ rule }) => rule).join();
    if (drifted) clear(); // a button that does nothing must not look as if it did
    if (same) return rows?.rest(told.size > 0);
    stop();
    if (standing.length === 0) return;
    lists = standing;
    rows = C.watchRows(lists, attributesOf(profile), { settle, leave });
    rows.start();
    learn();
  }

  function turned() {
    if (page) look(page.profile);
  }

  /** Hear how the downloads go that were asked for before this page was loaded. */
  async function learn() {
    for (const { row, ...news } of (await page?.send({ what: "quick_states" })) ?? []) told.set(keyOf(row), news);
    if (told.size > 0) rows?.again();
  }

  C.onReady((ready) => {
    if (!ready.profile.lists?.length) return;
    page = ready;
    page.signal.addEventListener("abort", () => {
      stop();
      clear();
    });
    look(ready.profile);
  });
  C.onLook(look);
})();
