// The buttons of the rows of a list, as the page makes its rows anew.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { until } from "./fake_browser.js";
import { PROFILE, portalPage } from "./pages.js";

const NUMBER = "T000000001";
const row = (number) => `<tr><td>${number}</td><td></td></tr>`;
const grid = (...numbers) => `<table><tbody>${numbers.map(row).join("")}</tbody></table>`;

/** @type {any[]} */
const open = [];
afterEach(() => open.splice(0).forEach(({ dom }) => dom.window.close()));

/** What jsdom has not: word of what is in view. @param {any} window */
function furnish(window) {
  window.IntersectionObserverEntry = class {};
  window.IntersectionObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}

const list = {
  rule: "lists.0",
  rows: "tbody tr",
  button: null,
  read: (found) => ({ numbers: found.textContent.match(/T[0-9]{9}/u) ?? [], policy_number: null }),
};

/** A page with a list whose clock the test turns. */
async function page(body) {
  const profile = { ...PROFILE, lists: [{ numbers: [] }] };
  const answer = ({ what }) => (what === "frame" ? { profile, login: "clerk01" } : what === "quick_states" ? [] : true);
  const made = portalPage(body, { answer, furnish, more: ["sight", "row_button", "rows", "quick_frame", "buttons"] });
  open.push(made);
  const { window, document } = made;
  window.Chudan.engine.rowsOf = () => [list];
  let now = 0;
  window.performance.now = () => now;
  const later = (milliseconds) => (now += milliseconds);
  const buttons = () => [...document.querySelectorAll("tbody tr")].map((one) => one.querySelectorAll("[data-chudan-row]").length);
  await until(() => buttons().length > 0 && buttons().every((count) => count === 1));
  return { ...made, later, buttons };
}

test("after a download was told, a grid that pages still gets its buttons", async () => {
  const made = await page(grid(NUMBER, "T000000002"));
  await made.ask({ what: "quick_state", row: { numbers: [NUMBER], policy_number: null }, state: "done", percent: null, reason: null, at: 0 });
  made.later(5_000); // nobody has looked at the page for a while, so that it is looked at within this very change
  made.document.querySelector("tbody").innerHTML = row("T000000003") + row("T000000004") + row(NUMBER);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(made.buttons(), [1, 1, 1]);
});

test("a page that has drifted offers no buttons, and offers them again once it has healed", async () => {
  const made = await page(`${grid(NUMBER, "T000000002")}<b id="gone"></b>`);
  made.window.Chudan.drifted = () => made.document.querySelector("#gone") === null;
  const place = made.document.querySelector("#gone");
  place.remove();
  made.look();
  assert.deepEqual(made.buttons(), [0, 0]);
  made.document.body.append(place);
  made.look();
  assert.deepEqual(made.buttons(), [1, 1]);
});
