// @ts-check
/**
 * Live pages. The server says only *that* something changed; the page asks for itself again and every
 * element marked `data-live` is swapped for its new self. Nothing is swapped under the reader's hands:
 * an element that holds the focus in a field, or an open dialog or menu, waits.
 */

const lamp = document.getElementById("live");
/** Something changed since the page was last asked for. */
let stale = false;
/** One request at a time: a later change asks again after it. */
let asking = false;

/** @param {boolean} on */
function light(on) {
  if (!lamp) return;
  lamp.className = `lamp-line ${on ? "on" : "off"}`;
  lamp.textContent = (on ? lamp.dataset.on : lamp.dataset.off) ?? "";
}

/** @param {Element} element whether the reader is busy inside it */
function busy(element) {
  const active = document.activeElement;
  const typing = active !== null && active.matches("input, textarea, select") && element.contains(active);
  const touched = [...element.querySelectorAll("input, textarea, select")].some(differs);
  return typing || touched || element.querySelector("dialog[open], details.menu[open]") !== null;
}

/** @param {Element} field whether the reader changed it */
function differs(field) {
  if (field instanceof HTMLInputElement) {
    return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  }
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
  if (field instanceof HTMLSelectElement) {
    const chosen = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(chosen, 0);
  }
  return false;
}

/** @param {Element} old @param {Element} fresh */
function swap(old, fresh) {
  const focused = document.activeElement?.id;
  const known = new Set([...old.querySelectorAll("tr[id]")].map((row) => row.id));
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  const here = old.querySelector("tr.here")?.id;
  const next = /** @type {Element} */ (document.importNode(fresh, true));
  for (const row of next.querySelectorAll("tr[id]")) {
    row.classList.toggle("fresh", !known.has(row.id) && known.size > 0);
    row.classList.toggle("here", row.id === here);
  }
  old.replaceWith(next);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  stale = true;
  if (asking || document.hidden) return;
  asking = true;
  try {
    while (stale) {
      stale = false;
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live][id]")) {
        const fresh = page.getElementById(old.id);
        if (!fresh || fresh.isEqualNode(old)) continue;
        if (busy(old)) old.toggleAttribute("data-stale", true);
        else swap(old, fresh);
      }
      document.dispatchEvent(new Event("chudan-swapped"));
    }
  } catch {
    light(false);
  } finally {
    asking = false;
  }
}

/**
 * The open stream. A browser allows six connections to one host: hidden pages give theirs back.
 * @type {EventSource | null}
 */
let stream = null;

function listen() {
  if (document.hidden) return;
  stream?.close();
  const mine = new EventSource(`${document.body.dataset.base}/live`);
  stream = mine;
  mine.addEventListener("ready", () => { light(true); void refresh(); });
  mine.addEventListener("changed", () => void refresh());
  mine.addEventListener("error", () => {
    light(false);
    // A refused stream is closed for good by the browser; ask again ourselves.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (stream === mine) listen(); }, 5000);
  });
}

function leave() {
  stream?.close();
  stream = null;
}

if (lamp && document.querySelector("[data-live]")) {
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  document.addEventListener("focusout", () => {
    if (document.querySelector("[data-stale]")) setTimeout(() => void refresh(), 0);
  });
}

export {};
