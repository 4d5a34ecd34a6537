"use strict";

/**
 * The engine: reads portals by their profiles. DOM and strings only, so that the same files run in a tab, in node and
 * in a test page. It decides nothing and remembers nothing.
 *
 * @typedef {{kind: import("../shared/messages.js").HintKind, numbers: string[]}} Seen
 * @typedef {{method: string, url: string, status: number, requestBody: string | null, text: string}} NetworkNote
 * @typedef {{method: string, url: string, headers: Record<string, string>, body: string | null}} PortalRequest
 *   `url` is a path: the portal's origin goes before it
 * @typedef {{status: number, url: string, bytes: ArrayBuffer | Uint8Array, contentType: string}} PortalAnswer
 *   `url` as it was after redirections
 * @typedef {"whoami" | "confirm" | "detail"} EngineQuery
 * @typedef {Pick<import("../shared/messages.js").JobResult, "outcome" | "whoami" | "lines" | "data" | "error">} Outcome
 *
 * @typedef {object} Engine
 * @property {(profile: EngineProfile, document: Document, url: string) => string | null} pageOf
 * @property {(profile: EngineProfile, note: NetworkNote) => Seen | null} hintFromNetwork
 * @property {(profile: EngineProfile, document: Document, url: string) => Seen | null} hintFromPage
 * @property {(profile: EngineProfile, document: Document) => string | null} whoamiOfPage
 * @property {(profile: EngineProfile, name: EngineQuery, numbers: string[], here: string) => PortalRequest} request
 *   `here` is the address of the page that asks
 * @property {(profile: EngineProfile, name: EngineQuery, answer: PortalAnswer) => Outcome} read
 */

