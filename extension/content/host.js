// Where a question stands in the page: a frame of our own origin in a closed shadow root. The page can
// neither read it nor press it; all it can do is cover it, and the frame itself watches for that.
(() => {
  "use strict";
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  const BOX = "position:fixed;right:16px;bottom:16px;z-index:2147483647;";
  const FRAME = "display:block;width:400px;height:240px;max-width:calc(100vw - 32px);max-height:calc(100vh - 32px);"
    + "border:0;border-radius:12px;color-scheme:light dark;box-shadow:0 6px 28px #0004;";
  const LOWEST = 64;
  const HIGHEST = 560;

  /** @type {{token: string, box: HTMLElement, frame: HTMLElement} | null} */
  let stands = null;

  /** @param {HTMLElement} content @returns {HTMLElement} */
  function box(content) {
    const outer = document.createElement("div");
    outer.style.cssText = `all:initial;${BOX}`;
    outer.attachShadow({ mode: "closed" }).append(content);
    document.body.append(outer);
    return outer;
  }

  /** Whether the clerk is in a field now: then the keyboard stays theirs. */
  function typing() {
    const active = document.activeElement;
    if (!document.hasFocus() || active instanceof HTMLIFrameElement || active instanceof HTMLFrameElement) return true;
    return active instanceof HTMLElement && (active.isContentEditable || active.matches("input, textarea, select"));
  }

  const host = {
    /** Square pixels of this document that a question could use; 0 where none can stand. */
    area() {
      const usable = document.body instanceof HTMLBodyElement; // a frameset has none
      return usable && innerWidth >= 320 && innerHeight >= 240 ? innerWidth * innerHeight : 0;
    },
    /** Put the question behind this token into the page. @param {string} token */
    mount(token) {
      if (!(document.body instanceof HTMLBodyElement)) return false;
      stands?.box.remove();
      const frame = document.createElement("iframe");
      frame.style.cssText = FRAME;
      frame.src = `${api.runtime.getURL("ask/ask.html")}#${token}`;
      frame.title = api.i18n.getMessage("name");
      stands = { token, box: box(frame), frame };
      frame.addEventListener("load", () => typing() || frame.focus({ preventScroll: true }), { once: true });
      return true;
    },
    /** Give it the keyboard: the clerk asked for it. False when it does not stand here. @param {string} token */
    focus(token) {
      if (stands?.token !== token || !stands.box.isConnected) return false;
      stands.frame.focus({ preventScroll: true });
      return true;
    },
    /** The token of what the page has thrown out by drawing itself anew; null when nothing is missing. Said once. */
    lost() {
      if (!stands || stands.box.isConnected || !document.body) return null;
      const { token } = stands;
      stands = null;
      return token;
    },
    /** Take it off again. @param {string} token */
    unmount(token) {
      if (stands?.token !== token) return;
      stands.box.remove();
      stands = null;
    },
    /** Give it the height its words need. @param {string} token @param {number} height pixels */
    resize(token, height) {
      if (stands?.token !== token) return;
      stands.frame.style.height = `${Math.min(Math.max(height, LOWEST), HIGHEST)}px`;
    },
    /** Say something to the clerk once; in our own words, nothing personal. @param {string} text */
    notice(text) {
      if (host.area() === 0) return;
      const note = document.createElement("div");
      note.setAttribute("role", "alert");
      note.style.cssText = "font:14px/1.6 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;"
        + "color:#5b3b00;background:#fff6e0;border:1px solid #e8c877;border-radius:8px;padding:10px 14px;"
        + "box-shadow:0 4px 16px #0002;max-width:360px;cursor:pointer;";
      note.textContent = text;
      const shown = box(note);
      note.addEventListener("click", () => shown.remove());
    },
  };

  globalThis.Chudan.host = host;
})();
