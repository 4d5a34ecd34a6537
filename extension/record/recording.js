import { Redactor } from "./redact.js";

/**
 * @typedef {{url: string, tree: RecordedNode | null, whole: boolean}} Seen what record/serialise.js gives
 */

const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
const ADDRESSES = new Set("href src action formaction poster background cite longdesc xlink:href ping manifest".split(" "));
const NAMES = new Set(
  `id class name for type rel role method enctype target tabindex colspan rowspan width height align valign border cellpadding cellspacing
  size maxlength minlength min max step rows cols wrap dir lang charset http-equiv media scope headers span start accept accept-charset autocomplete
  is slot part key field ng-app`.split(/\s+/u),
);
const CODE = /^(on|ng-|data-ng-|v-|x-|hx-|data-bind|data-options|data-action|data-url|:|@|#|\*|\(|\[)/u;
const SECRET = /nonce|integrity|csrf|xsrf|token|session|srcset|password|passwd/iu;
const BUTTONS = new Set(["button", "submit", "reset", "checkbox", "radio", "image"]);
const LAYOUT = /^(display|visibility|position|width|height|left|top|right|bottom|overflow|float|text-align|opacity|z-index)\s*:\s*[-\w.%! ]+$/u;
const ATTRIBUTE = /^[^\s"'<>/=\p{C}]+$/u;

/** Every frame of a page with what is personal replaced, the same the same way in all: `{url (a path), html}`. @param {Seen[]} frames @param {import("./invent.js").Random} [random] */
export function redacted(frames, random) {
  const redactor = new Redactor(random);
  for (const { url, tree } of frames) {
    redactor.place(url);
    if (tree) learn(redactor, tree);
  }
  return frames.flatMap(({ url, tree }) => (tree ? [{ url: redactor.place(url), html: `<!DOCTYPE html>\n${html(redactor, tree)}\n` }] : []));
}

/** What the fields hold, before anything is replaced. @param {Redactor} redactor @param {RecordedNode} node */
function learn(redactor, node) {
  if (typeof node === "string") return;
  const value = new Map(node.attributes).get("value");
  if (node.tag === "input" && value) redactor.typed(value);
  for (const child of node.children) {
    if (typeof child !== "string") learn(redactor, child);
    else if (node.tag === "textarea") redactor.typed(child);
  }
}

/** @param {Redactor} redactor @param {RecordedNode} node @returns {string} */
function html(redactor, node) {
  if (typeof node === "string") return escape(redactor.text(node));
  const { tag } = node;
  const all = new Map(node.attributes);
  const attributes = node.attributes.map(([name, value]) => attribute(redactor, tag, all, name, value)).join("");
  if (VOID.has(tag)) return `<${tag}${attributes}>`;
  return `<${tag}${attributes}>${inside(redactor, node)}</${tag}>`;
}

/** @param {Redactor} redactor @param {Exclude<RecordedNode, string>} node */
function inside(redactor, { tag, children }) {
  const text = children.filter((child) => typeof child === "string").join("");
  if (tag === "script") return (redactor.json(text) ?? "").replaceAll("<", "\\u003c");
  if (tag === "textarea") return escape(redactor.text(text, "value"));
  return children.map((child) => html(redactor, child)).join("");
}

/** @param {Redactor} redactor @param {string} tag @param {Map<string, string>} all @param {string} name @param {string} value */
function attribute(redactor, tag, all, name, value) {
  if (!ATTRIBUTE.test(name)) return "";
  const made = valueOf(redactor, tag, all, name, value);
  const called = redactor.text(name, "name");
  return made === "" ? ` ${called}` : ` ${called}="${escape(made).replaceAll('"', "&quot;")}"`;
}

/** @param {Redactor} redactor @param {string} tag @param {Map<string, string>} all @param {string} name @param {string} value @returns {string} */
function valueOf(redactor, tag, all, name, value) {
  if (name === "value" && tag === "input" && SECRET.test(all.get("name") ?? "")) return "";
  if (name === "content" && SECRET.test(all.get("name") ?? "")) return "";
  if (SECRET.test(name)) return "";
  if (ADDRESSES.has(name) || (tag === "object" && name === "data")) return redactor.url(value);
  if (name === "style") return value.split(";").map((one) => one.trim()).filter((one) => LAYOUT.test(one)).join("; ");
  const data = redactor.json(value);
  if (data !== null) return data;
  if (NAMES.has(name)) return redactor.text(value, "name");
  if (CODE.test(name)) return redactor.code(value);
  const typed = name === "value" && tag === "input" && !BUTTONS.has(all.get("type") ?? "text");
  return redactor.text(value, typed ? fieldManner(all) : "text");
}

/** Hidden fields hold codes as well as people's data: what is made of known words stays. @param {Map<string, string>} all @returns {"text" | "value"} */
function fieldManner(all) {
  return all.get("type") === "hidden" ? "text" : "value";
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** One file that a person can look at and `scripts/record_page.py` can take over. @param {{url: string, html: string}[]} frames @param {{title: string, about: string}} words */
export function fileOf(frames, { title, about }) {
  const quoted = (/** @type {string} */ text) => escape(text).replaceAll('"', "&quot;");
  const parts = frames.map(({ url, html: page }) =>
    `<h2>${quoted(url)}</h2>\n<iframe sandbox data-url="${quoted(url)}" srcdoc="${quoted(page)}"></iframe>\n`);
  const style = "body{font:14px sans-serif;margin:16px}iframe{width:100%;height:70vh;border:1px solid #999}";
  const head = `<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>${quoted(title)}</title><style>${style}</style></head>`;
  return `${head}<body>\n<h1>${quoted(title)}</h1>\n<p>${quoted(about)}</p>\n${parts.join("")}</body></html>\n`;
}
