// The mark of a tab whose session is over because another account was chosen (会话已切换, I-1.11): it stays until
// the page is loaded anew, because what is saved here goes to nobody or to another account.
(() => {
  "use strict";
  const BAR = "position:fixed;left:0;right:0;top:0;z-index:2147483646;";
  const LOOK =
    "font:600 14px/1.6 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#fff;background:#a1361f;"
    + "padding:6px 16px;text-align:center;";

  /** @type {HTMLElement | null} */
  let bar = null;

  /** Mark this page, once; false where it can show nothing. @param {string} text in our own words, nothing personal */
  function mark(text) {
    if (!(document.body instanceof HTMLBodyElement)) return false; // a frameset shows it in its frames
    const below = window === top || window.frameElement instanceof HTMLFrameElement;
    if (!below || bar?.isConnected) return below;
    bar = document.createElement("div");
    bar.style.cssText = `all:initial;${BAR}`;
    const words = document.createElement("div");
    words.setAttribute("role", "alert");
    words.style.cssText = LOOK;
    words.textContent = text;
    bar.attachShadow({ mode: "closed" }).append(words);
    document.body.append(bar);
    return true;
  }

  globalThis.Chudan.mark = mark;
})();
