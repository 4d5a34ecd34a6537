import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { FakePort, fake } from "./fake_browser.js";
import { account, hint, id, question, place } from "./samples.js";
import { Link, Refused, envelope } from "../../extension/background/link.js";

/** @type {any} */
let seen;
/** @type {Link} */
let link;
const hello = () => ({ ...envelope(), type: "hello" });
const port = () => fake.ports.at(-1);

afterEach(() => mock.timers.reset());
beforeEach(() => {
  // A link comes back for ever; its timers must not outlive the test.
  mock.timers.enable({ apis: ["setTimeout"] });
  fake.reset();
  seen = { received: [], welcomed: [], states: [] };
  link = new Link({
    connect: () => chrome.runtime.connectNative("x"),
    hello: async () => hello(),
    received: (message) => seen.received.push(message),
    welcomed: (message) => seen.welcomed.push(message),
    changed: (state) => seen.states.push(state),
    lastError: () => chrome.runtime.lastError?.message,
  });
});

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function connect() {
  link.start();
  await tick();
  const [greeting] = port().ofType("hello");
  port().onMessage.fire({
    v: 1, type: "welcome", re: greeting.id, daemon_version: "0.1.0", device: id(), accounts: [account()],
  });
  await tick();
}

test("hello goes first; nothing else is sent before the welcome", async () => {
  link.start();
  assert.equal(link.post(hint()), false);
  await tick();
  assert.deepEqual(port().sent.map(({ type }) => type), ["hello"]);
  await connect();
  assert.equal(link.state, "up");
  assert.equal(seen.welcomed.length, 1);
  assert.equal(link.post(hint()), true);
});

test("starting twice is one connection", async () => {
  await connect();
  link.start();
  assert.equal(fake.ports.length, 1);
});

test("a request gets its own answer, others are handed on", async () => {
  await connect();
  const request = { ...envelope(), type: "status_request" };
  const answer = link.ask(/** @type {any} */ (request));
  const customers = { v: 1, type: "customers", re: id(), found: [] };
  const reply = { v: 1, type: "customers", re: request.id, found: [] };
  port().onMessage.fire(customers);
  port().onMessage.fire(reply);
  assert.deepEqual(await answer, reply);
  assert.deepEqual(seen.received, [customers]);
});

test("a refusal of a request rejects it with its number", async () => {
  await connect();
  const request = { ...envelope(), type: "status_request" };
  const answer = link.ask(/** @type {any} */ (request));
  port().onMessage.fire({ v: 1, type: "refusal", re: request.id, code: 201, message: "later", retry: true });
  await assert.rejects(answer, (error) => error instanceof Refused && error.code === 201);
});

test("losing the host rejects what waits, at once", async () => {
  await connect();
  const answer = link.ask(/** @type {any} */ ({ ...envelope(), type: "status_request" }));
  port().die("Native host has exited.");
  await assert.rejects(answer, Refused);
  assert.equal(link.state, "lost");
  assert.equal(link.post(hint()), false);
});

test("a request without a connection is refused, not kept waiting", async () => {
  await assert.rejects(link.ask(/** @type {any} */ ({ ...envelope(), type: "status_request" })), Refused);
});

test("a daemon that never greets is given up and tried again", async () => {
  link.start();
  await tick();
  mock.timers.tick(10_000);
  await tick();
  assert.ok(port().gone);
  assert.equal(link.state, "lost");
  mock.timers.tick(500);
  assert.equal(fake.ports.length, 2);
});

test("a greeting that cannot be made is a lost link, tried again and no fault of the host", async (context) => {
  const said = context.mock.method(console, "error", () => undefined);
  const greet = link.wiring.hello;
  link.wiring.hello = () => Promise.reject(new DOMException("", "InvalidStateError"));
  for (const tries of [1, 2]) {
    link.start();
    await tick();
    assert.deepEqual([link.state, port().gone, fake.ports.length], ["lost", true, tries]);
    assert.equal(said.mock.callCount(), tries);
  }
  link.wiring.hello = greet;
  mock.timers.tick(1_000);
  await tick();
  assert.equal(fake.ports.length, 3);
  assert.equal(port().ofType("hello").length, 1);
});

test("it says why nobody is there", async () => {
  for (const [words, state] of [
    ["Native host has exited.", "lost"],
    ["Specified native messaging host not found.", "host_missing"],
    ["No such native application cn.chudan.companion", "host_missing"],
    ["Access to the specified native messaging host is forbidden.", "host_forbidden"],
  ]) {
    link.start();
    port().die(words);
    assert.equal(link.state, state, words);
  }
});

test("a host that goes twice without a word cannot run", async () => {
  await connect();
  for (const state of ["lost", "lost", "host_broken"]) {
    port().die("Native host has exited.");
    assert.equal(link.state, state);
    link.start();
  }
  await connect();
  port().die("Native host has exited.");
  assert.equal(link.state, "lost");
});

test("a host without its daemon says so before it goes", async () => {
  link.start();
  await tick();
  port().onMessage.fire({ v: 1, type: "refusal", re: null, code: 221, message: "no daemon", retry: true });
  port().die("Native host has exited.");
  assert.equal(link.state, "daemon_down");
});

test("another version is named as the reason", async () => {
  link.start();
  await tick();
  const [greeting] = port().ofType("hello");
  port().onMessage.fire({ v: 1, type: "refusal", re: greeting.id, code: 112, message: "version 2", retry: false });
  await tick();
  assert.equal(link.state, "wrong_version");
  assert.ok(port().gone);
});

test("it comes back by itself", () => {
  link.start();
  port().die("Native host has exited.");
  assert.equal(fake.ports.length, 1);
  mock.timers.tick(500);
  assert.equal(fake.ports.length, 2);
});

test("pressing 重新连接 does not wait for the next try", () => {
  link.start();
  for (let tries = 0; tries < 5; tries += 1) {
    port().die("Native host has exited.");
    link.retry();
  }
  assert.equal(fake.ports.length, 6);
});

test("a message that is none of the protocol goes nowhere and is reported by number", async () => {
  await connect();
  port().onMessage.fire({ v: 1, type: "ask", question: question({ choices: ["perhaps"] }), place: place() });
  assert.deepEqual(seen.received, []);
  assert.deepEqual(port().ofType("trouble").map(({ code }) => code), [113]);
});

test("the words of a port that is gone already are no error of the caller", async () => {
  await connect();
  assert.ok(port() instanceof FakePort);
  port().gone = true;
  assert.equal(link.post(hint()), false);
});
