import { t } from "../shared/api.js";
import { el } from "../shared/dom.js";

/**
 * @import { CustomerChoice, CustomerFound } from "../shared/messages.js"
 * @typedef {object} Wiring
 * @property {(text: string) => Promise<CustomerFound[] | null>} search null while nobody can be asked
 * @property {(customer: CustomerChoice) => void} chosen
 * @property {() => void} back
 */

const TYPING = 200;

/** Choose the customer to push to: search the known ones, or name a new one. @param {Wiring} wiring */
export function customerPicker({ search, chosen, back }) {
  const query = input("pick_search", "search");
  const name = input("pick_name", "text");
  const phone = input("pick_phone", "tel");
  const list = el("ul", { class: "found", "aria-live": "polite" });
  const confirm = /** @type {HTMLButtonElement} */ (
    el("button", { class: "main", type: "button", "data-choice": "confirm", disabled: true }, t("pick_confirm"))
  );
  /** @type {CustomerFound | null} */
  let picked = null;
  let asked = 0;

  function refresh() {
    confirm.disabled = !picked && name.value.trim() === "";
    for (const button of list.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.id === picked?.id));
    }
  }
  /** @param {CustomerFound | null} customer */
  function pick(customer) {
    picked = customer;
    if (customer) name.value = phone.value = "";
    refresh();
  }
  async function look() {
    const turn = ++asked;
    const found = await search(query.value.trim());
    if (turn !== asked) return; // something else was typed meanwhile
    list.replaceChildren(...rows(found, pick));
    pick(null);
  }
  function submit() {
    if (confirm.disabled) return;
    if (picked) chosen({ id: picked.id, name: null, phone: null });
    else chosen({ id: null, name: name.value.trim(), phone: phone.value.trim() || null });
  }

  query.oninput = debounce(look);
  name.oninput = phone.oninput = () => (pick(null), refresh());
  confirm.onclick = (event) => event.isTrusted && submit();
  for (const field of [name, phone]) {
    // Braces, not an expression: a handler that returns false swallows the key.
    field.onkeydown = (event) => {
      if (event.key === "Enter" && !event.isComposing && event.isTrusted) submit();
    };
  }
  look();
  const buttons = el(
    "div",
    { class: "choices" },
    el("button", { type: "button", onclick: back, "data-choice": "back" }, t("pick_back"), el("kbd", { "aria-hidden": "true" }, "Esc")),
    confirm,
  );
  return {
    parts: [query, list, el("div", { class: "pair" }, name, phone), buttons],
    focus: () => query.focus(),
  };
}

/** @param {CustomerFound[] | null} found @param {(customer: CustomerFound) => void} pick */
function rows(found, pick) {
  if (found === null) return [el("li", {}, el("p", { class: "warn" }, t("pick_away")))];
  if (found.length === 0) return [el("li", {}, el("p", { class: "quiet" }, t("pick_none")))];
  return found.map((customer) => {
    const tail = el("span", { class: "quiet" }, customer.tail ? t("pick_tail", customer.tail) : "");
    const button = el("button", { type: "button", "data-id": customer.id }, el("span", {}, customer.name), tail);
    button.onclick = () => pick(customer);
    return el("li", {}, button);
  });
}

/** @param {string} key @param {string} type @returns {HTMLInputElement} */
function input(key, type) {
  const properties = { type, id: key, placeholder: t(key), "aria-label": t(key), maxLength: 100, autocomplete: "off" };
  return /** @type {HTMLInputElement} */ (el("input", properties));
}

/** @param {() => void} work */
function debounce(work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, TYPING);
  };
}
