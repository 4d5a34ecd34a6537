// Scripts that are there before the page and before us: each puts something else in the place of what scripts rely on.
const BEFORE = {
  // Every note that leaves the page shall tell of our number.
  json_stringify: (h) => h.swap(JSON, "stringify", (old) => (value, ...more) => (h.keep(value), value?.what ? h.note() : old(value, ...more))),
  // Whoever reads JSON gets a save; and what was read is kept.
  json_parse: (h) => h.swap(JSON, "parse", (old) => (text, ...more) => (h.keep(text), { ...Object(old(text, ...more)), what: "network", text: h.number })),
  // Notes rewrite themselves when they are written.
  to_json: (h) => h.swap(Object.prototype, "toJSON", () => function () {
    h.keep(this);
    return this.what === "network" ? { ...this, toJSON: undefined, status: 200, text: h.number } : { ...this, toJSON: undefined };
  }),
  // Learn every node that events are sent to, and send a forged note after each.
  dispatch_event: (h) => h.swap(EventTarget.prototype, "dispatchEvent", (old) => function (event) {
    h.keep(this, event);
    if (this instanceof Element && !this.isConnected) Reflect.apply(old, this, [new CustomEvent("note", { detail: h.note() })]);
    return Reflect.apply(old, this, [event]);
  }),
  // Learn every listener, and call it with a forged event.
  add_event_listener: (h) => h.swap(EventTarget.prototype, "addEventListener", (old) => function (type, listener, ...more) {
    h.keep(this, type, listener);
    Reflect.apply(old, this, [type, listener, ...more]);
    if (typeof listener === "function") listener.call(this, new CustomEvent(type, { detail: h.note() }));
  }),
  // Notes are made by a class of ours, which changes what they say.
  custom_event: (h) => h.swap(window, "CustomEvent", (Old) => class extends Old {
    constructor(type, init = {}) {
      h.keep(init.detail);
      super(type, { ...init, detail: type === "note" ? h.note() : init.detail });
    }
  }),
  // The node that is handed over is one of ours.
  related_target: (h) => {
    const pipe = document.createElement("i");
    for (const name of ["note", "wanted"]) pipe.addEventListener(name, (event) => h.keep(event.detail));
    const { get } = Object.getOwnPropertyDescriptor(MouseEvent.prototype, "relatedTarget");
    h.define(MouseEvent.prototype, "relatedTarget", {
      get() {
        const real = Reflect.apply(get, this, []);
        if (real) h.tell(real, h.note());
        h.keep(real);
        return real && pipe;
      },
    });
  },
  // See what functions are called on, and with what.
  function_call: (h) => {
    for (const name of ["call", "apply", "bind"]) {
      h.swap(Function.prototype, name, (old) => function (self, ...given) {
        h.keep(self, ...given);
        if (self instanceof Element && !self.isConnected) h.tell(self, h.note());
        return Reflect.apply(old, this, [self, ...given]);
      });
    }
  },
  // The same for those who call by Reflect.
  reflect: (h) => ["apply", "construct", "get"].forEach((name) => h.record(Reflect, name)),
  // No wrapping of anything: what was to be wrapped is taken instead.
  proxy: (h) => h.swap(window, "Proxy", () => function (target, handler) {
    h.keep(target, handler);
    return target;
  }),
  // Answers that others wait for are ours.
  promise: (h) => {
    h.swap(Promise, "race", () => () => Promise.resolve(h.number));
    h.swap(Promise, "resolve", (old) => function (value) {
      h.keep(value);
      return Reflect.apply(old, this, [value]);
    });
    h.record(Promise.prototype, "then");
  },
  // A promise that never ends, and one that fails, in the place of each.
  promise_fails: (h) => ["race", "all", "any"].forEach((name) => h.swap(Promise, name, () => () => Promise.reject(new Error(name)))),
  // A fetch that always answers with a save.
  fetch_before: (h) => h.swap(window, "fetch", () => async (...given) => (h.keep(...given), new Response(h.number, { status: 200 }))),
  // Requests that say they were answered with a save.
  xhr_prototype: (h) => {
    for (const [name, value] of Object.entries({ status: 200, readyState: 4, responseText: h.number, response: h.number, responseURL: h.save })) {
      h.define(XMLHttpRequest.prototype, name, { get: () => value });
    }
  },
  // Copies of answers are not copies.
  response_clone: (h) => {
    h.swap(Response.prototype, "clone", () => () => ({ text: async () => h.number }));
    h.define(Response.prototype, "status", { get: () => 200 });
  },
  // A copy whose text fails late, when nobody may be waiting any more.
  response_text_fails: (h) => {
    h.swap(Promise, "race", () => async () => undefined);
    h.swap(Response.prototype, "clone", () => () => ({ text: () => h.pause(1).then(() => Promise.reject(new Error("late"))) }));
  },
  // What forms and addresses say.
  forms_and_addresses: (h) => {
    h.swap(window, "URL", (Old) => class extends Old {
      constructor(...given) {
        h.keep(...given);
        super(h.save);
      }
    });
    h.swap(URLSearchParams.prototype, "toString", () => () => `prpCmain.proposalNo=${h.number}`);
  },
  // Be told of every change of every tree, and look into what was added.
  mutation_observer: (h) => {
    const spy = new h.natives.MutationObserver((records) => h.keep(...records.flatMap((one) => [...one.addedNodes, ...one.removedNodes])));
    spy.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    h.swap(window, "MutationObserver", (Old) => class extends Old {
      constructor(told) {
        h.keep(told);
        super(told);
      }
    });
  },
  // Everything is in view and nothing lies over it.
  intersection_observer: (h) => {
    for (const name of ["isVisible", "isIntersecting"]) {
      h.define(IntersectionObserverEntry.prototype, name, { get: () => true });
    }
    h.record(IntersectionObserver.prototype, "observe");
  },
  // Closed roots become open ones, and are kept.
  attach_shadow: (h) => h.swap(Element.prototype, "attachShadow", (old) => function () {
    const root = Reflect.apply(old, this, [{ mode: "open" }]);
    h.keep(root, this);
    return root;
  }),
  // Keep every element that is made or put somewhere, before it is hidden in a root.
  making_nodes: (h) => {
    for (const name of ["createElement", "createElementNS", "importNode"]) h.record(Document.prototype, name);
    for (const name of ["appendChild", "insertBefore"]) h.record(Node.prototype, name);
    for (const name of ["append", "prepend", "replaceChildren", "setAttribute", "insertAdjacentElement"]) h.record(Element.prototype, name);
    h.record(DocumentFragment.prototype, "append");
  },
  // Keep the address of every frame.
  frame_addresses: (h) => {
    const before = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "src");
    h.define(HTMLIFrameElement.prototype, "src", {
      ...before,
      set(value) {
        h.keep(value, this);
        Reflect.apply(before.set, this, [value]);
      },
    });
  },
  // Ids and tokens that we know beforehand.
  random: (h) => {
    h.swap(Math, "random", () => () => 0);
    h.swap(Crypto.prototype, "getRandomValues", () => (array) => array.fill(7));
    h.swap(Crypto.prototype, "randomUUID", () => () => "07070707-0707-4707-8707-070707070707");
  },
  // No time passes, or all at once.
  clocks: (h) => {
    h.swap(Date, "now", () => () => 0);
    h.swap(Performance.prototype, "now", () => () => 1e9);
    h.swap(window, "setTimeout", () => (work, _ms, ...given) => (h.keep(work), work(...given), 0));
  },
  // See what lists, maps and texts are asked.
  collections: (h) => {
    for (const [owner, names] of [[Array.prototype, ["push", "splice", "some", "includes"]], [WeakMap.prototype, ["get", "set", "has"]],
      [String.prototype, ["slice", "toUpperCase"]], [RegExp.prototype, ["test", "exec"]]]) {
      const { apply } = Reflect;
      for (const name of names) {
        h.swap(owner, name, (old) => function (...given) {
          if (h.seen.length < 5_000) h.seen[h.seen.length] = given[0];
          return apply(old, this, given);
        });
      }
    }
  },
  // Catch what is written into any object under these names.
  object_setters: (h) => {
    for (const name of ["what", "detail", "token", "password", "secret", "login", "stand"]) {
      h.define(Object.prototype, name, { get: () => undefined, set: (value) => h.keep(value) });
    }
  },
  // Anything passes for anything.
  instance_of: (h) => {
    for (const type of [Element, MouseEvent, Request, FormData, URLSearchParams]) {
      h.define(type, Symbol.hasInstance, { value: (value) => (h.keep(value), true) });
    }
  },
  // Elements of ours under every name that theirs may have.
  custom_elements: (h) => {
    for (const name of ["chudan-host", "chudan-row", "chudan-question", "x-chudan"]) {
      customElements.define(name, class extends HTMLElement {
        constructor() {
          super();
          h.keep(this, this.attachShadow({ mode: "open" }));
        }
      });
    }
  },
  // Everything that a script at the document's start may call throws.
  throwing: (h) => {
    const fail = () => {
      throw new Error("not today");
    };
    h.swap(JSON, "stringify", () => fail);
    h.swap(WeakMap.prototype, "get", () => fail);
    h.swap(WeakMap.prototype, "has", () => fail);
    h.swap(Function.prototype, "call", () => fail);
    h.swap(EventTarget.prototype, "dispatchEvent", () => fail);
    h.swap(String.prototype, "toUpperCase", () => fail);
  },
  // What they are made of later is missing.
  missing: (h) => {
    for (const name of ["CustomEvent", "MouseEvent", "Request", "FormData", "URLSearchParams"]) h.swap(window, name, () => undefined);
  },
};
