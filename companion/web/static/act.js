// @ts-check
/** Small helps: copy a text, show a masked value, pick a customer. Pages work without them. */

/** @param {string} text */
function notice(text) {
  const place = document.getElementById("notice");
  if (!place) return;
  place.textContent = text;
  setTimeout(() => { if (place.textContent === text) place.textContent = ""; }, 3000);
}

/** @param {HTMLElement} button */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  await navigator.clipboard.writeText(source?.textContent?.trim() ?? "");
  notice(button.dataset.done ?? "");
}

/**
 * Ask for masked values; the server notes that. Fields are named by `data-masked`.
 * @param {HTMLElement} button
 */
async function reveal(button) {
  const body = new URLSearchParams({ token: document.body.dataset.token ?? "" });
  const answer = await fetch(button.dataset.reveal ?? "", { method: "POST", body });
  if (!answer.ok) return notice(button.dataset.failed ?? "");
  /** @type {Record<string, string>} */
  const values = await answer.json();
  for (const [id, value] of Object.entries(values)) shown.set(id, value);
  unmask();
}

/** Values shown on this page so far: they stay shown when a live part is swapped. @type {Map<string, string>} */
const shown = new Map();

function unmask() {
  for (const place of document.querySelectorAll("[data-masked]")) {
    const value = place instanceof HTMLElement ? shown.get(place.dataset.masked ?? "") : undefined;
    if (value === undefined) continue;
    place.textContent = value;
    if (place.nextElementSibling?.matches("[data-reveal]")) place.nextElementSibling.remove();
  }
}

/** @param {{id: string, name: string, tail: string | null}} customer */
function choice(customer) {
  const item = document.createElement("li");
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "customer", value: customer.id });
  const tail = Object.assign(document.createElement("span"), { className: "tail", textContent: customer.tail ?? "" });
  label.append(radio, customer.name, tail);
  item.append(label);
  return item;
}

/** Searches already asked for, newest last: an older answer must not overwrite a newer one. */
let asked = 0;

/** @param {HTMLInputElement} field */
async function find(field) {
  const list = field.form?.querySelector(".pick");
  const mine = ++asked;
  const text = field.value.trim();
  if (!list) return;
  if (text === "") return list.replaceChildren();
  const answer = await fetch(`${field.dataset.customers}?${new URLSearchParams({ text })}`);
  if (!answer.ok || mine !== asked) return;
  /** @type {{found: {id: string, name: string, tail: string | null}[]}} */
  const page = await answer.json();
  list.replaceChildren(...page.found.map(choice));
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const copier = target.closest("[data-copy]");
  const revealer = target.closest("[data-reveal]");
  if (copier instanceof HTMLElement) void copy(copier);
  if (revealer instanceof HTMLElement) void reveal(revealer);
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field instanceof HTMLInputElement && field.dataset.customers && !(/** @type {InputEvent} */ (event).isComposing)) {
    void find(field);
  }
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing || !(field instanceof HTMLInputElement)) return;
  if (!field.dataset.customers) return;
  // Enter in the search picks the first customer found; it must not answer the question.
  event.preventDefault();
  field.form?.querySelector(".pick input")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLSelectElement) || !field.hasAttribute("data-origins")) return;
  const origin = document.getElementById("origin");
  const proposed = field.selectedOptions[0]?.dataset.origin;
  if (origin instanceof HTMLInputElement && proposed) origin.value = proposed;
});

document.addEventListener("chudan-swapped", unmask);

document.addEventListener("compositionend", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.dataset.customers) void find(event.target);
});

export {};
