// A page as it stands, fields as they are filled, as a tree of plain data: what a recording is made of. It runs once
// in the tab, after the clerk's click; passwords, scripts, styles and comments are left out here already.
(() => {
  "use strict";
  const LEFT_OUT = new Set(["script", "style", "noscript", "object", "embed", "applet", "link", "base"]);
  const ISLAND = /^application\/(ld\+)?json$/iu;
  const MOST = 200_000;

  /** @param {Document} page */
  function serialise(page) {
    let left = MOST;

    /** @param {Element} element @returns {Map<string, string>} */
    function attributes(element) {
      const all = new Map(Array.from(element.attributes, ({ name, value }) => [name, value]));
      const field = /** @type {HTMLInputElement} */ (element);
      const kind = element.localName === "input" ? field.type : element.localName;
      const flag = (/** @type {string} */ name, /** @type {boolean} */ on) => (on ? all.set(name, "") : all.delete(name));
      if (kind === "checkbox" || kind === "radio") flag("checked", field.checked);
      else if (kind === "password" || kind === "file") all.delete("value");
      else if (element.localName === "input") all.set("value", field.value);
      if (kind === "option") flag("selected", /** @type {any} */ (element).selected);
      all.delete("srcdoc");
      return all;
    }

    /** @param {Element} element @returns {RecordedNode[]} */
    function children(element) {
      const { localName: tag } = element;
      if (tag === "textarea") return [/** @type {HTMLTextAreaElement} */ (element).value];
      if (tag === "script") return [element.textContent ?? ""];
      const inside = tag === "template" ? /** @type {HTMLTemplateElement} */ (element).content : element;
      return Array.from(inside.childNodes, node).filter((one) => one !== null);
    }

    /** @param {Node} one @returns {RecordedNode | null} */
    function node(one) {
      if ((left -= 1) < 0) return null;
      if (one.nodeType === 3) return one.textContent ?? "";
      if (one.nodeType !== 1) return null;
      const element = /** @type {Element} */ (one);
      const tag = element.localName;
      const island = tag === "script" && ISLAND.test(element.getAttribute("type") ?? "");
      if (LEFT_OUT.has(tag) && !island) return null;
      return { tag, attributes: [...attributes(element)], children: children(element) };
    }

    // A page that another one wrote has the address of that one.
    const url = /^https?:/u.test(page.URL) ? page.URL : page.baseURI;
    return { url, tree: node(page.documentElement), whole: left >= 0 };
  }

  /** @type {any} */ (globalThis).ChudanRecord = serialise;
})();
