// @ts-check
/** Keyboard: `/` search, j/k rows, Enter open, 1…9 rooms, Esc close, `?` help. Rows open on click as well. */

/** @param {EventTarget | null} target whether keys belong to a field */
function inField(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function rows() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll("tbody tr[data-href], [data-row]")]);
}

/** @param {number} step */
function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.classList.contains("here"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (at >= 0) all[at]?.classList.remove("here");
  next?.classList.add("here");
  next?.scrollIntoView({ block: "nearest" });
}

function open() {
  const row = document.querySelector("tr.here[data-href]");
  if (row instanceof HTMLElement && row.dataset.href) location.assign(row.dataset.href);
}

function close() {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.removeAttribute("open");
  if (inField(document.activeElement)) /** @type {HTMLElement} */ (document.activeElement).blur();
  else document.querySelector(".here")?.classList.remove("here");
}

/** @param {string} key @returns {boolean} whether the key was ours */
function press(key) {
  const search = document.querySelector("input[type=search]");
  const rooms = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".rooms a"));
  if (key === "/" && search instanceof HTMLInputElement) { search.focus(); search.select(); }
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "Enter") open();
  else if (key === "?") show("help");
  else if (/^[1-9]$/.test(key) && rooms[Number(key) - 1]) rooms[Number(key) - 1]?.click();
  else return false;
  return true;
}

/** @param {string} id */
function show(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** @param {HTMLAnchorElement} link whether the reader came from that list: going back keeps filter and place */
function cameFrom(link) {
  return document.referrer !== "" && new URL(document.referrer).pathname === link.pathname && history.length > 1;
}

document.addEventListener("keydown", (event) => {
  // A Chinese input method sends keys while composing; they are no commands.
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return close();
  if (inField(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.matches("a, button, summary")) return;
  if (press(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const opener = target.closest("[data-open]");
  if (opener instanceof HTMLElement && opener.dataset.open) show(opener.dataset.open);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
  const back = target.closest("a[data-back]");
  if (back instanceof HTMLAnchorElement && cameFrom(back)) {
    event.preventDefault();
    history.back();
    return;
  }
  const row = target.closest("tr[data-href]");
  const chosen = getSelection()?.toString() ?? "";
  if (row instanceof HTMLElement && row.dataset.href && chosen === "" && !target.closest("a, button, input, label, form")) {
    location.assign(row.dataset.href);
  }
});

export {};
