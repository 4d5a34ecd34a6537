// A page of a portal in jsdom with the engine and our hands in it; the test plays the background.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
import { ORIGIN } from "./samples.js";

const EXTENSION = new URL("../../extension/content/", import.meta.url);
const SCRIPTS = [
  ...["encoding", "transforms", "reading", "lines", "pages", "hints", "lists", "requests"].map((name) => `engine/${name}.js`),
  "engine.js",
  "seams.js",
  "walk.js",
  "host.js",
  "mark.js",
  "fields.js",
  "fill.js",
];

export const PROFILE = {
  carrier: "example",
  encoding: "utf-8",
  number: "T[0-9]{9}",
  pages: { login: { path: "^/login$", has: [{ at: "#login" }] } },
  hints_network: [],
  hints_page: [],
  logged_out: {},
  whoami: { page: [], query: {} },
  queries: {},
  login: {
    page: "login",
    username: "#user",
    password: "#password",
    captcha: "#captcha",
    submit: "#enter",
    wrong: [{ at: "#message", matches: "密码错误" }],
  },
  home: "/home",
  logout: "/logout",
  entry: {
    start: "/entry",
    fields: {
      plate: { at: "#plate", hyphen: true },
      vin: { at: "#vin" },
      brand_model: { at: "#brand", how: "choose" },
      insured: { at: "#insured" },
    },
  },
  finder: { start: "/find", number: "#number" },
};

export const LOGIN = `<form id="login" onsubmit="return false"><input id="user"><input id="password" type="password">
  <input id="captcha"><p id="message"></p><button id="enter" type="button">登录</button></form>`;

/** @param {string} path @param {string} body @param {{profile?: any, answer?: (message: any) => any, origin?: string}} [options] */
export function handsPage(path, body, { profile = PROFILE, answer = () => null, origin = ORIGIN } = {}) {
  const dom = new JSDOM(`<!doctype html><html><body>${body}</body></html>`, {
    url: origin + path,
    runScripts: "outside-only",
    pretendToBeVisual: true,
  });
  const { window } = dom;
  const sent = [];
  const notices = [];
  window.chrome = { i18n: { getMessage: (key, values = []) => [key, ...values].join(" ") }, runtime: { id: "x", getURL: String } };
  window.eval("globalThis.Chudan = {};");
  for (const file of SCRIPTS) window.eval(readFileSync(new URL(file, EXTENSION), "utf8"));
  const { Chudan } = window;
  Chudan.host.notice = (text) => void notices.push(text);
  const end = new AbortController();
  const deliver = async (message) => {
    sent.push(structuredClone(message));
    return answer(message);
  };
  Chudan.seams.ready({ profile, send: deliver, deliver, signal: end.signal });
  const look = () => Chudan.seams.looked(profile);
  const ask = (what, message = {}) => Chudan.verbs[what]({ what, ...message }, profile);
  const said = (what) => sent.filter((message) => message.what === what);
  look();
  return { window, document: window.document, sent, said, notices, look, ask, end, close: () => window.close() };
}
