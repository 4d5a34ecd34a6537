// A page of a portal in jsdom with our classic scripts in it, in the order the manifest's registration gives.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { ORIGIN } from "./samples.js";

const EXTENSION = new URL("../../extension/", import.meta.url);
const CONTENT = ["seams", "notes", "watch", "host", "drift", "picture"];
const LAST = ["account", "eyes", "main"];
const TAP = "page/tap.js";

/** What an engine made of simple rules sees: numbers in #saved, a login in #who. */
const ENGINE = `
  globalThis.Chudan = {
    transforms: { pattern: (source) => new RegExp(source, "u") },
    reading: { ofPage: (root) => ({ text: (at) => root.querySelector(at)?.textContent ?? null }) },
    engine: {
      pageOf: (profile, document) => (document.querySelector("#login") ? "login" : "any"),
      loggedOut: (profile, status) => status === 401,
      hintFromNetwork: (profile, { text }) => {
        const numbers = text.match(/T[0-9]{9}/gu);
        return numbers && { kind: "quote_saved", numbers };
      },
      unreadAnswer: (profile, { text }) => (text.startsWith("refused") ? null : "hints_network.0"),
      hintFromDialog: (profile, text) => {
        const numbers = text.match(/T[0-9]{9}/gu);
        return numbers && { kind: "underwriting", numbers };
      },
      hintsFromPage: (profile, document) => {
        const value = document.querySelector("#saved")?.value;
        const code = document.querySelector("#code");
        const saved = value ? [{ kind: "quote_saved", numbers: [value] }] : [];
        return code ? [...saved, { kind: "qr_fetched", numbers: ["T000000007"], shown: "#code" }] : saved;
      },
      whoamiOfPage: (profile, document) => document.querySelector("#who")?.value ?? null,
    },
    whoami: async () => globalThis.asked,
  };`;
export const PROFILE = {
  hints_network: [{ path: "^/save$" }],
  pages: { any: { always: ["body"] }, login: {} },
  login: { page: "login", captcha: "#captcha" },
};

const portal = async () => new Response("T000000001");

/**
 * @param {string} body
 * @param {{order?: "tap first" | "content first", answer?: (message: any) => any, fetch?: any, dialog?: any,
 *   furnish?: (window: any) => void, more?: string[]}} [options] `furnish`: before any script of ours; `more`: scripts
 *   that stand before the last ones
 */
export function portalPage(body, { order = "content first", answer, fetch = portal, dialog, furnish, more = [] } = {}) {
  const dom = new JSDOM(`<!doctype html><html><body>${body}</body></html>`, {
    url: `${ORIGIN}/entry`,
    runScripts: "outside-only",
    pretendToBeVisual: true,
  });
  const { window } = dom;
  const sent = [];
  const listeners = [];
  const notes = {};
  const extension = {
    runtime: runtime(sent, listeners, answer),
    storage: { local: { set: async (values) => void Object.assign(notes, values) } },
    i18n: { getMessage: (key) => key },
  };
  Object.assign(window, { chrome: extension, fetch, Request, Response, asked: { outcome: "failed" } });
  if (dialog) window.alert = dialog;
  window.HTMLFormElement.prototype.submit = () => undefined;
  furnish?.(window);
  window.eval(ENGINE);
  const run = (file) => window.eval(readFileSync(new URL(file, EXTENSION), "utf8"));
  if (order === "tap first") run(TAP);
  for (const name of [...CONTENT, ...more, ...LAST]) run(`content/${name}.js`);
  if (order === "content first") run(TAP);
  /** Ask the page script what the background would. */
  const ask = (message) => new Promise((resolve) => listeners[0](message, {}, resolve));
  /** Have the page looked at now: a frame in it has loaded. */
  const look = () => {
    const frame = window.document.body.appendChild(window.document.createElement("iframe"));
    frame.dispatchEvent(new window.Event("load"));
    frame.remove();
  };
  return { dom, window, document: window.document, sent, notes, ask, extension, run, look };
}

function runtime(sent, listeners, answer) {
  return {
    id: "abcdefghijklmnopabcdefghijklmnop",
    getURL: (path) => `chrome-extension://abcdefghijklmnopabcdefghijklmnop/${path}`,
    onMessage: { addListener: (listener) => listeners.push(listener) },
    async sendMessage(message) {
      sent.push(JSON.parse(JSON.stringify(message)));
      const given = answer?.(message);
      if (given !== undefined) return given;
      return message.what === "frame" ? { profile: PROFILE, login: null } : { queued: true };
    },
  };
}

/** Closed shadow roots made from now on; only a test may hold them. */
export function watchShadows(window) {
  const roots = [];
  const attach = window.Element.prototype.attachShadow;
  window.Element.prototype.attachShadow = function (options) {
    assert.equal(options.mode, "closed");
    const root = attach.call(this, options);
    roots.push(root);
    return root;
  };
  return roots;
}
