// One button behind a row (I-6.1), in a closed root, so that neither the page's styles nor its scripts reach what is in
// it. It holds no row: whose it is, is read where it stands when it is pressed. Its host is a plain element: a page that
// defined a custom one of its name would be handed the closed root.
(() => {
  "use strict";
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  const MARK = "data-chudan-row";
  const HOST = "all:initial!important;display:inline-flex!important;vertical-align:middle!important;"
    + "margin:-4px 0 -2px 6px!important;color-scheme:inherit!important;";
  /** What must not reach the page: it would take a press for one on its row. */
  const OURS = ["click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup", "keydown", "keyup", "keypress"];

  // No higher than a line of text: rows that get a button later must not become higher by it. As wide as its longest
  // words, which stand unseen in `::after`: columns must not move when a state changes. Colours follow the page's own
  // colour scheme, not the system's: most portals are light whatever the system is.
  const LOOK = `
    button { all: unset; box-sizing: border-box; display: inline-grid; justify-items: center; align-content: center;
      height: 20px; max-width: 12em; padding: 0 7px; border: 1px solid; border-radius: 5px; cursor: pointer;
      font: 500 12px/18px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif;
      font-variant-numeric: tabular-nums; white-space: nowrap; user-select: none; overflow: hidden;
      color: light-dark(#0b5c5c, #7fd6d1); border-color: light-dark(#8fc2c0, #3f7f7c);
      background: light-dark(#f3fafa, #16302f) linear-gradient(light-dark(#cfe8e6, #24605d), light-dark(#cfe8e6, #24605d))
        0 0 / var(--done, 0%) 100% no-repeat; }
    button::after { content: attr(data-a) "\\A" attr(data-b); white-space: pre; height: 0; visibility: hidden; }
    span { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
    button[data-tight] { min-width: 22px; padding: 0 3px; }
    button[data-tight]::after { content: none; }
    button:hover { border-color: light-dark(#0f6e6e, #7fd6d1); background-color: light-dark(#e3f1f0, #1d3f3d); }
    button:active { background-color: light-dark(#cfe8e6, #24605d); }
    button:focus-visible { outline: 2px solid light-dark(#2a7de1, #7db4f5); outline-offset: 1px; }
    button[aria-disabled=true] { cursor: default; color: light-dark(#4a5a62, #b4c4ca);
      border-color: light-dark(#cdd7da, #44545b); background-color: light-dark(#f4f6f6, #222c30); }
    button[data-state=done] { color: light-dark(#14693d, #7fdcaa); border-color: light-dark(#93cbab, #35724f);
      background-color: light-dark(#effaf3, #16301f); }
    button[data-state=failed] { color: light-dark(#a52a1f, #f5a299); border-color: light-dark(#e2a69f, #8a443d);
      background-color: light-dark(#fdf1f0, #3c2321); }
    @media (forced-colors: active) { button { border-color: ButtonBorder; } }
    @media print { button { display: none; } }`;

  const words = (/** @type {string} */ key, /** @type {unknown[]} */ ...values) =>
    api.i18n.getMessage(key, values.map(String)) || "";
  /** Its longest words, which it is as wide as from the beginning. */
  const widest = [words("quick_running", 99), words("quick_failed", words("quick_short_deleted"))];
  /** @type {CSSStyleSheet | undefined} */
  let sheet;

  /** @param {ShadowRoot} root */
  function dress(root) {
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(LOOK);
    root.adoptedStyleSheets = [sheet];
  }

  /** What a button says where there is no room for words; what it means stands in its title. */
  const SIGNS = { idle: "↓", waiting: "…", done: "✓", failed: "✕" };

  /** What a button says. @param {RowLook} look */
  function text({ state, percent, reason, tight }) {
    if (tight) return state === "running" ? `${percent ?? 0}%` : SIGNS[state ?? "idle"];
    if (state === "running") return percent === null ? words("quick_running_unknown") : words("quick_running", percent);
    if (state === "failed") return words("quick_failed", words(`quick_short_${reason}`) || words("quick_short_other"));
    if (state === "waiting" && reason === "waiting_session") return words("quick_wait_session");
    return words(`quick_state_${state ?? "idle"}`);
  }

  /** The same for those who hear it or stay on it: of what, and why. @param {RowLook} look */
  function title(look) {
    const { kind, state, reason } = look;
    const why = () => words(`quick_why_${reason}`) || words("quick_why_other");
    if (state === "failed") return words("quick_title_failed", words(`quick_kind_${kind}`), why());
    if (state === null) return words(`quick_title_${kind}`);
    return words("quick_title_state", words(`quick_kind_${kind}`), words(`quick_why_${reason}`) || text({ ...look, tight: false }));
  }

  /** What looks say, made once: most rows say the same. @type {Map<string, {text: string, title: string}>} */
  const sayings = new Map();

  /** @param {string} key @param {RowLook} look */
  function saying(key, look) {
    const known = sayings.get(key) ?? { text: text(look), title: title(look) };
    sayings.set(key, known);
    return known;
  }

  /** Hosts that were never laid out before, and who is told when their cell has no room for them. @type {WeakMap<Element, (host: Element) => void>} */
  const fresh = new WeakMap();
  // Told after a layout: then it costs nothing to look whether a cell is too small.
  const laidOut = new IntersectionObserver((entries) => {
    for (const { target } of entries) {
      laidOut.unobserve(target);
      const cell = target.parentElement;
      if (cell && cell.scrollWidth > cell.clientWidth + 1) fresh.get(target)?.(target);
    }
  });

  /** @type {ChudanScripts["rowButton"]["make"]} */
  function make({ press, near, focus, blur, tight }) {
    const host = document.createElement("span");
    host.setAttribute(MARK, "");
    host.style.cssText = HOST;
    const root = host.attachShadow({ mode: "closed" });
    const button = document.createElement("button");
    const label = document.createElement("span");
    button.type = "button";
    [button.dataset.a, button.dataset.b] = widest;
    button.append(label);
    dress(root);
    root.append(button);
    for (const name of OURS) root.addEventListener(name, (event) => event.stopPropagation());
    button.addEventListener("click", (event) => event.isTrusted && press(host));
    button.addEventListener("pointerenter", () => near(host));
    button.addEventListener("focus", () => (near(host), focus(host)));
    // Only a moment later it is known whether the clerk went elsewhere or the page took the button away.
    button.addEventListener("blur", () => queueMicrotask(() => host.isConnected && blur()));
    fresh.set(host, tight);
    laidOut.observe(host);
    let said = "";
    return {
      host,
      focus: () => button.focus({ preventScroll: true }),
      focused: () => root.activeElement === button,
      show(look) {
        const now = [look.kind, look.state, look.percent, look.reason, look.tight].join();
        if (now === said) return;
        said = now;
        const says = saying(now, look);
        label.textContent = says.text;
        button.title = says.title;
        button.setAttribute("aria-label", says.title);
        button.setAttribute("aria-disabled", String(look.state === "waiting" || look.state === "running"));
        button.dataset.state = look.state ?? "idle";
        button.toggleAttribute("data-tight", look.tight);
        button.style.setProperty("--done", `${look.state === "running" ? (look.percent ?? 0) : 0}%`);
      },
    };
  }

  globalThis.Chudan.rowButton = { MARK, make };
})();
