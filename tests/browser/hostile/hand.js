// What every hostile script has to hand (`h`): functions as they were before it came, what it has won so far, the number
// it lies about. The address says which script a document is to run and its number: `?hostile=NAME&number=NUMBER`;
// with `&question` it goes on once a question stands in the page.
(() => {
  if (window !== top || !location.protocol.startsWith("http")) return;
  const asked = new URLSearchParams(location.search);
  const name = asked.get("hostile");
  if (!name) return;

  const { apply, ownKeys } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  const Native = { Array, CustomEvent, Error, Map, MutationObserver, Promise, Set, String, WeakSet, XMLHttpRequest };
  const later = setTimeout.bind(window);
  const own = (key) => getOwnPropertyDescriptor(Document.prototype, key).get.bind(document);
  const [root, body] = [own("documentElement"), own("body")];
  const { querySelectorAll: within } = Element.prototype;
  const { querySelectorAll: below } = DocumentFragment.prototype;
  const getRoot = getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get;
  /** @type {(() => void)[]} */
  const undo = [];

  const h = {
    name,
    number: asked.get("number") ?? "",
    save: `${location.origin}/prpall/business/insert.do`,
    natives: Native,
    /** What was seen or won. @type {unknown[]} */
    seen: [],
    /** Errors of scripts that are not the page's. @type {string[]} */
    faults: [],
    /** The node that the extension's two scripts speak through. @type {Element | null} */
    pipe: null,
    keep: (...values) => void (h.seen.length < 20_000 && h.seen.push(...values)),
    /** Put something else in the place of a property until the script is over. */
    swap(owner, key, make) {
      const before = getOwnPropertyDescriptor(owner, key);
      h.define(owner, key, { enumerable: before?.enumerable ?? false, value: make(before?.value), writable: true });
    },
    define(owner, key, descriptor) {
      const before = getOwnPropertyDescriptor(owner, key);
      undo[undo.length] = () => (before ? defineProperty(owner, key, before) : delete owner[key]);
      defineProperty(owner, key, { configurable: true, ...descriptor });
    },
    /** Have a function note what it is given, and do its work. */
    record(owner, key, change = (given) => given) {
      h.swap(owner, key, (old) => function (...given) {
        h.keep(this, ...given);
        return apply(old, this, change(given));
      });
    },
    /** A note as the tap writes it, of a save that never was. */
    note: (more = {}) => {
      const lie = { what: "network", method: "POST", url: h.save, status: 200, requestBody: "", text: h.number };
      return JSON.stringify({ ...lie, ...more });
    },
    dispatch: (target, event) => apply(dispatchEvent, target, [event]),
    tell(target, detail, type = "note") {
      h.dispatch(target, new Native.CustomEvent(type, { detail, cancelable: true, bubbles: true, composed: true }));
    },
    /** Make the page look as it does after a save. */
    fields() {
      if (!document.getElementById("fm")) {
        document.body.insertAdjacentHTML("beforeend", `<form id="fm"><div id="messageBox"></div>
          <input id="prpCmain.proposalNo"><input id="prpCmainCI.proposalNo"></form>`);
      }
      document.getElementById("prpCmain.proposalNo").value = h.number;
      document.getElementById("messageBox").textContent = "投保单保存成功";
    },
    /** Everything the tap listens to, once: what scripts that lay in wait for it feed on. */
    async bait() {
      await (await fetch(h.save, { method: "POST", body: "x" })).text();
      await new Native.Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.onloadend = () => resolve();
        request.open("POST", h.save);
        request.send("x");
      });
      alert("投保单保存成功");
      h.fields();
    },
    /** Whether the extension's script knows which portal this is: from then on it does not want every answer. */
    ready() {
      const head = `{"url":"${location.origin}/none","last":"${location.origin}/none","status":200}`;
      const asks = new Native.CustomEvent("wanted", { detail: head, cancelable: true });
      return h.pipe !== null && h.dispatch(h.pipe, asks);
    },
    pause: (ms) => new Native.Promise((resolve) => later(resolve, ms)),
    /** Everything this page can reach, as text: its tree with open roots, its properties, what was recorded. */
    haul() {
      const texts = [];
      const met = new Native.WeakSet();
      const look = (value, depth) => {
        if (typeof value === "string") return void texts.push(value);
        if (value === null || !["object", "function"].includes(typeof value) || met.has(value) || depth > 3) return;
        met.add(value);
        if (value instanceof Element || value instanceof ShadowRoot) return tree(value);
        if (value instanceof Event) look([value.detail, value.relatedTarget, ...value.composedPath()], depth + 1);
        for (const key of ownKeys(value)) {
          texts.push(String(key));
          try {
            look(value[key], depth + 1);
          } catch {
            // A property that throws says nothing.
          }
        }
      };
      const tree = (root) => {
        texts.push(root.outerHTML ?? root.innerHTML);
        for (const one of [root, ...apply(root.nodeType === 1 ? within : below, root, ["*"])]) {
          const inside = one instanceof Element ? apply(getRoot, one, []) : null;
          if (inside) tree(inside);
          if (one instanceof HTMLInputElement) texts.push(one.value);
          if (one instanceof HTMLIFrameElement) {
            texts.push(one.src);
            if (one.contentDocument) tree(one.contentDocument.documentElement);
          }
        }
      };
      tree(root());
      look(h.seen, 0);
      for (const key of ownKeys(window)) if (key !== "hostile") look({ [key]: window[key] }, 1);
      const entries = performance.getEntries().map(({ name: entry }) => entry);
      texts.push(document.cookie, body()?.innerText, ...entries, ...Object.values(localStorage));
      return texts.join("\n");
    },
  };
  addEventListener.call(document, "chudan-offer", (event) => (h.pipe ??= event.relatedTarget), { once: true });
  for (const kind of ["error", "unhandledrejection"]) {
    addEventListener.call(window, kind, ({ filename, error, reason }) => {
      const where = `${filename ?? ""} ${(error ?? reason)?.stack ?? error ?? reason}`;
      if (where.includes("-extension:")) h.faults.push(where);
    });
  }
  Object.defineProperty(window, "hostile", { value: h });

  const before = BEFORE[name];
  before?.(h);
  const run = async () => {
    while (!h.ready()) await h.pause(10);
    while (asked.has("question") && !apply(within, root(), ["body > div[style*=fixed]"])[0]) await h.pause(10);
    if (before) await h.bait();
    else await AFTER[name](h);
  };
  run()
    .catch((error) => h.keep(`${error}`)) // a script may fail; what counts is what came of it
    .then(() => {
      for (const back of undo.reverse()) back();
      root().dataset.done = "";
    });
})();
