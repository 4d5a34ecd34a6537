// The steps of a walk in a page, and what a walk reads there.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { until } from "./fake_browser.js";
import { PROFILE, handsPage } from "./hands_page.js";

const WALKED = {
  ...PROFILE,
  base: "^/app(_v[0-9]+)?",
  whoami: { page: [{ at: "#who" }], query: {} },
  queries: {
    confirm: {
      walk_answer: {
        body: "html",
        proof: [{ at: "#found", matches: "{number}|没有" }],
        lines: [{ each: "#rows li", values: { number: { at: ":scope", transform: "number" } } }],
      },
    },
  },
};
const NUMBER = "T000000001";
const open = [];
afterEach(() => open.splice(0).forEach((page) => page.close()));

function page(body, path = "/app_v2/query") {
  const made = handsPage(path, body, { profile: WALKED });
  open.push(made);
  const step = (one, patience = 1_000) => made.ask("step", { step: one, values: { number: NUMBER }, patience });
  return { ...made, step, $: (at) => made.document.querySelector(at) };
}

test("a field is filled so that the page notices, whether it is there already or comes later", async () => {
  const made = page("");
  const filled = made.step({ fill: "#no", value: "{number}" });
  const events = [];
  for (const name of ["input", "change"]) made.document.addEventListener(name, ({ target }) => events.push(`${name} ${target.value}`));
  made.document.body.innerHTML = "<input id=no>";
  assert.equal((await filled).ok, true);
  assert.equal(made.$("#no").value, NUMBER);
  assert.deepEqual(events, [`input ${NUMBER}`, `change ${NUMBER}`]);
});

test("a list is chosen from by its words", async () => {
  const made = page("<select id=kind><option>全部<option value=1>投保单号</select>");
  assert.equal((await made.step({ fill: "#kind", value: "投保单号" })).ok, true);
  assert.equal(made.$("#kind").value, "1");
});

test("a button is pressed once, and not before it can be", async () => {
  const made = page("<button id=go type=button disabled>查询</button>");
  let pressed = 0;
  made.$("#go").addEventListener("click", () => {
    pressed += 1;
    made.document.body.append("查询中");
  });
  const done = made.step({ click: "#go" });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(pressed, 0);
  made.$("#go").disabled = false;
  assert.equal((await done).ok, true);
  assert.equal(pressed, 1);
});

test("a field that does not keep its value is given up at once, not fought for", async () => {
  const made = page("<input id=no>");
  let tries = 0;
  made.$("#no").addEventListener("input", ({ target }) => {
    tries += 1;
    target.value = "";
    made.document.body.append("!");
  });
  assert.deepEqual({ ...(await made.step({ fill: "#no", value: NUMBER }, 5_000)) }, { ok: false, why: "element_gone" });
  assert.equal(tries, 1);
});

test("something is waited for by its words, with the number in them, and no longer than there is time", async () => {
  const made = page("<p id=found>T000000009</p>");
  const wait = { wait: { at: "#found", matches: "^{number}$" } };
  assert.deepEqual({ ...(await made.step(wait, 20)) }, { ok: false, why: "timeout" });
  const done = made.step(wait);
  made.$("#found").textContent = NUMBER;
  assert.equal((await done).ok, true);
});

test("a link is taken with its full address", async () => {
  const made = page(`<a id=pdf href="/file?no=1">电子保单</a><img id=qr src="/qr.png"><b id=none></b>`);
  assert.equal((await made.step({ take: "#pdf" })).taken, new URL("/file?no=1", made.window.location.href).href);
  assert.equal((await made.step({ take: "#qr" })).taken, new URL("/qr.png", made.window.location.href).href);
  assert.equal((await made.step({ take: "#none" })).ok, false);
  assert.deepEqual({ ...(await made.step({ take: "#gone" }, 20)) }, { ok: false, why: "element_gone" });
});

test("going somewhere keeps to the portal's own beginning of paths; another part of the same page is no new one", async () => {
  const made = page("");
  assert.equal((await made.step({ go: "{base}/query#part" })).stays, true);
  assert.equal(made.window.location.hash, "#part");
  await assert.rejects(made.step({ go: "//evil.example/x" }), /leaves the portal/);
  assert.equal(made.ask("path_to", { path: "{base}/list" }), "/app_v2/list");
});

test("where a page is, whether it is still coming, and whether it is the log-in page", () => {
  const made = page("");
  assert.deepEqual({ ...made.ask("where") }, { path: "/app_v2/query", loading: false, login: false });
  Object.defineProperty(made.document, "readyState", { value: "loading" });
  assert.equal(made.ask("where").loading, true);
  assert.equal(page("<form id=login></form>", "/login").ask("where").login, true);
});

test("what a walk reads is read when the page has come to rest", async () => {
  const made = page(`<b id=found>${NUMBER}</b><ul id=rows><li>${NUMBER}</ul>`);
  await until(() => made.document.readyState === "complete");
  let drawn = 0;
  const drawing = made.window.setInterval(() => {
    drawn += 1;
    made.$("#rows").innerHTML = drawn < 4 ? `<li>T00000000${drawn + 1}` : `<li>${NUMBER}<li>T000000009`;
    if (drawn === 4) made.window.clearInterval(drawing);
  }, 60);
  const outcome = await made.ask("read_page", { query: "confirm", number: NUMBER });
  assert.equal(drawn, 4);
  assert.deepEqual(Array.from(outcome.lines, ({ number }) => number), [NUMBER]);
});

test("who is logged in: asked of the portal where it can be, else read off this page", async () => {
  const made = page("<b id=who>clerk05</b>");
  const whose = (ask) => made.ask("whose", { ask });
  made.window.Chudan.whoami = async () => ({ outcome: "answered", whoami: "clerk04" });
  assert.deepEqual([(await whose(true)).whoami, (await whose(false)).whoami], ["clerk04", "clerk05"]);
  made.window.Chudan.whoami = async () => ({ outcome: "failed", whoami: null });
  assert.equal((await whose(true)).whoami, "clerk05");
  made.window.Chudan.whoami = async () => ({ outcome: "logged_out", whoami: null });
  assert.equal((await whose(true)).outcome, "logged_out");
  made.$("#who").remove();
  assert.deepEqual([(await whose(false)).outcome, (await whose(false)).error], ["failed", "no_login"]);
});
