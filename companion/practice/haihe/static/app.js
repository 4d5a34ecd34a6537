"use strict";

const app = document.getElementById("app");
const FIELDS = [
  ["plate", "车牌号"], ["vin", "车架号"], ["engine", "发动机号"], ["model", "厂牌型号"],
  ["insured", "被保险人"], ["identity", "证件号码"], ["phone", "手机号码"], ["start", "起保日期"],
];
const COLUMNS = [["quoteNo", "报价单号"], ["plate", "车牌号"], ["insured", "被保险人"], ["start", "起保日期"], ["premium", "保费"], ["status", "状态"]];
let user = "";

function el(tag, className = "", text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

async function api(path, body) {
  const headers = { Authorization: `Bearer ${localStorage.getItem("token") ?? ""}`, "Content-Type": "application/json" };
  const answer = await fetch(`/api${path}`, body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status === 401) {
    localStorage.removeItem("token");
    location.hash = "#/login";
    throw new Error("401");
  }
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) {
    message("系统维护中，请稍后再试", true);
    throw new Error("503");
  }
  return answer.json();
}

function message(text, bad = false) {
  document.querySelector(".el-message")?.remove();
  const box = el("div", `el-message${bad ? " el-message--error" : " el-message--success"}`, "", { role: "alert" });
  box.append(el("p", "el-message__content", text));
  document.body.append(box);
  setTimeout(() => box.remove(), 5000);
}

function field(name, label, type = "text") {
  const item = el("div", "el-form-item");
  const input = el("input", "el-input__inner", "", { name, type, placeholder: `请输入${label}`, autocomplete: "off" });
  item.append(el("label", "el-form-item__label", label), input);
  return item;
}

/** Values as the model has them: a field that was changed without its events is not in it. */
function modelOf(form) {
  const model = {};
  form.addEventListener("input", ({ target }) => (model[target.name] = target.value));
  return model;
}

function frame(...content) {
  const header = el("div", "el-header");
  const who = el("div", "user");
  const out = el("a", "logout", "退出", { href: "#/logout" });
  who.append(el("span", "user-name", user), out);
  header.append(el("strong", "", "海河财险 车险出单平台"), el("a", "", "报价录入", { href: "#/quote/new" }), el("a", "", "报价查询", { href: "#/quotes" }), who);
  app.replaceChildren(header, ...content);
}

function loginPage() {
  const form = el("form", "el-card login-form");
  const model = modelOf(form);
  form.append(el("h2", "", "用户登录"), field("username", "用户名"), field("password", "密码", "password"), el("button", "el-button el-button--primary", "登录", { type: "submit" }), el("p", "login-error"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { code, message: words, data } = await api("/auth/login", model);
    if (code !== 0) return void (form.querySelector(".login-error").textContent = words);
    localStorage.setItem("token", data.token);
    location.hash = "#/quotes";
  });
  app.replaceChildren(form);
}

function entryPage() {
  const form = el("form", "el-card quote-form");
  const grid = el("div", "grid");
  const model = modelOf(form);
  grid.append(...FIELDS.map(([name, label]) => field(name, label)));
  const number = el("p", "quote-no");
  form.append(el("h3", "", "报价录入"), grid, el("button", "el-button el-button--primary", "保存报价", { type: "submit" }), number);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { code, message: words, data } = await api("/quotes", model);
    message(code === 0 ? `${words}，报价单号：${data.quoteNo}` : words, code !== 0);
    if (code === 0) number.textContent = `报价单号：${data.quoteNo}`;
  });
  frame(form);
}

async function listPage() {
  const card = el("div", "el-card quote-list");
  const form = el("form", "search-form el-form-item");
  const model = modelOf(form);
  form.append(...field("keyword", "报价单号或车牌号").children, el("button", "el-button el-button--primary", "查询", { type: "submit" }));
  const results = el("div", "results");
  card.append(el("h3", "", "报价查询"), form, results);
  frame(card);
  const search = async (keyword) => {
    const { data } = await api(`/quotes?keyword=${encodeURIComponent(keyword)}`);
    results.replaceChildren(...listed(data, keyword));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(model.keyword ?? "");
  });
  await search("");
}

function listed({ total, rows }, keyword) {
  const table = el("table", "el-table");
  const head = el("tr");
  head.append(...COLUMNS.map(([, label]) => el("th", "", label)), el("th", "", "操作"));
  const body = el("tbody", "el-table__body");
  body.append(...rows.map(rowOf));
  table.append(el("thead", "el-table__header"), body);
  table.querySelector("thead").append(head);
  const empty = rows.length === 0 ? [el("p", "el-table__empty-text", "暂无数据")] : [];
  const condition = keyword ? [el("span", "el-tag condition", `查询条件：${keyword}`)] : [];
  return [...condition, table, ...empty, el("p", "el-pagination__total", `共 ${total} 条`)];
}

function rowOf(row) {
  const made = el("tr", "el-table__row");
  for (const [name] of COLUMNS) {
    const cell = el("td", `el-table__cell column-${name}`);
    cell.append(el("div", "cell", row[name]));
    made.append(cell);
  }
  const actions = el("td", "el-table__cell column-actions");
  actions.append(el("a", "el-link", "查看", { href: `#/quote/${row.quoteNo}` }));
  made.append(actions);
  return made;
}

async function detailPage(number) {
  const { code, message: words, data } = await api(`/quotes/${encodeURIComponent(number)}`);
  const card = el("div", "el-card quote-detail");
  card.append(el("h3", "", "报价单详情"));
  if (code !== 0) card.append(el("p", "el-empty", words));
  else {
    const all = el("div", "el-descriptions grid");
    for (const [name, label] of [...COLUMNS, ...FIELDS.filter(([name]) => !COLUMNS.some(([other]) => other === name))]) {
      const item = el("div", "el-form-item");
      item.append(el("span", "el-form-item__label", label), el("span", `el-descriptions__content field-${name}`, data[name]));
      all.append(item);
    }
    const table = el("table", "coverages");
    for (const { name, sum, premium } of data.coverages) {
      const row = el("tr", "coverage");
      row.append(el("td", "coverage-name", name), el("td", "coverage-sum", sum), el("td", "coverage-premium", premium));
      table.append(row);
    }
    card.append(all, table);
  }
  frame(card);
}

async function logout() {
  await api("/auth/logout", {}).catch(() => null);
  localStorage.removeItem("token");
  location.hash = "#/login";
}

async function route() {
  const path = location.hash.slice(1) || "/quotes";
  if (path === "/login") return loginPage();
  if (path === "/logout") return logout();
  try {
    user = (await api("/auth/me")).data.code;
    if (path === "/quote/new") entryPage();
    else if (path.startsWith("/quote/")) await detailPage(decodeURIComponent(path.slice(7)));
    else await listPage();
  } catch (error) {
    if (!/^(401|503)$/u.test(error.message)) throw error;
  }
}

addEventListener("hashchange", route);
route();
