/** The scripts of the isolated world build on each other through this one global name. */
interface ChudanScripts {
  encoding: EngineEncoding;
  transforms: EngineTransforms;
  reading: EngineReadings;
  lines: EngineLines;
  pages: EnginePages;
  hints: EngineHints;
  lists: EngineLists;
  requests: EngineRequests;
  engine: Engine;
}

declare var Chudan: ChudanScripts;

type HintKind = import("../../shared/messages.js").HintKind;
type FormFieldName = import("../../shared/messages.js").FormField;
type FileName = import("../../shared/messages.js").FileKind;

/**
 * A carrier profile; carriers/profile.schema.json says it in full. It is the file as it stands: what has a default
 * there may be missing here.
 */
interface EngineProfile {
  carrier: string;
  names: { zh_CN: string; en: string };
  default_origin: string | null;
  encoding: string;
  base?: string | null;
  number: string;
  pages: Record<string, EnginePage>;
  hints_network: EngineNetworkHint[];
  hints_page: EnginePageHint[];
  hints_dialog?: EngineDialogHint[];
  lists?: EngineRowList[];
  logged_out: { status?: number[]; path?: string | null; has?: string | null };
  whoami: { page: EngineReading[]; query: EngineProfileQuery };
  queries: Record<"confirm" | "detail", EngineProfileQuery>;
  files?: Partial<Record<FileName, { request?: EngineProfileRequest | null; walk?: EngineWalk | null }>>;
  login?: EngineLogIn | null;
  home?: string | null;
  logout?: string | null;
  entry?: EngineEntryForm | null;
  finder?: EngineFinder | null;
}

interface EnginePage {
  path: string;
  has?: EngineCondition[];
  always?: string[];
}

interface EngineNetworkHint {
  kind: HintKind;
  method: string;
  path: string;
  text: string;
  numbers: string;
  numbers_in?: "answer" | "request";
  silent?: string | null;
  picture?: string | null;
  card?: string | null;
}

interface EnginePageHint {
  kind: HintKind;
  page: string;
  when: EngineCondition[];
  numbers?: EngineReading[];
  numbers_all?: string[];
  picture?: string | null;
  card?: EngineReading | null;
}

interface EngineDialogHint {
  kind: HintKind;
  text: string;
  numbers: string;
}

interface EngineProfileRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  form?: Record<string, string>;
  envelope?: Record<string, unknown> | null;
  join?: string;
  /** One request for each number. */
  each?: boolean;
}

interface EngineProfileQuery {
  request?: EngineProfileRequest | null;
  answer?: EngineProfileAnswer | null;
  walk?: EngineWalk | null;
  walk_answer?: EngineProfileAnswer | null;
}

interface EngineProfileAnswer {
  body: "json" | "html";
  proof: EngineCondition[];
  whoami?: EngineReading | null;
  each?: string | null;
  shared?: Record<string, EngineReading>;
  lines?: EngineProfileLines[];
}

interface EngineProfileLines {
  each: string;
  when?: EngineCondition[];
  values?: Record<string, EngineReading>;
  /** Such a place makes it no answer. */
  unreadable?: boolean;
  coverages?: { each: string; values: Record<string, EngineReading> } | null;
}

/** One step of a walk: exactly one of `go`, `fill`, `click`, `wait`, `take`. */
interface EngineStep {
  go?: string | null;
  fill?: string | null;
  value?: string;
  click?: string | null;
  wait?: EngineCondition | null;
  take?: string | null;
}

interface EngineWalk {
  start: string;
  frame?: string | null;
  steps: EngineStep[];
}

interface EngineLogIn {
  page: string;
  username: string;
  password: string;
  captcha?: string | null;
  submit: string;
  wrong?: EngineCondition[];
}

interface EngineFieldPlace {
  at: string;
  how?: "type" | "choose";
  hyphen?: boolean;
}

interface EngineEntryForm {
  start: string;
  frame?: string | null;
  steps?: EngineStep[];
  fields: Partial<Record<FormFieldName, EngineFieldPlace>>;
}

interface EngineFinder {
  start: string;
  frame?: string | null;
  steps?: EngineStep[];
  number: string;
}

interface EngineRowList {
  page: string;
  rows: string;
  numbers: EngineReading[];
  policy_number?: EngineReading | null;
  /** Rows of another table that belong to these, place by place. */
  beside?: string | null;
  button?: string | null;
}
