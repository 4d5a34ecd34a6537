// Stands in for the background: every page is one of a portal with one list, and nothing is sent anywhere.
const PROFILE = {
  carrier: "bench",
  names: { zh_CN: "示例财险", en: "Example" },
  default_origin: null,
  encoding: "utf-8",
  number: "[TP]DAA[0-9]{18}",
  pages: { list: { path: "^/list$", has: [{ at: "#list" }] } },
  hints_network: [{ kind: "quote_saved", method: "POST", path: "^/save$", text: "^TD", numbers: "TDAA[0-9]{18}" }],
  hints_page: [{ kind: "quote_saved", page: "entry", when: [{ at: "#saved" }], numbers: [{ at: "#saved", transform: "number" }] }],
  lists: [
    {
      page: "list",
      rows: "#list > tbody > tr",
      numbers: [{ at: "td:nth-child(1)", transform: "number" }],
      policy_number: { at: "td:nth-child(2)", transform: "number" },
    },
  ],
  logged_out: {},
  whoami: { page: [{ at: "h1" }], query: {} },
  queries: { confirm: {}, detail: {} },
};
const ANSWERS = { frame: { profile: PROFILE, login: "clerk01" }, quick_states: [] };

chrome.runtime.onMessage.addListener((message, _sender, respond) => {
  respond(ANSWERS[message.what] ?? true);
});
