import { api } from "../shared/api.js";
import { fault } from "../shared/check.js";
import { newId } from "../shared/ids.js";
import { VERSION } from "../shared/messages.js";
import { Downloads } from "./downloads.js";
import { Kept } from "./kept.js";
import { tell } from "./tell.js";

/**
 * @import { DownloadTold, Place, QuickDownload, QuickField, Refusal, RowOfList } from "../shared/messages.js"
 * @import { Desk } from "./desk.js"
 * @import { Asked } from "./downloads.js"
 * @import { Portal } from "./portals.js"
 * @import { Served } from "./verbs.js"
 * @typedef {object} Form  a D7 or D8 that is open
 * @property {"form" | "alert"} kind
 * @property {string} carrier
 * @property {RowOfList} row  as it was when its button was pressed
 * @property {string | null} why  the reason of a download that failed
 * @property {Place} place  where the button was
 * @property {{tab: number, frame: number | null}} stand  where the form is; frame null: a window of our own
 * @property {string} pressed  the token that the page knows its press by
 * @property {number | null} opener  the frame that opened it; from then on the only one served
 */

const MOST_FORMS = 20;
const WINDOW = { type: /** @type {"popup"} */ ("popup"), width: 440, height: 420 };
/** Stands for the tab of a window that is only just opening. */
const NEW_TAB = -1;

/**
 * Quick downloads (I-6): the form before one (D7), its way to the daemon, its state on the button, and the alert for
 * what is deleted (D8). Kept over the background's death: numbers and ids. What the clerk typed is not: it may name
 * a person.
 */
export class Quick {
  #forms = new Kept("quick_forms", /** @type {Record<string, Form>} */ ({}));
  /** What was typed lately, to be offered again; gone with the background. @type {Map<QuickField, Set<string>>} */
  #typed = new Map();

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.downloads = new Downloads(desk.frames);
  }

  /**
   * A button was pressed: open D7, in the page that asks, or in a window of our own where it could be covered there.
   * @param {Served} spot @param {Portal} portal @param {{row: RowOfList, in_page: boolean, why: string | null}} pressed
   */
  async open({ tab, frame, origin }, { carrier }, { row, in_page: inPage, why }) {
    const session = await this.desk.sessions.at(origin);
    const place = { origin, login: session?.login ?? null, tab, frame };
    const stand = { tab: inPage ? tab : NEW_TAB, frame: inPage ? frame : null };
    /** @type {Form} */
    const form = { kind: "form", carrier, row, why, place, stand, pressed: "", opener: null };
    const bad = fault(message(newId(), form, {}), "up");
    if (bad) return { refused: bad.code };
    const token = await this.#keep(form);
    if (!inPage) await openWindow(token);
    return { token };
  }

  /** @param {Form} form */
  async #keep(form) {
    const token = newId();
    await this.#forms.change((forms) => {
      forms[token] = { ...form, pressed: form.pressed || token };
      for (const old of Object.keys(forms).slice(0, -MOST_FORMS)) delete forms[old];
    });
    return token;
  }

  /** The form behind a token, for the one frame that may see it. @param {string} token @param {number} tab @param {number} opener */
  opened(token, tab, opener) {
    return this.#forms.change((forms) => {
      const form = Object.hasOwn(forms, token) ? forms[token] : null;
      if (!form) return null;
      if (form.stand.tab === NEW_TAB) form.stand.tab = tab;
      form.opener ??= opener;
      return form.stand.tab === tab && form.opener === opener ? form : null;
    });
  }

  /** What a form shows. @param {Form} form */
  async shown({ kind, carrier, row, why }) {
    const typed = Object.fromEntries([...this.#typed].map(([field, texts]) => [field, [...texts]]));
    return { quick: { kind, row, why, typed, carrier: await this.desk.portals.name(carrier) } };
  }

  /** Where the row of a form is now: `same`, `changed`, or `gone` (also with its page). @param {Form} form @returns {Promise<string>} */
  async #reread({ place, pressed }) {
    return (await tell(place.tab, place.frame, { what: "quick_row", token: pressed })) ?? "gone";
  }

  /**
   * Send the download that a form is about. Its row is read once more before: not sent when it is another one now.
   * A row that stands nowhere any more is sent when the clerk has said so (`sure`): they have its numbers before them.
   * @param {Form} form @param {{id: string, fields: Partial<Record<QuickField, string>>, sure: boolean}} wanted
   */
  async send(form, { id, fields, sure }) {
    const found = await this.#reread(form);
    if (found !== "same" && !(found === "gone" && sure)) return { kept: false, row: found };
    const asked = message(id, form, fields);
    const bad = fault(asked, "up");
    if (bad) return { kept: false, refused: bad.code };
    // Known before it leaves: its first state may be back before the send is over.
    await this.downloads.follow(asked);
    const taken = Object.keys(fields).length > 0 ? await this.desk.road.express(asked) : await this.#durable(asked);
    if (taken.kept) this.#remember(fields);
    else await this.downloads.drop(asked);
    return taken;
  }

  /** @param {QuickDownload} asked */
  async #durable(asked) {
    await this.desk.road.send(asked);
    return { kept: true };
  }

  /** @param {Partial<Record<QuickField, string>>} fields */
  #remember(fields) {
    for (const [name, text] of Object.entries(fields)) {
      const field = /** @type {QuickField} */ (name);
      const known = this.#typed.get(field) ?? new Set();
      known.delete(text);
      this.#typed.set(field, new Set([text, ...known].slice(0, 8)));
    }
  }

  /** How a download goes, from the daemon. @param {Pick<DownloadTold, "request" | "state" | "percent" | "reason">} news */
  async told(news) {
    const asked = await this.downloads.told(news);
    if (asked?.state === "failed" && asked.reason === "deleted") await this.#alert(asked);
  }

  /** The daemon will never take it. @param {Refusal} refusal */
  async refused({ re, retry }) {
    if (re !== null && !retry) await this.told({ request: re, state: "failed", percent: null, reason: "refused" });
  }

  /** D8: what was asked for is deleted at the carrier. @param {Asked} asked */
  async #alert({ row, place, carrier, reason }) {
    const { tab, frame } = place;
    /** @type {Form} */
    const form = { kind: "alert", carrier, row, why: reason, place, stand: { tab, frame }, pressed: "", opener: null };
    const token = await this.#keep(form);
    if (await tell(tab, frame, { what: "quick_alert", token, row })) return;
    await this.toWindow(token);
  }

  /** Move a form into a window of our own, where nothing can lie over it; its frame in the page has lost it then. @param {string} token */
  async toWindow(token) {
    const form = await this.#forms.change((forms) => {
      const before = forms[token] ?? null;
      delete forms[token];
      return before;
    });
    if (!form) return;
    const { tab, frame } = form.stand;
    if (frame !== null) await tell(tab, frame, { what: "quick_unmount", token });
    await openWindow(await this.#keep({ ...form, stand: { tab: NEW_TAB, frame: null }, opener: null }));
  }

  /** @param {string} token @param {Form} form */
  async close(token, { stand }) {
    await this.#forms.change((forms) => {
      delete forms[token];
    });
    if (stand.frame !== null) await tell(stand.tab, stand.frame, { what: "quick_unmount", token });
    else await api.tabs.remove(stand.tab).catch(() => undefined); // closed by the clerk already
  }

  /** @param {string} token @param {Form} form @param {number} height pixels */
  async resize(token, { stand }, height) {
    if (stand.frame !== null) await tell(stand.tab, stand.frame, { what: "quick_resize", token, height });
  }
}

