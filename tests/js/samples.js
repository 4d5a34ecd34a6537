// Messages and places the tests share. Everything is invented.
export const ORIGIN = "http://portal.localhost:18080";
export const NUMBER = "TDAA202600000000000001";
let made = 0;

export function id() {
  made += 1;
  return `${String(made).padStart(8, "0")}-1111-4111-8111-111111111111`;
}

export const place = (more = {}) => ({ origin: ORIGIN, login: "clerk01", tab: 7, frame: 0, ...more });

export const hint = (more = {}) => ({
  v: 1,
  type: "hint",
  id: id(),
  at: Date.now(),
  carrier: "example",
  kind: "quote_saved",
  numbers: [NUMBER],
  source: "network",
  place: place(),
  ...more,
});

export const question = (more = {}) => ({
  id: id(),
  kind: "D1b",
  carrier: "example",
  numbers: [NUMBER],
  plate: "浙B00001",
  insured: "示范甲",
  premium: 318_000,
  choices: ["yes", "download_only", "cancel"],
  customer_needed: true,
  remark: false,
  asked_at: Date.now(),
  ...more,
});

export const job = (more = {}) => ({
  v: 1,
  type: "job",
  id: id(),
  query: "confirm",
  carrier: "example",
  origin: ORIGIN,
  login: "clerk01",
  numbers: [NUMBER],
  tab: 7,
  budget: 5_000,
  ...more,
});

export const account = (more = {}) => ({ id: id(), carrier: "example", origin: ORIGIN, login: "clerk01", ...more });

/** A message's sender: our script in a frame of a tab. */
export const sender = (more = {}) => ({
  id: "abcdefghijklmnopabcdefghijklmnop",
  tab: { id: 7 },
  frameId: 0,
  origin: ORIGIN,
  url: `${ORIGIN}/`,
  ...more,
});

/** A question frame in a tab. */
export const asker = (more = {}) =>
  sender({ url: "chrome-extension://abcdefghijklmnopabcdefghijklmnop/ask/ask.html", frameId: 3, ...more });
