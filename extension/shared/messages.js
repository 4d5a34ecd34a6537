// Written by scripts/protocol_types.py from companion/protocol.py. Do not edit.

export const VERSION = 1;
export const HOST_NAME = "cn.chudan.companion";
export const MAX_FRAME = 1048576;

/**
 * Numbered refusals. A number never changes its meaning.
 */
export const ErrorCode = Object.freeze({
  FRAME_TOO_LONG: 101,
  NOT_JSON: 102,
  NOT_A_NUMBER: 103,
  DUPLICATE_KEY: 104,
  BAD_TEXT: 105,
  TOO_DEEP: 106,
  NOT_AN_OBJECT: 107,
  UNKNOWN_MESSAGE: 111,
  WRONG_VERSION: 112,
  BAD_FIELD: 113,
  HELLO_FIRST: 114,
  CALLER_REFUSED: 121,
  PEER_REFUSED: 122,
  FRAME_OF_A_STRANGER: 131,
  STORE_UNAVAILABLE: 201,
  DISK_FULL: 202,
  OFFICE_AWAY: 211,
  DAEMON_DOWN: 221,
  NOT_HERE: 301,
  NOT_NOW: 302,
  DEFECT: 500,
});

/** @typedef {"quote_saved"} HintKind */

/** @typedef {"commercial" | "compulsory" | "both" | "other"} LineKind */

/** @typedef {"none" | "pending" | "passed" | "refused" | "unknown"} Underwriting */

/** @typedef {"confirm" | "detail"} QueryName */

/** @typedef {"yes" | "no" | "download_only" | "cancel"} Choice */

/** @typedef {"D1" | "D1a" | "D1b"} QuestionKind */

/** @typedef {"ok" | "waiting" | "broken"} Lamp */

/**
 * Where in a browser something happened: the portal origin, who was logged in, tab and frame.
 * @typedef {{origin: string, login: string | null, tab: number, frame: number}} Place
 */

/**
 * What a portal's query says about one line (险种); `raw_status` is the portal's own word.
 * @typedef {{number: string, kind: LineKind, policy_number: string | null, underwriting: Underwriting,
 * deleted: boolean, plate: string | null, insured: string | null, start: number | null, premium: number |
 * null, raw_status: string}} LineFacts
 */

/**
 * One coverage (险别) of a line.
 * @typedef {{name: string, sum_insured: number | null, premium: number | null}} Coverage
 */

/**
 * Everything a portal tells about one line: what the data download brings home.
 * @typedef {{facts: LineFacts, end: number | null, vin: string | null, engine_number: string | null,
 * brand_model: string | null, registered_on: string | null, insured_id_number: string | null, insured_phone:
 * string | null, coverages: Coverage[]}} LineData
 */

/**
 * The customer a clerk picked: a known one by `id`, or a new one by `name`.
 * @typedef {{id: string | null, name: string | null, phone: string | null}} CustomerChoice
 */

/**
 * One row of the customer picker; `tail` is the phone's last four digits.
 * @typedef {{id: string, name: string, tail: string | null}} CustomerFound
 */

/**
 * A question (D1 …) the clerk is asked. `summary` is shown as is: plate, insured, premium in fen.
 * @typedef {{id: string, kind: QuestionKind, carrier: string, numbers: string[], plate: string | null,
 * insured: string | null, premium: number | null, choices: Choice[], customer_needed: boolean, remark:
 * boolean, asked_at: number}} Question
 */

/**
 * An issuing account (出单账号) as the extension needs it.
 * @typedef {{id: string, carrier: string, origin: string, login: string}} Account
 */

/**
 * A live portal session of this desk and when it was last seen.
 * @typedef {{carrier: string, origin: string, login: string | null, seen_at: number}} SessionState
 */

/**
 * One line of the popup's history. `step` is a timeline kind.
 * @typedef {{at: number, step: string, carrier: string | null, number: string | null}} RecentEvent
 */

/**
 * First frame on a socket, sent by the native host itself: whom the browser says it serves.
 * @typedef {{v: 1, type: "host_hello", caller: string, pid: number}} HostHello
 */

/**
 * First message of an extension. `instance` names the browser profile for good.
 * @typedef {{v: 1, type: "hello", id: string, instance: string, extension_version: string, browser:
 * "chromium" | "firefox", browser_version: string, locale: string, profiles: Record<string, string>}} Hello
 */

/**
 * The page scripts now stand ready for these portal origins. Not acknowledged.
 * @typedef {{v: 1, type: "registered", origins: string[]}} Registered
 */

