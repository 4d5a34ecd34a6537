import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { until } from "./fake_browser.js";
import { LOGIN, PROFILE, handsPage } from "./hands_page.js";
import { ORIGIN } from "./samples.js";

const open = [];
afterEach(() => open.splice(0).forEach((page) => page.close()));
const page = (...given) => {
  const made = handsPage(...given);
  open.push(made);
  return made;
};
const secret = (made, more = {}) => ({
  stand: made.said("visit_page")[0].stand,
  origin: ORIGIN,
  until: Date.now() + 5_000,
  login: "clerk01",
  password: "Pass-Word 1",
  ...more,
});
const value = (made, at) => made.document.querySelector(at).value;

test("the log-in form is told of, filled in, and the captcha is left to the clerk", () => {
  const made = page("/login", LOGIN);
  assert.deepEqual(made.said("visit_page").map(({ form, top }) => [form, top]), [["empty", true]]);
  let pressed = 0;
  made.document.querySelector("#enter").addEventListener("click", () => (pressed += 1));
  assert.deepEqual({ ...made.ask("fill_secret", secret(made)) }, { filled: true, captcha: true });
  assert.deepEqual([value(made, "#user"), value(made, "#password")], ["clerk01", "Pass-Word 1"]);
  assert.deepEqual([value(made, "#captcha"), made.document.activeElement.id, pressed], ["", "captcha", 0]);
  assert.deepEqual(made.notices, ["visit_captcha"]);
});

test("without a captcha the button is pressed", () => {
  const login = { ...PROFILE.login, captcha: null };
  const made = page("/login", LOGIN, { profile: { ...PROFILE, login } });
  let pressed = 0;
  made.document.querySelector("#enter").addEventListener("click", () => (pressed += 1));
  assert.deepEqual({ ...made.ask("fill_secret", secret(made)) }, { filled: true, captcha: false });
  assert.equal(pressed, 1);
});

const REFUSED = [
  ["another origin", () => ({ origin: "http://evil.localhost" }), "stranger"],
  ["the form of another document", () => ({ stand: "another" }), "stranger"],
  ["too late", () => ({ until: Date.now() - 1 }), "too_late"],
];
for (const [name, more, why] of REFUSED) {
  test(`a password for ${name} goes nowhere`, () => {
    const made = page("/login", LOGIN);
    assert.deepEqual({ ...made.ask("fill_secret", secret(made, more())) }, { filled: false, why });
    assert.equal(value(made, "#password"), "");
  });
}

test("where no log-in form stands, or one that shows what is typed, no password is taken", () => {
  const elsewhere = page("/entry", LOGIN);
  assert.equal(elsewhere.ask("fill_secret", secret(elsewhere)).why, "no_form");
  const open = page("/login", LOGIN.replace('type="password"', 'type="text"'));
  assert.equal(open.ask("fill_secret", secret(open)).why, "no_form");
  const gone = page("/login", LOGIN);
  const late = secret(gone);
  gone.document.querySelector("#login").remove();
  assert.equal(gone.ask("fill_secret", late).why, "no_form");
  for (const made of [elsewhere, open]) assert.equal(value(made, "#password"), "");
});

test("a refused password is told once the page says so", () => {
  const made = page("/login", LOGIN);
  made.document.querySelector("#password").value = "x";
  made.look();
  made.document.querySelector("#message").textContent = "用户名或密码错误";
  made.look();
  made.look();
  assert.deepEqual(made.said("visit_page").map(({ form }) => form), ["empty", "typed", "wrong"]);
});

const ENTRY = `<input id="plate"><input id="vin"><select id="brand"><option value="">请选择</option>
  <option value="string:7">大众 SVW71410CU</option></select><input id="insured" readonly>`;
const VALUES = { plate: "浙B8K3L6", vin: "LSVNB1", brand_model: "大众SVW71410CU", insured: "示范甲", insured_phone: "139" };
const task = (kind, values) => ({ visit: "v", kind, values });

test("the entry form is filled in so that its scripts notice; what could not be is told", async () => {
  const made = page("/entry", ENTRY, { answer: ({ what, entry }) => (what === "visit_page" && entry ? task("entry", VALUES) : true) });
  const heard = [];
  for (const name of ["input", "change", "focusout"]) {
    made.document.addEventListener(name, ({ target }) => heard.push(`${target.id} ${name}`));
  }
  await until(() => made.said("visit_filled").length > 0);
  const [told] = made.said("visit_filled");
  assert.deepEqual([[...told.missing], told.error], [["insured", "insured_phone"], null]);
  assert.deepEqual([value(made, "#plate"), value(made, "#vin"), value(made, "#brand")], ["浙B-8K3L6", "LSVNB1", "string:7"]);
  for (const id of ["plate", "vin", "brand"]) for (const name of ["input", "change"]) assert.ok(heard.includes(`${id} ${name}`), `${id} ${name}`);
  assert.deepEqual(made.notices, ["visit_missing visit_field_insuredvisit_commavisit_field_insured_phone"]);
});

test("a framework that traps the field's own value still sees the change", async () => {
  const made = page("/entry", ENTRY, { answer: ({ what }) => (what === "visit_page" ? task("entry", { vin: "LSVNB1" }) : true) });
  const field = made.document.querySelector("#vin");
  const proto = Object.getPrototypeOf(field);
  const native = Object.getOwnPropertyDescriptor(proto, "value");
  let tracked = "";
  // As React does: an own property that remembers; only a change past it counts as one.
  Object.defineProperty(field, "value", {
    configurable: true,
    get: () => native.get.call(field),
    set: (text) => ((tracked = text), native.set.call(field, text)),
  });
  let seen = null;
  field.addEventListener("input", () => (seen = native.get.call(field) === tracked ? "nothing new" : native.get.call(field)));
  await until(() => made.said("visit_filled").length > 0);
  assert.equal(seen, "LSVNB1");
});

test("a value that the page takes back once is put in again, a second refusal is told", async () => {
  const fill = (times) => {
    const made = page("/entry", ENTRY, { answer: ({ what }) => (what === "visit_page" ? task("entry", { vin: "LSVNB1" }) : true) });
    let left = times;
    const field = made.document.querySelector("#vin");
    field.addEventListener("change", () => left-- > 0 && (field.value = ""));
    return until(() => made.said("visit_filled")[0]);
  };
  assert.deepEqual([...(await fill(1)).missing], []);
  assert.deepEqual([...(await fill(9)).missing], ["vin"]);
});

test("only the page the form is on is offered; a finder takes the number", async () => {
  assert.equal(page("/other", ENTRY).said("visit_page")[0].entry, false);
  const made = page("/find", `<input id="number">`, { answer: ({ finder }) => (finder ? task("finder", { number: "T000000001" }) : true) });
  await until(() => made.said("visit_filled").length > 0);
  assert.equal(value(made, "#number"), "T000000001");
  assert.deepEqual(made.notices, ["visit_number_filled"]);
});

test("a page of another account's session is marked for good, and once", () => {
  const made = page("/entry", ENTRY);
  const before = made.document.body.children.length;
  made.ask("visit_switched");
  made.ask("visit_switched");
  assert.equal(made.document.body.children.length, before + 1);
});
