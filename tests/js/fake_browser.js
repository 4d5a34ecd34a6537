// The parts of a browser's extension API that the background uses, in memory. Import this before any module of
// the extension.
import "fake-indexeddb/auto";

class Area {
  constructor() {
    this.values = {};
  }
  async get(key) {
    const found = key === undefined ? this.values : key in this.values ? { [key]: this.values[key] } : {};
    return structuredClone(found);
  }
  async remove(key) {
    delete this.values[key];
  }
  async set(values) {
    Object.assign(this.values, structuredClone(values));
  }
}

class Signal {
  listeners = [];
  addListener(listener) {
    this.listeners.push(listener);
  }
  fire(...values) {
    for (const listener of [...this.listeners]) listener(...values);
  }
}

/** A native port whose other end is the test. */
export class FakePort {
  sent = [];
  onMessage = new Signal();
  onDisconnect = new Signal();
  gone = false;
  postMessage(message) {
    if (this.gone) throw new Error("Attempting to use a disconnected port object");
    this.sent.push(structuredClone(message));
  }
  disconnect() {
    this.gone = true;
  }
  /** The host died, with the browser's words for it. */
  die(words) {
    this.gone = true;
    fake.lastError = words;
    this.onDisconnect.fire(this);
    fake.lastError = undefined;
  }
  ofType(type) {
    return this.sent.filter((message) => message.type === type);
  }
}

/** What the test sets up and looks at. */
export const fake = {
  ports: [],
  lastError: undefined,
  granted: new Set(),
  scripts: [],
  /** Answers of page scripts: (tab, message, frame) -> answer, or throw for nobody there. */
  page: () => {
    throw new Error("Could not establish connection. Receiving end does not exist.");
  },
  told: [],
  windows: [],
  openTabs: [],
  badge: {},
  menu: [],
  popups: 0,
  /** Further hosts of the example carrier's portal. */
  further: [],
  /** What else its profile says. */
  profile: {},
  /** As if the browser had been started anew. */
  reset() {
    this.menu.length = this.popups = 0;
    this.ports.length = 0;
    this.scripts.length = 0;
    this.told.length = 0;
    this.windows.length = 0;
    this.openTabs = [];
    this.further = [];
    this.profile = {};
    this.granted.clear();
    session.values = {};
    local.values = {};
  },
};

const session = new Area();
const local = new Area();
const ORIGIN = "chrome-extension://abcdefghijklmnopabcdefghijklmnop/";

globalThis.chrome = {
  storage: { session, local },
  i18n: { getMessage: (key, values = []) => [key, ...values].join(" "), getUILanguage: () => "zh-CN" },
  runtime: {
    id: "abcdefghijklmnopabcdefghijklmnop",
    getURL: (path) => ORIGIN + path,
    getManifest: () => ({ version: "0.1.0" }),
    get lastError() {
      return fake.lastError && { message: fake.lastError };
    },
    connectNative() {
      const port = new FakePort();
      fake.ports.push(port);
      return port;
    },
  },
  permissions: { contains: async ({ origins }) => origins.every((origin) => fake.granted.has(origin)) },
  scripting: {
    getRegisteredContentScripts: async () => structuredClone(fake.scripts),
    unregisterContentScripts: async () => void fake.scripts.splice(0),
    registerContentScripts: async (scripts) => void fake.scripts.push(...structuredClone(scripts)),
  },
  tabs: {
    async sendMessage(tab, message, { frameId }) {
      const answer = await fake.page(tab, message, frameId);
      fake.told.push({ tab, frame: frameId, ...message });
      return answer;
    },
    update: async (tab) => {
      if (!fake.openTabs.includes(tab)) throw new Error(`No tab with id: ${tab}.`);
      return { windowId: 1 };
    },
    remove: async () => undefined,
    query: async () => [],
    create: async () => ({}),
  },
  windows: {
    async create(options) {
      fake.windows.push(options);
      return { tabs: [{ id: 900 + fake.windows.length }] };
    },
    update: async () => undefined,
  },
  action: {
    setBadgeText: async ({ text }) => void (fake.badge.text = text),
    setBadgeBackgroundColor: async () => undefined,
    setTitle: async ({ title }) => void (fake.badge.title = title),
    openPopup: async () => void (fake.popups += 1),
  },
  contextMenus: {
    removeAll: async () => void fake.menu.splice(0),
    create(entry) {
      if (fake.menu.some(({ id }) => id === entry.id)) throw new Error(`Cannot create item with duplicate id ${entry.id}`);
      fake.menu.push(structuredClone(entry));
    },
  },
  notifications: { create: async () => undefined },
};

/** What the extension brought along for the carrier `example`, as far as the background looks at it. */
export const PROFILE = {
  $schema: "../profile.schema.json",
  carrier: "example",
  names: { zh_CN: "示例财险", en: "Example" },
  default_origin: null,
  number: "T[0-9]{4}",
  pages: { login: { path: "^/login$" }, list: { path: "^/list$" } },
  hints_network: [{ kind: "quote_saved", method: "POST", path: "^/save$", text: "ok", numbers: "T[0-9]{4}" }],
  queries: { confirm: { request: {}, answer: {} }, detail: { request: {}, answer: {} } },
  login: { page: "login", username: "#name", password: "#password", submit: "#go" },
};
globalThis.fetch = async (url) => {
  if (!String(url).endsWith("/carriers/example/profile.json")) throw new TypeError("Failed to fetch");
  return new Response(JSON.stringify({ ...PROFILE, ...fake.profile, further_hosts: fake.further }));
};

/** Wait until something is so; fails after twenty seconds. */
export async function until(look, what = String(look)) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Let everything that is under way come to rest. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