/**
 * Something the extension refused or could not do, for the daemon's log. Not acknowledged.
 * @typedef {{v: 1, type: "trouble", at: number, code: number, detail: string}} Trouble
 */

/**
 * Who is logged in at a portal origin now, or that nobody is any more. Not acknowledged.
 * @typedef {{v: 1, type: "session", carrier: string, origin: string, login: string | null, state: "live" |
 * "ended", tab: number}} Session
 */

/**
 * Something a page seems to have done. A hint is never a fact. Durable: kept until acknowledged.
 * @typedef {{v: 1, type: "hint", id: string, at: number, carrier: string, kind: "quote_saved", numbers:
 * string[], source: "network" | "page", place: Place}} Hint
 */

/**
 * A question stands before the clerk's eyes. Durable.
 * @typedef {{v: 1, type: "shown", id: string, at: number, question: string, place: Place}} Shown
 */

/**
 * The clerk's answer to a question. Durable; the first answer counts.
 * @typedef {{v: 1, type: "answer", id: string, at: number, question: string, choice: Choice, remark: string
 * | null, customer: CustomerChoice | null}} Answer
 */

/**
 * What came of a portal job. Only `answered` counts as a try; `whoami` was read with the answer.
 * @typedef {{v: 1, type: "job_result", re: string, outcome: "answered" | "no_session" | "logged_out" |
 * "failed", whoami: string | null, lines: LineFacts[], data: LineData[], error: string | null, took:
 * number}} JobResult
 */

/**
 * Search of the customer picker by name, plate or phone tail. Answered by `customers`.
 * @typedef {{v: 1, type: "customer_search", id: string, text: string}} CustomerSearch
 */

/**
 * The popup's question how everything is. Answered by `status`.
 * @typedef {{v: 1, type: "status_request", id: string}} StatusRequest
 */

/**
 * Ask for a one-time link into the console or a local page. Answered by `console_link`.
 * @typedef {{v: 1, type: "console_request", id: string, page: "console" | "first_run" | "diagnostics",
 * proposal: string | null}} ConsoleRequest
 */

/**
 * Answer to `hello`.
 * @typedef {{v: 1, type: "welcome", re: string, daemon_version: string, device: string, accounts:
 * Account[]}} Welcome
 */

/**
 * The issuing accounts changed; replaces the list of `welcome`.
 * @typedef {{v: 1, type: "accounts", accounts: Account[]}} Accounts
 */

/**
 * These durable messages are on disk; the extension may forget them.
 * @typedef {{v: 1, type: "ack", re: string[]}} Ack
 */

/**
 * A numbered error. `re` names the message where it could be read. `retry` says keep and try again.
 * @typedef {{v: 1, type: "refusal", re: string | null, code: number, message: string, retry: boolean}}
 * Refusal
 */

/**
 * One portal query to make in a tab of the named session.
 * @typedef {{v: 1, type: "job", id: string, query: QueryName, carrier: string, origin: string, login: string
 * | null, numbers: string[], tab: number | null, budget: number}} Job
 */

/**
 * Put this question before the clerk, in this tab if it still exists.
 * @typedef {{v: 1, type: "ask", question: Question, place: Place}} Ask
 */

/**
 * This question is answered or withdrawn: take it off the page.
 * @typedef {{v: 1, type: "closed", question: string}} Closed
 */

/**
 * How everything is: the lamps 本机助手 · 管理系统 · 保险公司会话 (the extension lights its own).
 * @typedef {{v: 1, type: "status", re: string, daemon_version: string, office: Lamp, office_detail: string,
 * waiting: number, extensions: number, sessions: SessionState[], questions: Question[], recent:
 * RecentEvent[]}} Status
 */

/**
 * Answer to `customer_search`.
 * @typedef {{v: 1, type: "customers", re: string, found: CustomerFound[]}} Customers
 */

/**
 * Answer to `console_request`: a link that works once, for a minute, on this machine.
 * @typedef {{v: 1, type: "console_link", re: string, url: string}} ConsoleLink
 */

/**
 * @typedef {HostHello | Hello | Registered | Trouble | Session | Hint | Shown | Answer | JobResult |
 * CustomerSearch | StatusRequest | ConsoleRequest} Upward
 */

/**
 * @typedef {Welcome | Ack | Refusal | Job | Ask | Accounts | Closed | Status | Customers | ConsoleLink}
 * Downward
 */

/**
 * Kept by the extension until acknowledged.
 * @typedef {Hint | Shown | Answer} Durable
 */
