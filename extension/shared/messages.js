// Written by scripts/protocol_types.py from companion/protocol/. Do not edit.

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
  PORTAL_CHANGED: 311,
  DEFECT: 500,
});

/** @typedef {"payment_method" | "card_method"} AnswerField */

/** @typedef {"yes" | "no" | "download_only" | "cancel"} Choice */

/** @typedef {"waiting" | "running" | "done" | "failed"} DownloadState */

/** @typedef {"policy" | "e_policy"} FileKind */

/** @typedef {"plate" | "vin" | "engine_number" | "brand_model" | "registered_on" | "insured" | "insured_id_number" | "insured_phone"} FormField */

/** @typedef {"quote_saved" | "underwriting" | "qr_fetched" | "card_number" | "deleted" | "issued"} HintKind */

/** @typedef {"ok" | "waiting" | "broken"} Lamp */

/** @typedef {"commercial" | "compulsory" | "both" | "other"} LineKind */

/** @typedef {"confirm" | "detail"} QueryName */

/** @typedef {"D1" | "D1a" | "D1b" | "D2" | "D2b" | "D3" | "D3b" | "D4" | "D4b"} QuestionKind */

/** @typedef {"salesperson" | "settlement" | "business" | "channel"} QuickField */

/** @typedef {"none" | "pending" | "passed" | "refused" | "unknown"} Underwriting */

/** @typedef {"quote" | "underwrite" | "open"} VisitPurpose */

/**
 * The issuing accounts changed; replaces the list of `welcome`.
 * @typedef {{v: 1, type: "accounts", accounts: Account[]}} Accounts
 */

/**
 * These durable messages are on disk; the extension may forget them.
 * @typedef {{v: 1, type: "ack", re: string[]}} Ack
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
 * Answer to `console_request`: a link that works once, for a minute, on this machine.
 * @typedef {{v: 1, type: "console_link", re: string, url: string}} ConsoleLink
 */

/**
 * Answer to `customer_search`.
 * @typedef {{v: 1, type: "customers", re: string, found: CustomerFound[]}} Customers
 */

/**
 * How a quick download goes, for the button it came from.
 * @typedef {{v: 1, type: "download_state", request: string, state: DownloadState, percent: number | null,
 * reason: string | null}} DownloadTold
 */

/**
 * Send on from this byte of the file.
 * @typedef {{v: 1, type: "file_go", re: string, offset: number}} FileGo
 */

/**
 * One file to fetch in a tab of the named session. Answered by `file_begin` …, or by `job_result`.
 * @typedef {{v: 1, type: "file_job", id: string, file: FileKind, carrier: string, origin: string, login:
 * string | null, numbers: string[], policy_number: string, tab: number | null, budget: number}} FileJob
 */

/**
 * Answer to `secret_request`, used at once or never: not queued, logged, stored or repeated.
 * @typedef {{v: 1, type: "fill_secret", re: string, login: string, password: string}} FillSecret
 */

/**
 * One portal query to make in a tab of the named session.
 * @typedef {{v: 1, type: "job", id: string, query: QueryName, carrier: string, origin: string, login: string
 * | null, numbers: string[], tab: number | null, budget: number}} Job
 */

/**
 * Newer profiles than the extension's own, and those switched off; replaces what was told before.
 * @typedef {{v: 1, type: "profiles", profiles: ProfileText[], off: ProfileOff[]}} Profiles
 */

/**
 * A numbered error. `re` names the message where it could be read. `retry` says keep and try again.
 * @typedef {{v: 1, type: "refusal", re: string | null, code: number, message: string, retry: boolean}}
 * Refusal
 */

/**
 * How everything is: the lamps 本机助手 · 管理系统 · 保险公司会话 (the extension lights its own).
 * @typedef {{v: 1, type: "status", re: string, daemon_version: string, office: Lamp, office_detail: string,
 * waiting: number, extensions: number, sessions: SessionState[], questions: Question[], recent:
 * RecentEvent[]}} Status
 */

