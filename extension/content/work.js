// Portal queries, made by this page with its own session (one query, read together with who is logged in).
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const { engine, pageFetch: ask } = C;

  /**
   * One request for all numbers, or one for each where the portal cannot be asked for several.
   * @param {EngineProfile} profile @param {EngineQuery} name @param {string[]} numbers @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async function query(profile, name, numbers, signal) {
    const each = name !== "whoami" && profile.queries[name].request?.each;
    const groups = each ? numbers.map((number) => [number]) : [numbers];
    return together(await Promise.all(groups.map((group) => request(profile, name, group, signal))));
  }

  /** What makes a line that line. @param {{number: string, policy_number: string | null}} facts */
  const keyOf = ({ number, policy_number: policy }) => `${number} ${policy}`;

  /** Several answers as one: the first that is none counts for all, a line told twice is one. @param {Outcome[]} outcomes @returns {Outcome} */
  function together([first, ...more]) {
    const bad = [first, ...more].find(({ outcome }) => outcome !== "answered");
    if (bad || more.length === 0) return bad ?? first;
    if (more.some(({ whoami }) => whoami !== first.whoami)) return nothing("failed", "session_changed");
    const lines = new Map([first, ...more].flatMap((one) => one.lines.map((line) => [keyOf(line), line])));
    const data = new Map([first, ...more].flatMap((one) => one.data.map((line) => [keyOf(line.facts), line])));
    return { ...first, lines: [...lines.values()], data: [...data.values()] };
  }

  /**
   * @param {EngineProfile} profile @param {EngineQuery} name @param {string[]} numbers @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async function request(profile, name, numbers, signal) {
    const asked = engine.request(profile, name, numbers, C.here());
    if (!asked) return nothing("failed", "no_request");
    const { method, url, headers, body } = asked;
    const options = { method, headers, body: body ?? undefined, credentials: "include", cache: "no-store", signal };
    const response = await ask(C.address(url), options);
    const answer = {
      status: response.status,
      url: response.url,
      bytes: new Uint8Array(await response.arrayBuffer()),
      contentType: response.headers.get("content-type") ?? "",
    };
    return engine.read(profile, name, answer, numbers);
  }

  /** @type {ChudanScripts["whoami"]} */
  const whoami = (profile, signal) => query(profile, "whoami", [], signal);

  /** @param {Outcome["outcome"]} outcome @param {string | null} [error] @returns {Outcome} */
  function nothing(outcome, error = null) {
    return { outcome, whoami: null, lines: [], data: [], error };
  }

  /**
   * Who is logged in is read from the answer itself, or else asked before and after it, so that nothing is
   * filed under a session that has just changed (I-1.11).
   * @param {EngineProfile} profile
   * @param {{query: EngineQuery, numbers: string[]}} job
   * @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async function work(profile, job, signal) {
    const before = await whoami(profile, signal);
    if (before.outcome !== "answered") return before;
    const found = await query(profile, job.query, job.numbers, signal);
    if (found.outcome !== "answered" || found.whoami !== null) return found;
    const after = await whoami(profile, signal);
    if (after.outcome !== "answered") return after;
    if (after.whoami !== before.whoami) return nothing("failed", "session_changed");
    return { ...found, whoami: after.whoami };
  }

  C.whoami = whoami;
  C.work = (profile, job) =>
    work(profile, job, AbortSignal.timeout(job.budget)).catch((error) =>
      // Words of ours only, never a page's text.
      nothing("failed", error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "network"),
    );
  C.verbs.job = ({ job }, profile) => C.work(profile, job);
})();
