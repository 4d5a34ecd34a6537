"use strict";

/**
 * The engine: reads portals by their profiles. DOM and strings only, so that the same files run in a tab, in node and
 * in a test page. It decides nothing and remembers nothing.
 *
 * @typedef {{status: number, url: string, bytes: ArrayBuffer | Uint8Array, contentType: string}} PortalAnswer
 *   `url` as it was after redirections
 * @typedef {Pick<import("../shared/messages.js").JobResult, "outcome" | "whoami" | "lines" | "data" | "error">} Outcome
 *
 * @typedef {object} EngineReader
 * @property {(profile: EngineProfile, document: Document) => string | null} whoamiOfPage
 * @property {(profile: EngineProfile, name: EngineQuery, answer: PortalAnswer, numbers: string[]) => Outcome} read
 *   `numbers` are those that were asked for; of whoami there are none
 * @property {(profile: EngineProfile, name: "confirm" | "detail", document: Document, url: string, number: string)
 *   => Outcome} readPage  what stands in the page at the end of a walk for one number
 *
 * @typedef {EngineReader & Pick<EnginePages, "pageOf" | "loggedOut">
 *   & Pick<EngineHints, "hintFromNetwork" | "unreadAnswer" | "hintsFromPage" | "hintFromDialog">
 *   & Pick<EngineLists, "rowsOf"> & Pick<EngineRequests, "request" | "fileRequest" | "pathTo">} Engine
 */

Chudan.engine = (() => {
  const { decode } = Chudan.encoding;
  const { fulfils, ofJson, ofPage, read: readOne } = Chudan.reading;
  const { linesOf, text } = Chudan.lines;
  const { pageOf, loggedOut } = Chudan.pages;
  const { filled, queryOf, request, fileRequest, pathTo } = Chudan.requests;
  const { hintFromNetwork, unreadAnswer, hintsFromPage, hintFromDialog } = Chudan.hints;
  const { rowsOf } = Chudan.lists;

  const MOST_BYTES = 4 * 1024 * 1024;
  const MOST_LOGIN = 64;

  /** Who a page says is logged in, or null where it does not say. @type {Engine["whoamiOfPage"]} */
  function whoamiOfPage(profile, document) {
    const source = ofPage(document);
    const found = profile.whoami.page.map((reading) => login(readOne(source, reading, profile)));
    return found.find((one) => one !== null) ?? null;
  }

  /** What a portal answered. `error` is a word of ours, never the portal's. @type {Engine["read"]} */
  function read(profile, name, { status, url, bytes, contentType }, numbers) {
    if (bytes.byteLength > MOST_BYTES) return nothing("failed", "too_long");
    const body = decode(new Uint8Array(bytes), contentType, profile.encoding);
    const page = /^\s*</u.test(body) ? new DOMParser().parseFromString(body, "text/html") : null;
    if (loggedOut(profile, status, url, page)) return nothing("logged_out", null);
    if (status < 200 || status > 299) return nothing("failed", `http_${status}`);
    const { answer } = queryOf(profile, name);
    const source = answer?.body === "html" ? page && ofPage(page) : json(body);
    if (!answer || !source || !fulfils(source, answer.proof)) return nothing("failed", "unexpected_answer");
    return readAnswer(profile, name, answer, source, numbers);
  }

  /** @param {EngineProfile} profile @param {EngineQuery} name @param {EngineProfileAnswer} answer @param {Source} source @param {string[]} numbers @returns {Outcome} */
  function readAnswer(profile, name, answer, source, numbers) {
    const whoami = answer.whoami ? login(readOne(source, answer.whoami, profile)) : null;
    if (name === "whoami") return whoami ? { ...nothing("answered", null), whoami } : nothing("failed", "no_login");
    const found = linesOf(profile, answer, source);
    if (!found) return nothing("failed", "line_without_number");
    const data = only(numbers, found);
    if (found.length > 0 && data.length === 0) return nothing("failed", "other_lines");
    const told = name === "detail" ? { lines: [], data } : { lines: data.map(({ facts }) => facts), data: [] };
    return { outcome: "answered", whoami, ...told, error: null };
  }

  /** @type {EngineReader["readPage"]} */
  function readPage(profile, name, document, url, number) {
    if (loggedOut(profile, 200, url, document)) return nothing("logged_out", null);
    const answer = queryOf(profile, name).walk_answer;
    const source = answer?.body === "json" ? json(document.body?.textContent ?? "") : ofPage(document);
    if (!answer || !source || !fulfils(source, filled(answer.proof, { number }))) {
      return nothing("failed", "unexpected_answer");
    }
    return readAnswer(profile, name, answer, source, [number]);
  }

  /**
   * The lines that name one of the numbers, and those of the same quotations. Others alone are no "not found": the
   * portal has not searched (yet), or takes no notice of what it is asked for.
   * @param {string[]} numbers @param {import("../shared/messages.js").LineData[]} found
   */
  function only(numbers, found) {
    const naming = found.filter(({ facts }) =>
      [facts.number, facts.quote_number, facts.policy_number].some((one) => one !== null && numbers.includes(one)),
    );
    const quotations = new Set(naming.map(quotationOf));
    return found.filter((line) => quotations.has(quotationOf(line)));
  }

  /** @param {import("../shared/messages.js").LineData} line */
  function quotationOf({ facts }) {
    return facts.quote_number ?? facts.number;
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

  return {
    pageOf,
    loggedOut,
    hintFromNetwork,
    unreadAnswer,
    hintsFromPage,
    hintFromDialog,
    rowsOf,
    whoamiOfPage,
    pathTo,
    request,
    fileRequest,
    read,
    readPage,
  };
})();
