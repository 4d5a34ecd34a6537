// The bytes of a code that a page shows: taken off the screen where that is allowed, because asking the portal for
// the picture again may give another code. Fetched only where the browser does not let a picture be read.
(() => {
  "use strict";
  /** Characters of base64 that a message may carry. */
  const MOST = 349_528;
  /** Pixels a side; what is larger is made smaller, and can still be read. */
  const SIDE = 640;
  const DATA = /^data:image\/(?:png|jpe?g|gif|bmp|webp);base64,/u;

  /** What was last taken of an img or canvas, so that one that stays is taken once. @type {WeakMap<Element, {key: string, image: string | null | Promise<string | null>}>} */
  const known = new WeakMap();

  /** @param {string} url */
  function bare(url) {
    const image = url.replace(DATA, "").replace(/\s/gu, "");
    return DATA.test(url) && image.length <= MOST && /^[0-9A-Za-z+/]+={0,2}$/u.test(image) ? image : null;
  }

  /** A picture copied to a canvas of ours. Throws where the browser does not give its pixels. @param {HTMLImageElement | HTMLCanvasElement} shown @param {number} width @param {number} height */
  function copied(shown, width, height) {
    const scale = Math.min(1, SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen?.drawImage(shown, 0, 0, canvas.width, canvas.height);
    const { data } = /** @type {CanvasRenderingContext2D} */ (pen).getImageData(0, 0, canvas.width, canvas.height);
    return { canvas, ...summed(new Uint32Array(data.buffer)) };
  }

  /** Whether all pixels are alike, and a number that tells pictures apart. @param {Uint32Array} pixels */
  function summed(pixels) {
    let [sum, blank] = [0, true];
    for (const pixel of pixels) {
      sum = Math.imul(sum ^ pixel, 0x01000193) | 0;
      blank &&= pixel === pixels[0];
    }
    return { key: `${pixels.length} ${sum}`, blank };
  }

  /** A picture as PNG; null while it is of one colour only. @param {ReturnType<typeof copied>} copy */
  function png({ canvas, blank }) {
    return blank ? null : bare(canvas.toDataURL("image/png"));
  }

  /** @param {HTMLImageElement} image @returns {Promise<string | null>} */
  async function ofImage(image) {
    if (!image.complete || image.naturalWidth === 0) return null;
    const key = `${image.currentSrc || image.src} ${image.naturalWidth}x${image.naturalHeight}`;
    const before = known.get(image);
    if (before?.key === key) return before.image;
    // Known before it is here: the next look must not ask for it a second time.
    const found = bare(image.src) ?? readable(image);
    known.set(image, { key, image: found });
    return found;
  }

  /** @param {HTMLImageElement} image */
  async function readable(image) {
    try {
      return png(copied(image, image.naturalWidth, image.naturalHeight));
    } catch {
      return fetched(image.src); // of another origin: the browser does not give its pixels
    }
  }

  /** @param {string} url @returns {Promise<string>} */
  async function fetched(url) {
    try {
      const bytes = new Uint8Array(await (await fetch(url, { credentials: "include" })).arrayBuffer());
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      return bare(`data:image/png;base64,${btoa(text)}`) ?? "";
    } catch {
      return "";
    }
  }

  /** @param {HTMLCanvasElement} canvas */
  function ofCanvas(canvas) {
    if (canvas.width === 0 || canvas.height === 0) return null;
    try {
      const copy = copied(canvas, canvas.width, canvas.height);
      const before = known.get(canvas);
      if (before?.key === copy.key) return before.image;
      const image = png(copy);
      known.set(canvas, { key: copy.key, image });
      return image;
    } catch {
      return ""; // it holds a picture of another origin
    }
  }

  /** @type {ChudanScripts["picture"]} */
  async function picture(at) {
    const shown = document.querySelector(at);
    if (shown instanceof HTMLCanvasElement) return ofCanvas(shown);
    return shown instanceof HTMLImageElement ? ofImage(shown) : null;
  }

  globalThis.Chudan.picture = picture;
})();