Chudan.engine = (() => {
  const { decode, form } = Chudan.encoding;
  const { pattern } = Chudan.transforms;
  const { fulfils, ofJson, ofPage, read: readOne } = Chudan.reading;
  const { linesOf, text } = Chudan.lines;

  const MOST_BYTES = 4 * 1024 * 1024;
  const MOST_NOTE = 200_000;
  const MOST_NUMBERS = 8;
  const MOST_LOGIN = 64;
  const FORM_TYPE = "application/x-www-form-urlencoded";
  const JSON_TYPE = "application/json;charset=UTF-8";

  /** @param {string} url */
  function pathOf(url) {
    return URL.parse(url, "http://portal")?.pathname ?? "";
  }

  /** The name of the page that a document is, or null. @type {Engine["pageOf"]} */
  function pageOf(profile, document, url) {
    const path = pathOf(url);
    const source = ofPage(document);
    const known = Object.entries(profile.pages).find(
      ([, page]) => pattern(page.path).test(path) && fulfils(source, page.has ?? []),
    );
    return known?.[0] ?? null;
  }

  /** @param {import("../shared/messages.js").HintKind} kind @param {(string | null)[]} found @returns {Seen | null} */
  function seen(kind, found) {
    const numbers = [...new Set(found)].filter((number) => number !== null);
    return numbers.length > 0 ? { kind, numbers: numbers.slice(0, MOST_NUMBERS) } : null;
  }

  /** What an answer that the page received tells, or null. @type {Engine["hintFromNetwork"]} */
  function hintFromNetwork(profile, { method, url, status, text }) {
    if (status < 200 || status > 299 || text.length > MOST_NOTE) return null;
    const path = pathOf(url);
    const rule = profile.hints_network.find(
      (hint) => hint.method === method.toUpperCase() && pattern(hint.path).test(path) && pattern(hint.text).test(text),
    );
    return rule ? seen(rule.kind, text.match(pattern(rule.numbers, "gu")) ?? []) : null;
  }

  /** What a page shows to have happened, or null. @type {Engine["hintFromPage"]} */
  function hintFromPage(profile, document, url) {
    const page = pageOf(profile, document, url);
    const source = ofPage(document);
    const rule = profile.hints_page.find((hint) => hint.page === page && fulfils(source, hint.when));
    if (!rule) return null;
    return seen(rule.kind, rule.numbers.map((reading) => text(readOne(source, reading, profile))));
  }

  /** Who a page says is logged in, or null where it does not say. @type {Engine["whoamiOfPage"]} */
  function whoamiOfPage(profile, document) {
    const source = ofPage(document);
    const found = profile.whoami.page.map((reading) => login(readOne(source, reading, profile)));
    return found.find((one) => one !== null) ?? null;
  }

  /** The part of the portal's paths that changes by itself. @param {EngineProfile} profile @param {string} here */
  function baseOf({ base }, here) {
    return (base && pattern(base).exec(pathOf(here))?.[0]) || "";
  }

  /** The query to make. @type {Engine["request"]} */
  function request(profile, name, numbers, here) {
    const { method, path, query = {}, form: fields = {}, envelope, join = "," } = queryOf(profile, name).request;
    const wanted = numbers.join(join);
    const search = form(filled(query, wanted), profile.encoding);
    const address = path.replace("{base}", () => baseOf(profile, here));
    const url = search ? `${address}?${search}` : address;
    if (method !== "POST") return { method, url, headers: {}, body: null };
    const [type, body] = envelope
      ? [JSON_TYPE, JSON.stringify(filled(envelope, wanted))]
      : [FORM_TYPE, form(filled(fields, wanted), profile.encoding)];
    return { method, url, headers: { "Content-Type": type }, body };
  }

  /** A template with the numbers put in. @template T @param {T} template @param {string} wanted @returns {T} */
  function filled(template, wanted) {
    const fill = (/** @type {string} */ _name, /** @type {unknown} */ value) =>
      typeof value === "string" ? value.replace("{numbers}", () => wanted) : value;
    return JSON.parse(JSON.stringify(template, fill));
  }

  /** @param {EngineProfile} profile @param {EngineQuery} name @returns {EngineProfileQuery} */
  function queryOf(profile, name) {
    return name === "whoami" ? profile.whoami.query : profile.queries[name];
  }

  /** What a portal answered. `error` is a word of ours, never the portal's. @type {Engine["read"]} */
  function read(profile, name, { status, url, bytes, contentType }) {
    if (bytes.byteLength > MOST_BYTES) return nothing("failed", "too_long");
    const body = decode(new Uint8Array(bytes), contentType, profile.encoding);
    const page = /^\s*</u.test(body) ? new DOMParser().parseFromString(body, "text/html") : null;
    if (loggedOut(profile, status, url, page)) return nothing("logged_out", null);
    if (status < 200 || status > 299) return nothing("failed", `http_${status}`);
    const { answer } = queryOf(profile, name);
    const source = answer.body === "html" ? page && ofPage(page) : json(body);
    if (!source || !fulfils(source, answer.proof)) return nothing("failed", "unexpected_answer");
    return readAnswer(profile, name, answer, source);
  }

  /** @param {EngineProfile} profile @param {EngineQuery} name @param {EngineProfileAnswer} answer @param {Source} source @returns {Outcome} */
  function readAnswer(profile, name, answer, source) {
    const whoami = answer.whoami ? login(readOne(source, answer.whoami, profile)) : null;
    if (name === "whoami") return whoami ? { ...nothing("answered", null), whoami } : nothing("failed", "no_login");
    const data = linesOf(profile, answer, source);
    if (!data) return nothing("failed", "line_without_number");
    const told = name === "detail" ? { lines: [], data } : { lines: data.map(({ facts }) => facts), data: [] };
    return { outcome: "answered", whoami, ...told, error: null };
  }

  /** @param {EngineProfile} profile @param {number} status @param {string} url @param {Document | null} page */
  function loggedOut({ logged_out: sign }, status, url, page) {
    if (sign.status?.includes(status)) return true;
    if (sign.path && pattern(sign.path).test(pathOf(url))) return true;
    return Boolean(sign.has && page?.querySelector(sign.has));
  }

  /** @param {string} body @returns {Source | null} */
  function json(body) {
    try {
      return ofJson(JSON.parse(body));
    } catch {
      return null; // a page, or words, where JSON was expected
    }
  }

  /** @param {Outcome["outcome"]} outcome @param {string | null} error @returns {Outcome} */
  function nothing(outcome, error) {
    return { outcome, whoami: null, lines: [], data: [], error };
  }

  /** @param {Value} value */
  function login(value) {
    const code = text(value);
    return code !== null && code.length <= MOST_LOGIN ? code : null;
  }

  return { pageOf, hintFromNetwork, hintFromPage, whoamiOfPage, request, read };
})();
