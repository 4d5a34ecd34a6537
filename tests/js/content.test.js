import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { settled, until } from "./fake_browser.js";
import { portalPage, watchShadows } from "./pages.js";
import { ORIGIN } from "./samples.js";

/** @type {any[]} */
const open = [];
afterEach(() => open.splice(0).forEach(({ dom }) => dom.window.close()));

function page(...options) {
  const made = portalPage(...options);
  open.push(made);
  const of = (what) => made.sent.filter((message) => message.what === what);
  return { ...made, of };
}
/** Past the moment the background's answer with the profile has come. */
const ready = ({ of }) => until(() => of("ready").length > 0);
const numbers = (messages) => messages.map(({ source, numbers: all }) => `${source} ${all.join()}`);

/** A request of the page's own script, answered by `text`. */
function request(window, text, url = "/save", method = "POST") {
  const Xhr = window.XMLHttpRequest;
  const original = Object.getOwnPropertyDescriptor(Xhr.prototype, "responseText");
  const made = new Xhr();
  made.open(method, url);
  Object.defineProperties(made, {
    readyState: { value: 4 },
    status: { value: 200 },
    responseText: { value: text },
  });
  assert.ok(original);
  return made;
}

test("each document reports itself before anything else", () => {
  const { sent } = page("");
  assert.equal(sent[0].what, "frame");
  assert.match(sent[0].doc, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
});

test("a page that was prepared unseen reports itself when the clerk goes there, and is a page like any other", async () => {
  const furnish = ({ document }) => Object.defineProperty(document, "prerendering", { value: true, configurable: true });
  const made = page(`<input id="saved" value="T000000001" />`, { furnish });
  await settled();
  assert.deepEqual(made.sent, []);
  Object.defineProperty(made.document, "prerendering", { value: false });
  made.document.dispatchEvent(new made.window.Event("prerenderingchange"));
  await ready(made);
  assert.equal(made.of("frame").length, 1);
  assert.deepEqual(numbers(made.of("hint")), ["page T000000001"]);
});

for (const order of /** @type {const} */ (["tap first", "content first"])) {
  test(`an answer of the network leaves within the page's own event (${order})`, async () => {
    const made = page("", { order });
    await ready(made);
    const xhr = request(made.window, "T000000001,T000000002");
    let before = -1;
    xhr.addEventListener("readystatechange", () => {
      before = made.of("hint").length;
    });
    xhr.dispatchEvent(new made.window.Event("readystatechange"));
    assert.equal(before, 1, "the page's own listener already found the hint gone out");
    assert.deepEqual(numbers(made.of("hint")), ["network T000000001,T000000002"]);
  });
}

/** As in a browser, where these functions are of the page's own realm: jsdom's are of the test's. */
const NATIVE = `for (const name of ["dispatchEvent", "addEventListener"]) {
  const [own, { apply }] = [EventTarget.prototype[name], Reflect];
  EventTarget.prototype[name] = function (...args) { return apply(own, this, args); };
}`;
/** A page that looks for the pipe in all that it can get at. */
const HOSTILE = `
  const { apply } = Reflect;
  const { dispatchEvent, addEventListener } = EventTarget.prototype;
  globalThis.caught = [];
  const look = (one) => one instanceof Element && caught.push(one.localName);
  Function.prototype.call = function (self, ...args) { look(self); return apply(this, self, args); };
  Function.prototype.apply = function (self, args = []) { look(self); return apply(this, self, args); };
  Reflect.apply = (target, self, args) => { look(self); return apply(target, self, args); };
  EventTarget.prototype.dispatchEvent = function (event) { look(this); return apply(dispatchEvent, this, [event]); };
  apply(addEventListener, document, ["chudan-offer", ({ relatedTarget }) => look(relatedTarget)]);
  apply(dispatchEvent, document, [new Event("chudan-call")]);`;

for (const order of /** @type {const} */ (["tap first", "content first"])) {
  test(`a page that replaces what we call, or calls as we do, never gets hold of the pipe (${order})`, async () => {
    const made = page("", { order, furnish: (window) => window.eval(NATIVE) });
    await ready(made);
    made.window.eval(HOSTILE);
    request(made.window, "T000000001").dispatchEvent(new made.window.Event("readystatechange"));
    assert.deepEqual(numbers(made.of("hint")), ["network T000000001"]);
    assert.deepEqual([...made.window.caught], []);
  });
}

test("words that are no notes are passed over by who hears the pipe, and the next note is heard", async () => {
  /** @type {any} */
  let pipe;
  const take = (/** @type {any} */ { relatedTarget }) => (pipe = relatedTarget);
  const made = page("", { furnish: (window) => window.document.addEventListener("chudan-offer", take) });
  await ready(made);
  /** @type {string[]} */
  const failed = [];
  made.window.addEventListener("error", (event) => (event.preventDefault(), failed.push(event.message)));
  const tell = (detail) => {
    for (const type of ["note", "wanted"]) pipe.dispatchEvent(new made.window.CustomEvent(type, { detail, cancelable: true }));
  };
  const note = { what: "network", method: "POST", url: `${ORIGIN}/save`, status: 200, requestBody: "", text: "T000000001" };
  for (const words of ["", "{", "null", "7", "[]", "{}", null, note]) tell(words);
  for (const bad of [{ url: "::" }, { url: 7 }, { text: null }, { method: {} }, { requestBody: 7 }, { status: "200" }, { what: "dialog", text: 7 }, { last: 7 }]) {
    tell(JSON.stringify({ ...note, ...bad, last: bad.last ?? "::" }));
  }
  assert.deepEqual([failed, made.of("hint").map(({ numbers: all }) => all.join())], [[], ["T000000001"]]);
  tell(JSON.stringify({ ...note, text: "T000000002" }));
  assert.deepEqual(numbers(made.of("hint")).at(-1), "network T000000002");
});

test("what came before the profile did is not lost", async () => {
  const made = page("");
  request(made.window, "T000000001").dispatchEvent(new made.window.Event("readystatechange"));
  assert.deepEqual(made.of("hint"), []);
  await ready(made);
  assert.deepEqual(numbers(made.of("hint")), ["network T000000001"]);
});

test("answers from other addresses are not even copied", async () => {
  const made = page("");
  await ready(made);
  request(made.window, "T000000001", "/other").dispatchEvent(new made.window.Event("readystatechange"));
  assert.deepEqual(made.of("hint"), []);
});

test("fetch: the note is out before the page has the answer, and the page has it whole", async () => {
  const made = page("");
  await ready(made);
  const response = await made.window.fetch("/save", { method: "POST", body: "a=1" });
  assert.deepEqual(numbers(made.of("hint")), ["network T000000001"]);
  assert.equal(await response.text(), "T000000001");
});

test("fetch: other addresses, failures and answers without end pass untouched", async () => {
  const made = page("");
  await ready(made);
  await made.window.fetch("/other");
  assert.deepEqual(made.of("hint"), []);
  const endless = portalPage("", { fetch: async () => new Response(new ReadableStream({})) });
  open.push(endless);
  endless.window.setTimeout = (work) => setImmediate(work); // two seconds are over at once
  assert.equal((await endless.window.fetch("/save")).status, 200);
  const broken = portalPage("", { fetch: async () => Promise.reject(new TypeError("Failed to fetch")) });
  open.push(broken);
  await assert.rejects(broken.window.fetch("/save"), TypeError);
});

test("a number in the page is told once while it stands there", async () => {
  const made = page(`<input id="saved" />`);
  await ready(made);
  const field = made.document.querySelector("#saved");
  field.value = "T000000001";
  made.document.body.append("·");
  await until(() => made.of("hint").length > 0);
  made.look();
  assert.deepEqual(numbers(made.of("hint")), ["page T000000001"]);
  field.value = "";
  made.look();
  field.value = "T000000001";
  made.look();
  assert.equal(made.of("hint").length, 2, "it was gone in between");
});

test("a value that a script sets, without any trace in the DOM, is seen too", async () => {
  const made = page(`<input id="saved" />`);
  await ready(made);
  made.document.querySelector("#saved").value = "T000000001";
  await until(() => made.of("hint").length > 0);
});

test("after a form was sent and answered the same number is news", async () => {
  const made = page(`<form><input id="saved" value="T000000001" /></form>`);
  await ready(made);
  assert.equal(made.of("hint").length, 1);
  made.look();
  assert.equal(made.of("hint").length, 1, "a frame has loaded, but no form was sent");
  made.document.querySelector("form").dispatchEvent(new made.window.Event("submit"));
  made.look();
  assert.equal(made.of("hint").length, 2);
});

test("a form that a script sends, and the dialog that answers it", async () => {
  const made = portalPage(`<form><input id="saved" value="T000000001" /></form>`, { dialog: () => undefined });
  open.push(made);
  const hints = () => made.sent.filter(({ what }) => what === "hint").length;
  await until(() => hints() === 1);
  made.document.querySelector("form").submit();
  made.window.alert("saved");
  assert.equal(hints(), 2);
});

test("a page that goes away looks once more and says farewell", async () => {
  const made = page(`<input id="saved" />`);
  await ready(made);
  made.document.querySelector("#saved").value = "T000000001";
  made.window.dispatchEvent(new made.window.Event("pagehide"));
  assert.deepEqual(made.sent.slice(-2).map(({ what }) => what), ["hint", "gone"]);
});

test("who is logged in is told when the page shows it, and that nobody is at the log-in page", async () => {
  const made = page(`<input id="who" value="clerk01" />`);
  await ready(made);
  assert.deepEqual(made.of("login").map(({ login }) => login), ["clerk01"]);
  const out = page(`<form id="login"></form>`);
  await ready(out);
  assert.deepEqual(out.of("login").map(({ login }) => login), [null]);
});

test("where no page says it, the portal is asked, once", async () => {
  const made = page("", { answer: ({ what }) => (what === "frame" ? undefined : true) });
  made.window.asked = { outcome: "answered", whoami: "clerk02" };
  await until(() => made.of("login").length > 0);
  assert.deepEqual(made.of("login").map(({ login }) => login), ["clerk02"]);
  const known = page("", { answer: ({ what }) => (what === "frame" ? { profile: { hints_network: [] }, login: "clerk02" } : true) });
  known.window.asked = { outcome: "answered", whoami: "clerk02" };
  await ready(known);
  assert.deepEqual(known.of("login"), []);
});

test("that nobody is logged in is told where the portal says it only when asked", async () => {
  const made = page("", { answer: ({ what }) => (what === "frame" ? undefined : true) });
  made.window.asked = { outcome: "logged_out", whoami: null };
  await until(() => made.of("login").length > 0);
  assert.deepEqual(made.of("login").map(({ login }) => login), [null]);
  const silent = page("", { answer: ({ what }) => (what === "frame" ? undefined : true) });
  silent.window.asked = { outcome: "failed", whoami: null };
  await ready(silent);
  assert.deepEqual(silent.of("login"), []);
});

test("a page that is none of ours, or a stranger's frame, stays quiet for good", async () => {
  for (const answer of [null, { refused: 131 }]) {
    const made = page(`<input id="saved" value="T000000001" />`, { answer: () => answer });
    await settled();
    made.look();
    request(made.window, "T000000001").dispatchEvent(new made.window.Event("readystatechange"));
    made.window.dispatchEvent(new made.window.Event("pageshow"));
    await settled();
    assert.deepEqual(made.sent.map(({ what }) => what), ["frame"]);
  }
});

test("a hint the background could not keep is brought again under the same id", async () => {
  let failures = 2;
  const made = page(`<input id="saved" value="T000000001" />`, {
    furnish: (window) => (window.setTimeout = (work) => setImmediate(work)), // seconds between two tries are over at once
    answer: ({ what }) => {
      if (what !== "hint" || failures === 0) return undefined;
      failures -= 1;
      if (failures === 1) throw new Error("Could not establish connection.");
      return { failed: true };
    },
  });
  await until(() => made.of("hint").length === 3);
  assert.equal(new Set(made.of("hint").map(({ id }) => id)).size, 1);
});

test("a hint leaves a note beside its message, for when nobody is there to hear it", async () => {
  const made = page(`<input id="saved" value="T000000001" />`);
  await ready(made);
  const [hint] = made.of("hint");
  assert.deepEqual(structuredClone(made.notes), { [`hint:${hint.id}`]: { ...hint, origin: ORIGIN } });
});

test("after an update the old script says so once and does nothing more", async () => {
  const made = page(`<input id="saved" />`);
  await ready(made);
  const roots = watchShadows(made.window);
  delete made.extension.runtime.id;
  const before = made.sent.length;
  made.document.querySelector("#saved").value = "T000000001";
  request(made.window, "T000000001").dispatchEvent(new made.window.Event("readystatechange"));
  request(made.window, "T000000001").dispatchEvent(new made.window.Event("readystatechange"));
  assert.equal(made.sent.length, before);
  assert.deepEqual(roots.map((root) => root.textContent), ["page_reload"]);
});

test("a question stands in a closed root, as a frame of our own, and goes when it is told to", async () => {
  const made = page("");
  await ready(made);
  const roots = watchShadows(made.window);
  assert.equal(await made.ask({ what: "mount", token: "one" }), true);
  const frame = roots[0].querySelector("iframe");
  assert.equal(frame.src, "chrome-extension://abcdefghijklmnopabcdefghijklmnop/ask/ask.html#one");
  await made.ask({ what: "resize", token: "one", height: 9_999 });
  assert.equal(frame.style.height, "560px");
  await made.ask({ what: "unmount", token: "two" });
  assert.ok(frame.isConnected);
  await made.ask({ what: "unmount", token: "one" });
  assert.ok(!frame.isConnected);
  assert.equal(made.document.body.children.length, 0);
});

test("a question that the page throws out by drawing itself anew is reported once, and cannot be focused", async () => {
  const made = page("");
  await ready(made);
  await made.ask({ what: "mount", token: "one" });
  made.look();
  assert.equal(await made.ask({ what: "focus_question", token: "one" }), true);
  assert.deepEqual(made.of("question_gone"), []);
  made.document.body.innerHTML = "<p>saved</p>";
  assert.equal(await made.ask({ what: "focus_question", token: "one" }), false);
  made.look();
  made.look();
  assert.deepEqual(made.of("question_gone").map(({ token }) => token), ["one"]);
  await made.ask({ what: "mount", token: "two" });
  assert.equal(await made.ask({ what: "focus_question", token: "two" }), true);
});

test("a frameset can show nothing, an open page can", async () => {
  const made = page("");
  await ready(made);
  assert.equal(await made.ask({ what: "area" }), 1024 * 768);
  const set = made.document.createElement("frameset");
  made.document.body.replaceWith(set);
  assert.equal(await made.ask({ what: "area" }), 0);
  assert.equal(await made.ask({ what: "mount", token: "one" }), false);
});

test("the same scripts twice in one world are one", () => {
  const made = page("");
  made.run("content/main.js");
  assert.equal(made.of("frame").length, 1);
});
