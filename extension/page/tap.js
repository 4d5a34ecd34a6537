// The only code of ours in the page's own world. It tells the isolated world what the page itself hears:
// answers of the network, dialogs, forms that are sent. It decides nothing and changes nothing.
//
// Notes go through a node that is in no document. The isolated world hands it over as the `relatedTarget` of
// an event at document_start, before a script of the page can run, and dispatching on it is synchronous: the
// note has left before the page's own handler runs, even if that closes the window.
(() => {
  "use strict";
  const OFFER = "chudan-offer";
  const CALL = "chudan-call";
  const MOST_TEXT = 600_000;
  const MOST_DIALOG = 2_000;
  const MOST_EARLY = 100;

  // As the browser made them: a page that replaces `call` or `apply` must not be handed the pipe.
  const { apply } = Reflect;
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  const Note = CustomEvent;
  const write = JSON.stringify;

  /** @type {Element | null} */
  let pipe = null;
  /** @type {string[]} */
  const early = [];

  /** @param {TapNote} note */
  function tell(note) {
    const detail = write(note);
    if (pipe) apply(dispatchEvent, pipe, [new Note("note", { detail })]);
    else if (early.length < MOST_EARLY) early.push(detail);
  }

  /** Whether the isolated world cares about an answer; it says so by cancelling the question. @param {AnswerHead} head */
  function wanted(head) {
    if (!pipe) return true;
    return !apply(dispatchEvent, pipe, [new Note("wanted", { detail: write(head), cancelable: true })]);
  }

  /** @param {Event} event */
  function take(event) {
    if (pipe || !(event instanceof MouseEvent) || !(event.relatedTarget instanceof Element)) return;
    pipe = event.relatedTarget;
    event.preventDefault(); // so that it is offered to nobody else
    for (const detail of early.splice(0)) apply(dispatchEvent, pipe, [new Note("note", { detail })]);
  }

  /** Work of ours that must never disturb the page. @param {() => void} work */
  function quietly(work) {
    try {
      work();
    } catch {
      // The page goes on as if we were not here.
    }
  }

  quietly(() => {
    apply(addEventListener, document, [OFFER, (/** @type {Event} */ event) => quietly(() => take(event)), { once: true }]);
    apply(dispatchEvent, document, [new Event(CALL)]);
  });

  /** @param {string | URL} url */
  function absolute(url) {
    return new URL(String(url), document.baseURI).href;
  }

  /** The sent form or text, where it is one. @param {unknown} body */
  function textOf(body) {
    if (typeof body === "string") return body;
    if (body instanceof URLSearchParams) return body.toString();
    if (!(body instanceof FormData)) return "";
    const fields = [...body].filter((field) => typeof field[1] === "string");
    return new URLSearchParams(/** @type {[string, string][]} */ (fields)).toString();
  }

  /** @param {string} method @param {string} url @param {number} status @param {string} requestBody @param {string} text */
  function heard(method, url, status, requestBody, text) {
    if (text.length > MOST_TEXT) return;
    tell({ what: "network", method, url, status, requestBody: requestBody.slice(0, MOST_TEXT), text });
  }

  /**
   * Let `before` see each call of a function; everything else stays the page's.
   * @param {any} owner @param {string} name
   * @param {(self: any, args: any[], call: () => any) => any} around
   */
  function wrap(owner, name, around) {
    owner[name] = new Proxy(owner[name], {
      apply: (target, self, args) => around(self, args, () => apply(target, self, args)),
    });
  }

  /** @type {WeakMap<XMLHttpRequest, {method: string, url: string, body: string}>} */
  const requests = new WeakMap();

  /** @param {XMLHttpRequest} request */
  function answered(request) {
    const sent = requests.get(request);
    if (!sent || request.status === 0) return;
    if (!wanted({ url: sent.url, last: request.responseURL || sent.url, status: request.status })) return;
    const type = request.responseType;
    if (type === "" || type === "text") heard(sent.method, sent.url, request.status, sent.body, request.responseText);
    if (type === "json") heard(sent.method, sent.url, request.status, sent.body, write(request.response) ?? "");
  }

  wrap(XMLHttpRequest.prototype, "open", (request, args, call) => {
    quietly(() => {
      const fresh = !requests.has(request);
      requests.set(request, { method: String(args[0]).toUpperCase(), url: absolute(args[1]), body: "" });
      // Ahead of the page's own listeners, which may close this window.
      const look = () => quietly(() => request.readyState === 4 && answered(request));
      if (fresh) apply(addEventListener, request, ["readystatechange", look, { capture: true }]);
    });
    return call();
  });
  wrap(XMLHttpRequest.prototype, "send", (request, args, call) => {
    quietly(() => {
      const sent = requests.get(request);
      if (sent) sent.body = textOf(args[0]);
    });
    return call();
  });

  /** Read a copy of an answer we care about before the page gets it, but never keep the page waiting long. @param {Response} response @param {any[]} args */
  async function read(response, [input, init]) {
    const url = absolute(input instanceof Request ? input.url : input);
    if (!wanted({ url, last: response.url || url, status: response.status }) || !response.body) return;
    const method = String(init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    const noted = note(response.clone(), { method, url, status: response.status, body: textOf(init?.body) });
    await Promise.race([noted, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  }

  /** Tell an answer once its text is there; never fails, whoever waits. @param {Response} copy @param {{method: string, url: string, status: number, body: string}} sent */
  async function note(copy, { method, url, status, body }) {
    try {
      heard(method, url, status, body, await copy.text());
    } catch {
      // The page goes on as if we were not here.
    }
  }

  wrap(globalThis, "fetch", async (_self, args, call) => {
    const response = await call();
    try {
      await read(response, args);
    } catch {
      // The page goes on as if we were not here.
    }
    return response;
  });

  for (const name of ["alert", "confirm"]) {
    wrap(globalThis, name, (_self, args, call) => {
      quietly(() => tell({ what: "dialog", text: String(args[0] ?? "").slice(0, MOST_DIALOG) }));
      return call();
    });
  }
  wrap(HTMLFormElement.prototype, "submit", (_self, _args, call) => {
    quietly(() => tell({ what: "form" }));
    return call();
  });
})();
