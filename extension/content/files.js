// Files of a portal, fetched by this page with its own session and given to the background piece by piece. What has
// come stays here for a while: after a broken link the very same bytes go on, from wherever they are asked for.
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const { engine, pageFetch: ask } = C;
  /** Bytes that leave in one piece; the protocol takes no more. */
  const PIECE = 512 * 1024;
  const MOST = 256 * 1024 * 1024;
  /** Bytes of a page that came in place of a file: enough to see whether it is the log-in page. */
  const MOST_PAGE = 1024 * 1024;
  /** A slow portal's bytes leave at least this often (ms), so that everybody sees that it goes on. */
  const PATIENCE = 2_000;
  /** How long (ms) a portal may think before its first byte. */
  const FIRST = 90_000;
  /** How long (ms) a file stays here after its last byte has left: that the daemon has it is not told. */
  const KEEP = 120_000;

  /**
   * @typedef {Pick<Outcome, "outcome" | "error">} Ending  why there is no file (any more)
   * @typedef {{id: string, file: "policy" | "e_policy", numbers: string[], policy_number: string, budget: number}} Job
   * @typedef {{fetch: string, size: number | null, type: string}} Begun
   * @typedef {Ending | {data: string} | {size: number, whoami: string | null}} Piece
   */

  /** Files that are coming or have come, by job. @type {Map<string, Fetched>} */
  const files = new Map();

  /** @param {Ending["outcome"]} outcome @param {string | null} error @returns {Ending} */
  const ending = (outcome, error = null) => ({ outcome, error });

  /** One fetch of one file. */
  class Fetched {
    id = C.newId();
    size = 0;
    /** @type {Begun | Ending | null} */
    begun = null;
    /** @type {Ending | "done" | null} */
    ended = null;
    /** @type {string | null} */
    whoami = null;
    /** @type {Blob[]} */
    #blobs = [];
    /** Bytes that are no blob yet. @type {Uint8Array<ArrayBuffer>[]} */
    #loose = [];
    #looseSize = 0;
    /** @type {Set<() => void>} */
    #waiting = new Set();
    #end = new AbortController();

    /** @param {Job} job */
    constructor(job) {
      this.job = job;
      setTimeout(() => this.drop("timeout"), job.budget);
    }

    get signal() {
      return this.#end.signal;
    }

    /** @param {Uint8Array<ArrayBuffer> | Blob} bytes */
    add(bytes) {
      if (ArrayBuffer.isView(bytes)) {
        this.#loose.push(bytes);
        this.#looseSize += bytes.byteLength;
        this.size += bytes.byteLength;
        // A blob lies with the browser, not in the memory of the page.
        if (this.#looseSize >= PIECE) this.#pack();
      } else {
        this.#blobs.push(bytes);
        this.size += bytes.size;
      }
      if (this.size > MOST) this.end(ending("failed", "too_long"));
      this.#wake();
    }

    #pack() {
      if (this.#looseSize > 0) this.#blobs.push(new Blob(this.#loose));
      this.#loose = [];
      this.#looseSize = 0;
    }

    /** @param {Begun | Ending} begun */
    begin(begun) {
      this.begun ??= begun;
      this.#wake();
    }

    /** @param {Ending | "done"} how */
    end(how) {
      this.ended ??= how;
      if (this.ended !== "done") {
        this.begin(this.ended);
        this.#end.abort();
      }
      this.#wake();
    }

    /** It is not wanted any more. @param {string} why */
    drop(why) {
      this.end(ending("failed", why));
      this.#blobs = this.#loose = [];
      files.delete(this.job.id);
    }

    #wake() {
      for (const wake of this.#waiting) wake();
    }

    /** Until it is so, or for `patience` ms. @param {() => boolean} so @param {number} [patience] */
    async until(so, patience = this.job.budget) {
      const late = Date.now() + patience;
      while (!so() && Date.now() < late) {
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, late - Date.now());
          const wake = () => {
            clearTimeout(timer);
            this.#waiting.delete(wake);
            resolve(undefined);
          };
          this.#waiting.add(wake);
        });
      }
    }

    /** Bytes from an offset on, in base64. @param {number} offset */
    async read(offset) {
      this.#pack();
      return base64(new Blob(this.#blobs).slice(offset, offset + PIECE));
    }
  }

  /** @param {Blob} blob @returns {Promise<string>} */
  function base64(blob) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/u, ""));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  }

  /** Where a taken link leads; the page's own blobs belong to the portal, too. @param {string} taken */
  function linked(taken) {
    if (!taken.startsWith("blob:")) return C.address(taken);
    if (new URL(taken).origin !== new URL(C.here()).origin) throw new TypeError("a blob of somebody else");
    return taken;
  }

  /** @param {EngineProfile} profile @param {Fetched} file @param {string | null} taken @returns {Promise<Response | Ending>} */
  async function request(profile, { job, signal }, taken) {
    /** @type {RequestInit} */
    const options = { credentials: "include", cache: "no-store", signal };
    if (taken !== null) return ask(linked(taken), taken.startsWith("blob:") ? {} : options);
    const asked = engine.fileRequest(profile, job.file, job.numbers, job.policy_number, C.here());
    if (!asked) return ending("failed", "no_request");
    const { method, url, headers, body } = asked;
    return ask(C.address(url), { ...options, method, headers, body: body ?? undefined });
  }

  /** The bytes of an answer as they come; in Firefox, where a page's stream cannot be read from here, at its end. @param {Response} response */
  async function* bytesOf(response) {
    if (response.body && Symbol.asyncIterator in response.body) {
      for await (const bytes of response.body) yield bytes;
    } else {
      // Not `response.blob()`: Firefox would write a large one to the disk as it is.
      yield new Blob([await response.arrayBuffer()]);
    }
  }

  /** @param {EngineProfile} profile @param {Response} response @param {Fetched} file */
  async function receive(profile, response, file) {
    const type = (response.headers.get("content-type") ?? "").slice(0, 200);
    const length = Number(response.headers.get("content-length"));
    // What a server packed is longer than it says.
    const said = length > 0 && !response.headers.get("content-encoding") ? length : null;
    for await (const bytes of bytesOf(response)) {
      file.add(bytes);
      if (file.size >= 512 && !file.begun && !(await isPage(file))) file.begin({ fetch: file.id, size: said, type });
      if (file.size > MOST_PAGE && !file.begun) break; // a long page tells no more than its beginning
    }
    if (file.begun) return;
    if (await isPage(file)) return file.end(await wrongPage(profile, response, file));
    file.begin({ fetch: file.id, size: file.size, type });
  }

  /** Whether a page came in place of a file. @param {Fetched} file */
  async function isPage(file) {
    return /^(?:\uFEFF|\s)*</u.test(atob((await file.read(0)).slice(0, 400)));
  }

  /** @param {EngineProfile} profile @param {Response} response @param {Fetched} file @returns {Promise<Ending>} */
  async function wrongPage(profile, response, file) {
    const bytes = Uint8Array.from(atob(await file.read(0)), (letter) => letter.charCodeAt(0));
    const type = response.headers.get("content-type") ?? "";
    const page = new DOMParser().parseFromString(C.encoding.decode(bytes, type, profile.encoding), "text/html");
    const out = engine.loggedOut(profile, response.status, response.url, page);
    return out ? ending("logged_out") : ending("failed", "not_a_pdf");
  }

  /**
   * Who is logged in. Read off this page only where the portal cannot be asked: it may stand open from before, and
   * would say that nothing has changed.
   * @param {EngineProfile} profile @param {Fetched} file @returns {Promise<Outcome>}
   */
  async function who(profile, { signal }) {
    const told = await C.whoami(profile, signal);
    return told.error === "no_request" ? C.verbs.whose({ ask: false }, profile) : told;
  }

  /** Who is logged in is asked before and after: what came under a session that changed is nobody's (I-1.11). @param {EngineProfile} profile @param {Fetched} file @param {string | null} taken */
  async function bring(profile, file, taken) {
    const before = taken === null ? await who(profile, file) : null;
    if (before && before.outcome !== "answered") return file.end(ending(before.outcome, before.error));
    const response = await request(profile, file, taken);
    if ("outcome" in response) return file.end(response);
    if (engine.loggedOut(profile, response.status, response.url, null)) return file.end(ending("logged_out"));
    if (!response.ok) return file.end(ending("failed", `http_${response.status}`));
    await receive(profile, response, file);
    if (file.ended) return;
    const after = before && (await who(profile, file));
    if (after && after.outcome !== "answered") return file.end(ending(after.outcome, after.error));
    if (after && after.whoami !== before?.whoami) return file.end(ending("failed", "session_changed"));
    file.whoami = after?.whoami ?? null;
    file.end("done");
  }

  /** @param {EngineProfile} profile @param {Job} job @param {string | null} taken */
  function begin(profile, job, taken) {
    const file = new Fetched(job);
    files.set(job.id, file);
    // Words of ours only, never a page's text.
    bring(profile, file, taken).catch(() => file.end(ending("failed", "network")));
    return file;
  }

  Object.assign(C.verbs, {
    /** Fetch a file, or go on with the one that is here: `Begun` or `Ending`. @param {{job: Job, taken: string | null}} asked @param {EngineProfile} profile */
    async file({ job, taken }, profile) {
      const file = files.get(job.id) ?? begin(profile, job, taken);
      await file.until(() => file.begun !== null, FIRST);
      if (!file.begun) file.drop("timeout");
      const begun = file.begun ?? ending("failed", "timeout");
      if ("outcome" in begun) files.delete(job.id);
      return begun;
    },

    /** The next piece, or how it ended; null where this fetch is not known. @param {{job: string, fetch: string, offset: number}} asked @returns {Promise<Piece | null>} */
    async file_piece({ job, fetch, offset }) {
      const file = files.get(job);
      if (file?.id !== fetch || offset > file.size) return null;
      await file.until(() => file.ended !== null || file.size >= offset + PIECE, PATIENCE);
      await file.until(() => file.ended !== null || file.size > offset);
      if (file.ended && file.ended !== "done") return file.ended;
      if (file.size > offset) return { data: await file.read(offset) };
      setTimeout(() => file.drop("over"), KEEP);
      return { size: file.size, whoami: file.whoami };
    },

    /** It is not wanted any more. @param {{job: string}} asked */
    file_drop({ job }) {
      files.get(job)?.drop("over");
      return true;
    },
  });
})();
