"use strict";

/**
 * Hints: what an answer, a page or a dialog tells to have happened. Never a fact; the confirming query decides.
 *
 * @typedef {object} Seen
 * @property {HintKind} kind
 * @property {string[]} numbers
 * @property {string} [picture]  of `qr_fetched`: the image in base64, where the answer itself holds it
 * @property {string} [shown]  of `qr_fetched`: the selector of the img or canvas that shows it
 * @property {string} [card]  of `card_number`
 *
 * @typedef {{method: string, url: string, status: number, requestBody: string | null, text: string}} NetworkNote
 *
 * @typedef {object} EngineHints
 * @property {(profile: EngineProfile, note: NetworkNote) => Seen | null} hintFromNetwork
 * @property {(profile: EngineProfile, note: NetworkNote) => string | null} unreadAnswer  the place in the profile of
 *   a rule whose address answered what nobody can read (drift); to be asked where there was no hint
 * @property {(profile: EngineProfile, document: Document, url: string) => Seen[]} hintsFromPage
 * @property {(profile: EngineProfile, text: string) => Seen | null} hintFromDialog
 */

Chudan.hints = (() => {
  const { pattern, tidy, named } = Chudan.transforms;
  const { ITSELF, fulfils, ofPage, read } = Chudan.reading;
  const { pathOf, pageOf, loggedOut } = Chudan.pages;
  const { text: textOf } = Chudan.lines;

  const MOST_NOTE = 1_000_000;
  const MOST_DIALOG = 2_000;
  /** What one message may carry; more of them are told in several. */
  const MOST_NUMBERS = 64;
  const MOST_PICTURE = 349_528;

  /** @param {HintKind} kind @param {(string | null)[]} found @param {Partial<Seen>} [more] @returns {Seen | null} */
  function seen(kind, found, more = {}) {
    const numbers = [...new Set(found)].filter((number) => number !== null);
    return numbers.length > 0 ? { kind, numbers: numbers.slice(0, MOST_NUMBERS), ...more } : null;
  }

  /** The rules an answer may be read by. @param {EngineProfile} profile @param {NetworkNote} note */
  function rulesOf({ hints_network: rules }, { method, url, status, text }) {
    if (status < 200 || status > 299 || text.length > MOST_NOTE) return [];
    const path = pathOf(url);
    return rules.filter((rule) => rule.method === method.toUpperCase() && pattern(rule.path).test(path));
  }

  /** What an answer that the page received tells, or null. @type {EngineHints["hintFromNetwork"]} */
  function hintFromNetwork(profile, note) {
    const fitting = rulesOf(profile, note).filter((rule) => pattern(rule.text).test(note.text));
    return fitting.map((rule) => byRule(rule, note)).find((found) => found !== null) ?? null;
  }

  /** @type {EngineHints["unreadAnswer"]} */
  function unreadAnswer(profile, note) {
    const rules = rulesOf(profile, note);
    // Without such a pattern nobody said what a refused save looks like: no alarm.
    const strict = rules.find((rule) => rule.silent);
    if (!strict || rules.some((rule) => rule.silent && pattern(rule.silent).test(note.text))) return null;
    return isLogIn(profile, note) ? null : `hints_network.${profile.hints_network.indexOf(strict)}`;
  }

  /** Whether an answer is the log-in page: a portal that asks for that has not changed. @param {EngineProfile} profile @param {NetworkNote} note */
  function isLogIn(profile, { status, url, text }) {
    if (!/^\s*</u.test(text)) return loggedOut(profile, status, url, null);
    return loggedOut(profile, status, url, new DOMParser().parseFromString(text, "text/html"));
  }

  /** @param {EngineNetworkHint} rule @param {NetworkNote} note @returns {Seen | null} */
  function byRule(rule, { url, requestBody, text }) {
    const where = rule.numbers_in === "request" ? plain(`${url}\n${requestBody ?? ""}`) : text;
    const found = where.match(pattern(rule.numbers, "gu")) ?? [];
    if (rule.picture) {
      const picture = pictureIn(pattern(rule.picture).exec(text)?.[1] ?? "");
      return picture ? seen(rule.kind, found, { picture }) : null;
    }
    if (rule.card) {
      const card = tidy(pattern(rule.card).exec(text)?.[1] ?? "");
      return card ? seen(rule.kind, found, { card }) : null;
    }
    return seen(rule.kind, found);
  }

  /** An image in base64 as answers carry it: in JSON its line ends are two characters, its slashes may be. @param {string} text */
  function pictureIn(text) {
    const bare = text.replace(/^data:[^,]*,/u, "").replace(/\\+[nrt]|\\(?=\/)|\s/gu, "");
    return bare.length <= MOST_PICTURE && /^[0-9A-Za-z+/]+={0,2}$/u.test(bare) ? bare : null;
  }

  /** What was sent, readable: percent signs of ASCII undone, whatever the encoding of the rest. @param {string} text */
  function plain(text) {
    return text
      .replace(/\+/gu, " ")
      .replace(/%([0-7][0-9A-Fa-f])/gu, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  }

  /** What a page shows to have happened. @type {EngineHints["hintsFromPage"]} */
  function hintsFromPage(profile, document, url) {
    const page = pageOf(profile, document, url);
    const rules = profile.hints_page.filter((rule) => rule.page === page);
    const source = ofPage(document);
    const found = rules.map((rule) => (fulfils(source, rule.when) ? shownBy(profile, rule, source) : null));
    return found.filter((one) => one !== null);
  }

  /** @param {EngineProfile} profile @param {EnginePageHint} rule @param {Source} source @returns {Seen | null} */
  function shownBy(profile, rule, source) {
    const single = (rule.numbers ?? []).map((reading) => textOf(read(source, reading, profile)));
    const found = [...single, ...(rule.numbers_all ?? []).flatMap((at) => allAt(profile, source, at))];
    if (rule.picture) return source.text(rule.picture) === null ? null : seen(rule.kind, found, { shown: rule.picture });
    if (!rule.card) return seen(rule.kind, found);
    const card = textOf(read(source, rule.card, profile));
    return card === null ? null : seen(rule.kind, found, { card });
  }

  /** Every number in the text of every such place. @param {EngineProfile} profile @param {Source} source @param {string} at */
  function allAt(profile, source, at) {
    return source.each(at).flatMap((place) => {
      const text = place.text(ITSELF) ?? "";
      const runs = text.match(/[0-9A-Za-z-]+/gu) ?? [];
      // A whole run only: a longer number must never be cut down to one of ours.
      return runs.map((run) => textOf(named.number(run, profile) ?? undefined));
    });
  }

  /** What an alert or confirm tells, or null. @type {EngineHints["hintFromDialog"]} */
  function hintFromDialog(profile, text) {
    if (text.length > MOST_DIALOG) return null;
    for (const rule of profile.hints_dialog ?? []) {
      if (!pattern(rule.text).test(text)) continue;
      const found = seen(rule.kind, text.match(pattern(rule.numbers, "gu")) ?? []);
      if (found) return found;
    }
    return null;
  }

  return { hintFromNetwork, unreadAnswer, hintsFromPage, hintFromDialog };
})();
