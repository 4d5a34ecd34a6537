// Stands in for the background, so that lists of any kind can be tried without a desk: the forms, the states and the
// rules of quick downloads are the real ones; who is logged in and what became of a message are invented here.
import { api } from "../shared/api.js";
import { QUICK, Quick, fromForm } from "./quick.js";

const SPOT = { login: "clerk01", carrier: "example" };
const PROFILE = {
  carrier: "example",
  names: { zh_CN: "示例财险", en: "Example" },
  default_origin: null,
  encoding: "utf-8",
  number: "[TP]D[AZ]A[0-9]{18}",
  pages: { list: { path: "^/list$" }, other: { path: "^/other$" } },
  hints_network: [],
  hints_page: [],
  lists: [
    {
      page: "list",
      rows: "#list > tbody > tr:not(.none)",
      numbers: [{ at: "td:nth-child(1)", transform: "number" }],
      policy_number: { at: "td:nth-child(2)", transform: "number" },
    },
  ],
  logged_out: {},
  whoami: { page: [{ at: "#user" }], query: {} },
  queries: { confirm: {}, detail: {} },
};

/** What was sent, and whether anybody takes it; the test reads and writes it through `lists_` messages. */
const state = { sent: [], express: [], away: false };

async function tabs() {
  return (await api.tabs.query({})).filter(({ url }) => url?.includes(".localhost")).map(({ id }) => id);
}
const desk = {
  frames: { tabs, of: async () => [0] },
  sessions: { at: async () => ({ login: SPOT.login }) },
  portals: { name: async () => "示例财险" },
  link: { post: () => true },
  road: {
    send: async (message) => void state.sent.push(message),
    express: async (message) => ({ kept: !state.away && Boolean(state.express.push(message)) }),
  },
};
desk.quick = new Quick(desk);

async function reset() {
  Object.assign(state, { sent: [], express: [], away: false });
  await api.storage.session.clear();
  desk.quick = new Quick(desk);
  return true;
}

const TEST = {
  lists_reset: reset,
  lists_state: async () => state,
  lists_away: async ({ away }) => ((state.away = away), true),
  lists_told: async ({ news }) => (await desk.quick.told(news), true),
};

async function serve(message, sender) {
  if (Object.hasOwn(TEST, message.what)) return TEST[message.what](message);
  if (sender.url?.startsWith(api.runtime.getURL("ask/"))) return fromForm(desk, message.what, message, sender);
  if (message.what === "frame") return { profile: PROFILE, login: SPOT.login };
  if (!Object.hasOwn(QUICK, message.what)) return true;
  const spot = { tab: sender.tab.id, frame: sender.frameId, origin: sender.origin, host: sender.origin };
  return QUICK[message.what](desk, message, spot, { carrier: SPOT.carrier, origin: sender.origin });
}

api.runtime.onMessage.addListener((message, sender, respond) => {
  serve(message, sender).then(respond, (error) => respond({ failed: String(error) }));
  return true;
});
