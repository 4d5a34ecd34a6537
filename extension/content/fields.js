// How a field of a page gets its value so that the page's own scripts notice: the browser's own setter, past
// whatever a framework has put before it, and the events a typing clerk would cause.
(() => {
  "use strict";

  /** @param {Element} element @param {string} name @param {unknown} value */
  function native(element, name, value) {
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), name)?.set;
    if (setter) setter.call(element, value);
    else Reflect.set(element, name, value);
  }

  /** @param {Element} element @param {string[]} names */
  function tell(element, ...names) {
    for (const name of names) {
      const event = name === "input" ? new InputEvent(name, { bubbles: true, inputType: "insertText" }) : new Event(name, { bubbles: true });
      element.dispatchEvent(event);
    }
  }

  /** Whether a clerk could change a field. @param {Element} element */
  function open(element) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement)) {
      return false;
    }
    return !element.matches(":disabled") && !("readOnly" in element && element.readOnly);
  }

  /** @param {Element} element */
  function enter(element) {
    if (element instanceof HTMLElement) element.focus({ preventScroll: true });
    tell(element, "focusin");
  }

  /** @param {Element} element */
  function leave(element) {
    if (element instanceof HTMLElement) element.blur();
    tell(element, "focusout");
  }

  /** What a text says apart from blanks, hyphens and capitals. @param {string} text */
  const plain = (text) => text.replace(/[\s\-·]/gu, "").toUpperCase();

  const fields = {
    /** Type a value into a field; false when the field did not take it. @param {Element | null} element @param {string} value */
    set(element, value) {
      if (!element || !open(element) || element instanceof HTMLSelectElement) return false;
      enter(element);
      native(element, "value", value);
      tell(element, "input", "change");
      leave(element);
      return fields.holds(element, value);
    },
    /** Choose what fits from a list, by its text or value. @param {Element | null} element @param {string} value */
    choose(element, value) {
      if (!(element instanceof HTMLSelectElement) || !open(element)) return false;
      const options = [...element.options].filter((option) => !option.disabled);
      const found =
        options.find((option) => option.value === value || option.text.trim() === value) ??
        options.find((option) => plain(option.text) === plain(value));
      if (!found) return false;
      enter(element);
      native(element, "selectedIndex", found.index);
      tell(element, "input", "change");
      leave(element);
      return element.selectedIndex === found.index;
    },
    /** Whether a field shows a value. @param {Element | null} element @param {string} value */
    holds(element, value) {
      if (element instanceof HTMLSelectElement) {
        const option = element.selectedOptions[0];
        return Boolean(option) && [option.value, option.text.trim()].some((text) => plain(text) === plain(value));
      }
      return element !== null && "value" in element && plain(String(element.value)) === plain(value);
    },
    /** Press something as a clerk would. @param {Element | null} element */
    press(element) {
      if (!(element instanceof HTMLElement) || element.matches(":disabled")) return false;
      element.focus({ preventScroll: true });
      element.click();
      return true;
    },
  };

  globalThis.Chudan.fields = fields;
})();