/**
 * Open a portal for the clerk, log in, and fill in a form. `visit_step` tells how it goes.
 * @typedef {{v: 1, type: "visit", id: string, purpose: VisitPurpose, account: Account, numbers: string[],
 * fields: Record<string, string>}} Visit
 */

/**
 * Answer to `hello`.
 * @typedef {{v: 1, type: "welcome", re: string, daemon_version: string, device: string, accounts:
 * Account[]}} Welcome
 */

/**
 * An issuing account (出单账号) as the extension needs it.
 * @typedef {{id: string, carrier: string, origin: string, login: string}} Account
 */

/**
 * A payment code a page showed: a QR code's `image`, or a card-payment number (刷卡支付号) as `text`.
 * @typedef {{image: string | null, text: string | null}} Code
 */

/**
 * One coverage (险别) of a line.
 * @typedef {{name: string, sum_insured: number | null, premium: number | null}} Coverage
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
 * Everything a portal tells about one line: what the data download brings home.
 * @typedef {{facts: LineFacts, end: number | null, vin: string | null, engine_number: string | null,
 * brand_model: string | null, registered_on: string | null, insured_id_number: string | null, insured_phone:
 * string | null, coverages: Coverage[]}} LineData
 */

/**
 * What a portal's query says about one line (险种); `raw_status` is the portal's own word.
 * @typedef {{number: string, quote_number: string | null, kind: LineKind, policy_number: string | null,
 * underwriting: Underwriting, deleted: boolean, plate: string | null, insured: string | null, start: number
 * | null, premium: number | null, raw_status: string}} LineFacts
 */

/**
 * Where in a browser something happened: the portal origin, who was logged in, tab and frame.
 * @typedef {{origin: string, login: string | null, tab: number, frame: number}} Place
 */

/**
 * A profile that is switched off, and why, in words for the clerk.
 * @typedef {{carrier: string, reason: string}} ProfileOff
 */

/**
 * A carrier profile as a file. It may change selectors, patterns, maps and words, nothing else.
 * @typedef {{carrier: string, hash: string, text: string}} ProfileText
 */

/**
 * A question (D1 …) the clerk is asked. It is shown with plate, insured and premium (fen).
 * @typedef {{id: string, kind: QuestionKind, carrier: string, numbers: string[], plate: string | null,
 * insured: string | null, premium: number | null, choices: Choice[], customer_needed: boolean, target:
 * string | null, remark: boolean, asked_at: number}} Question
 */

/**
 * One line of the popup's history. `step` is a timeline kind.
 * @typedef {{at: number, step: string, carrier: string | null, number: string | null}} RecentEvent
 */

/**
 * A row of a portal's list, fixed when the clerk pressed its button (I-6.1).
 * @typedef {{numbers: string[], policy_number: string | null}} RowOfList
 */

/**
 * A live portal session of this desk and when it was last seen.
 * @typedef {{carrier: string, origin: string, login: string | null, seen_at: number}} SessionState
 */

/**
 * The clerk's answer to a question. Durable; the first answer counts.
 * @typedef {{v: 1, type: "answer", id: string, at: number, question: string, choice: Choice, remark: string
 * | null, customer: CustomerChoice | null, fields: Record<string, string>}} Answer
 */

/**
 * Ask for a one-time link into the console or a local page. Answered by `console_link`.
 * @typedef {{v: 1, type: "console_request", id: string, page: "console" | "first_run" | "diagnostics",
 * proposal: string | null}} ConsoleRequest
 */

/**
 * Search of the customer picker by name, plate or phone tail. Answered by `customers`.
 * @typedef {{v: 1, type: "customer_search", id: string, text: string}} CustomerSearch
 */

/**
 * A portal no longer looks as its profile says. Not acknowledged; nothing personal stands in it.
 * @typedef {{v: 1, type: "drift", at: number, carrier: string, profile: string, what: "unread_answer" |
 * "selector_gone", rule: string}} Drift
 */

/**
 * The portal has begun to give a file. Answered by `file_go`, which says from where to send it.
 * @typedef {{v: 1, type: "file_begin", re: string, fetch: string, size: number | null, content_type:
 * string}} FileBegin
 */

