/** The scripts of the isolated world build on each other through this one global name. */
interface ChudanScripts {
  encoding: EngineEncoding;
  transforms: EngineTransforms;
  reading: EngineReadings;
  lines: EngineLines;
  engine: Engine;
}

declare var Chudan: ChudanScripts;

/** A carrier profile; carriers/profile.schema.json says it in full. */
interface EngineProfile {
  carrier: string;
  encoding: string;
  base?: string | null;
  number: string;
  pages: Record<string, { path: string; has?: EngineCondition[] }>;
  hints_network: {
    kind: import("../../shared/messages.js").HintKind;
    method: string;
    path: string;
    text: string;
    numbers: string;
  }[];
  hints_page: {
    kind: import("../../shared/messages.js").HintKind;
    page: string;
    when: EngineCondition[];
    numbers: EngineReading[];
  }[];
  logged_out: { status?: number[]; path?: string; has?: string };
  whoami: { page: EngineReading[]; query: EngineProfileQuery };
  queries: Record<"confirm" | "detail", EngineProfileQuery>;
}

interface EngineProfileQuery {
  request: {
    method: string;
    path: string;
    query?: Record<string, string>;
    form?: Record<string, string>;
    envelope?: Record<string, unknown> | null;
    join?: string;
  };
  answer: EngineProfileAnswer;
}

interface EngineProfileAnswer {
  body: "json" | "html";
  proof: EngineCondition[];
  whoami?: EngineReading;
  each?: string;
  shared?: Record<string, EngineReading>;
  lines?: EngineProfileLines[];
}

interface EngineProfileLines {
  each: string;
  when?: EngineCondition[];
  values: Record<string, EngineReading>;
  coverages?: { each: string; values: Record<string, EngineReading> };
}