/**
 * What the scripts of a page may ask for.
 * @type {Record<string, (desk: Desk, message: any, spot: Served, portal: Portal) => Promise<any>>}
 */
export const QUICK = {
  quick_open: (desk, pressed, spot, portal) => desk.quick.open(spot, portal, pressed),
  quick_states: (desk, _message, { origin }) => desk.quick.downloads.of(origin),
};

/** @type {Record<string, (quick: Quick, token: string, form: Form, message: any) => Promise<any>>} */
const FORM = {
  open: (quick, _token, form) => quick.shown(form),
  send: (quick, _token, form, { wanted }) => quick.send(form, wanted),
  size: (quick, token, form, { height }) => quick.resize(token, form, Number(height) || 0),
  to_window: (quick, token) => quick.toWindow(token),
  close: (quick, token, form) => quick.close(token, form),
};

/** A frame of D7 or D8 speaks: null unless its token opens one for this very frame. @param {Desk} desk @param {string} what @param {any} message @param {chrome.runtime.MessageSender} sender */
export async function fromForm({ quick }, what, message, { tab, frameId }) {
  if (!Object.hasOwn(FORM, what)) return null;
  const form = await quick.opened(String(message.token), tab?.id ?? -1, frameId ?? 0);
  return form && FORM[what](quick, message.token, form, message);
}

/** @param {string} id @param {Form} form @param {Partial<Record<QuickField, string>>} fields @returns {QuickDownload} */
function message(id, { carrier, row, place }, fields) {
  return { v: VERSION, type: "quick_download", id, at: Date.now(), carrier, row, fields, place };
}

/** @param {string} token */
function openWindow(token) {
  return api.windows.create({ url: api.runtime.getURL(`ask/window.html#${token}`), ...WINDOW });
}
