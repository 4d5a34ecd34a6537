// Where D7 and D8 stand in the page: beside the row they are about, as a frame of our own origin in a closed root.
(() => {
  "use strict";
  const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
  const WIDTH = 380;
  const GAP = 6;
  const BOX = "all:initial!important;position:fixed!important;z-index:2147483646!important;";
  const FRAME = `display:block;width:${WIDTH}px;height:200px;max-width:calc(100vw - 16px);max-height:calc(100vh - 16px);`
    + "border:0;border-radius:12px;color-scheme:light dark;box-shadow:0 6px 28px #0004;";

  /** @type {{token: string, box: HTMLElement, frame: HTMLElement, anchor: DOMRect, closed: () => void} | null} */
  let stands = null;

  /** Below the row's button, or above where there is no room; never out of view. @param {number} height pixels */
  function place(height) {
    if (!stands) return;
    const { box, frame, anchor } = stands;
    const width = Math.min(WIDTH, innerWidth - 16);
    const top = anchor.bottom + GAP + height <= innerHeight - 8 ? anchor.bottom + GAP : anchor.top - GAP - height;
    const left = anchor.right - width;
    frame.style.height = `${height}px`;
    box.style.setProperty("top", `${Math.max(8, Math.min(top, innerHeight - 8 - height))}px`, "important");
    box.style.setProperty("left", `${Math.max(8, Math.min(left, innerWidth - 8 - width))}px`, "important");
  }

  /** @type {ChudanScripts["quickFrame"]} */
  const quickFrame = {
    mount(token, anchor, closed) {
      quickFrame.unmount(stands?.token ?? "");
      const frame = document.createElement("iframe");
      const box = document.createElement("div");
      frame.style.cssText = FRAME;
      frame.src = `${api.runtime.getURL("ask/ask.html")}#${token}`;
      frame.title = api.i18n.getMessage("name");
      frame.addEventListener("load", () => frame.focus({ preventScroll: true }), { once: true });
      box.style.cssText = BOX;
      box.attachShadow({ mode: "closed" }).append(frame);
      stands = { token, box, frame, anchor, closed };
      place(200);
      document.body.append(box);
    },
    unmount(token) {
      if (!stands || stands.token !== token) return;
      const { box, closed } = stands;
      stands = null;
      box.remove();
      closed();
    },
    resize(token, height) {
      if (stands?.token === token) place(Math.min(Math.max(height, 64), innerHeight - 16));
    },
  };

  globalThis.Chudan.quickFrame = quickFrame;
})();
