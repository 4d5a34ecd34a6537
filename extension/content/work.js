// Portal queries, made by this page with its own session (one query, read together with who is logged in).
(() => {
  "use strict";
  const { engine } = globalThis.Chudan;
  // Firefox: the page's own fetch, as the browser made it, so that the portal sees its own page asking.
  const ask = /** @type {any} */ (globalThis).content?.fetch ?? globalThis.fetch.bind(globalThis);

  /**
   * @param {EngineProfile} profile @param {EngineQuery} name @param {string[]} numbers @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async function query(profile, name, numbers, signal) {
    const { method, url, headers, body } = engine.request(profile, name, numbers, location.href);
    const options = { method, headers, body: body ?? undefined, credentials: "include", cache: "no-store", signal };
    const response = await ask(new URL(url, location.origin).href, options);
    return engine.read(profile, name, {
      status: response.status,
      url: response.url,
      bytes: new Uint8Array(await response.arrayBuffer()),
      contentType: response.headers.get("content-type") ?? "",
    });
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

  globalThis.Chudan.whoami = whoami;
  globalThis.Chudan.work = (profile, job) =>
    work(profile, job, AbortSignal.timeout(job.budget)).catch((error) =>
      // Words of ours only, never a page's text.
      nothing("failed", error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "network"),
    );
})();