/**
 * A piece of a file. Answered by `file_go`: the next piece leaves only then.
 * @typedef {{v: 1, type: "file_chunk", re: string, offset: number, data: string}} FileChunk
 */

/**
 * All of a file was sent; `whoami` was read with it. A file that cannot be had ends by `job_result`.
 * @typedef {{v: 1, type: "file_end", re: string, size: number, whoami: string | null, took: number}} FileEnd
 */

/**
 * First message of an extension. `instance` names the browser profile for good.
 * @typedef {{v: 1, type: "hello", id: string, instance: string, extension_version: string, browser:
 * "chromium" | "firefox", browser_version: string, locale: string, profiles: Record<string, string>}} Hello
 */

/**
 * Something a page seems to have done. A hint is never a fact. Durable: kept until acknowledged.
 * @typedef {{v: 1, type: "hint", id: string, at: number, carrier: string, kind: HintKind, numbers: string[],
 * source: "network" | "page", place: Place, code: Code | null, ticket: string | null}} Hint
 */

/**
 * First frame on a socket, sent by the native host itself: whom the browser says it serves.
 * @typedef {{v: 1, type: "host_hello", caller: string, pid: number}} HostHello
 */

/**
 * What came of a portal job. Only `answered` counts as a try; `whoami` was read with the answer.
 * @typedef {{v: 1, type: "job_result", re: string, outcome: "answered" | "no_session" | "logged_out" |
 * "failed", whoami: string | null, lines: LineFacts[], data: LineData[], error: string | null, took:
 * number}} JobResult
 */

/**
 * The clerk pressed the button behind a row of a list (I-6). Durable; `download_state` answers.
 * @typedef {{v: 1, type: "quick_download", id: string, at: number, carrier: string, row: RowOfList, fields:
 * Record<string, string>, place: Place}} QuickDownload
 */

/**
 * The page scripts now stand ready for these portal origins. Not acknowledged.
 * @typedef {{v: 1, type: "registered", origins: string[]}} Registered
 */

/**
 * A log-in form of this account stands in this frame: what goes in? Answered by `fill_secret`.
 * @typedef {{v: 1, type: "secret_request", id: string, account: string, origin: string, tab: number, frame:
 * number}} SecretRequest
 */

/**
 * Who is logged in at a portal origin now, or that nobody is any more. Not acknowledged.
 * @typedef {{v: 1, type: "session", carrier: string, origin: string, login: string | null, state: "live" |
 * "ended" | "captcha", tab: number}} Session
 */

/**
 * A question stands before the clerk's eyes. Durable.
 * @typedef {{v: 1, type: "shown", id: string, at: number, question: string, place: Place}} Shown
 */

/**
 * The popup's question how everything is. Answered by `status`.
 * @typedef {{v: 1, type: "status_request", id: string}} StatusRequest
 */

/**
 * Something the extension refused or could not do, for the daemon's log. Not acknowledged.
 * @typedef {{v: 1, type: "trouble", at: number, code: number, detail: string}} Trouble
 */

/**
 * How far a visit to a portal has come. Durable. `missing` could not be filled in: the clerk is told.
 * @typedef {{v: 1, type: "visit_step", id: string, at: number, re: string, step: "opened" | "reused" |
 * "captcha_wanted" | "login_wanted" | "logged_in" | "filled" | "failed" | "closed", tab: number | null,
 * missing: FormField[], error: string | null}} VisitStep
 */

/**
 * @typedef {HostHello | Hello | Registered | Trouble | Session | Hint | Shown | Answer | JobResult |
 * QuickDownload | VisitStep | FileBegin | FileChunk | FileEnd | SecretRequest | Drift | CustomerSearch |
 * StatusRequest | ConsoleRequest} Upward
 */

/**
 * @typedef {Welcome | Accounts | Ack | Refusal | Job | FileJob | FileGo | Visit | FillSecret | DownloadTold
 * | Profiles | Ask | Closed | Status | Customers | ConsoleLink} Downward
 */

/**
 * Kept by the extension until acknowledged.
 * @typedef {Hint | Shown | Answer | QuickDownload | VisitStep} Durable
 */
