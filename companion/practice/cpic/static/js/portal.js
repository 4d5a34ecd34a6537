// Shared by every page: envelopes by XHR, messages, the header.
const PAGES = "/ecar/view/portal/page";
const byId = (id) => document.getElementById(id);
const config = window.portalConfig;

function make(tag, properties = {}, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

function toLogin() {
  location.href = `${PAGES}/common/login.html`;
}

/** Posts one text; `done(status, text)`. */
function post(url, type, body, done) {
  const xhr = new XMLHttpRequest();
  xhr.open("POST", url);
  xhr.setRequestHeader("Content-Type", type);
  xhr.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  xhr.onload = () => done(xhr.status, xhr.responseText);
  xhr.onerror = () => done(0, "");
  xhr.send(body);
}

function readEnvelope(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: { code: "error", message: "系统返回异常，请稍后重试或重新登录" }, meta: {}, result: null };
  }
}

async function sealedPost(url, body, done) {
  const sealer = await newSealer(config.publicKey);
  post(url, "application/json", await sealer.seal(body), async (status, text) => {
    const answer = readEnvelope(text);
    done(status, answer.iv ? await sealer.open(answer) : answer);
  });
}

/** Asks the portal: `done(result, meta)` on success, else `failed(message)`. */
function api(path, redata, done, { meta = {}, failed = fail } = {}) {
  const body = JSON.stringify({ meta, redata });
  const take = (status, answer) => {
    if (status === 401) fail("会话已失效，请重新登录", toLogin);
    else if (answer.message?.code === "success") done(answer.result, answer.meta);
    else failed(answer.message?.message || "网络异常，请稍后重试");
  };
  if (config.encrypted) sealedPost(`/ecar/${path}`, body, take);
  else post(`/ecar/${path}`, "application/json;charset=UTF-8", body, (status, text) => take(status, readEnvelope(text)));
}

/** As api, for what changes something: marked, so that the same click twice is one. */
function change(path, redata, done, failed = fail) {
  const meta = { requestId: `${Date.now()}${Math.random().toString().slice(2, 8)}` };
  api(path, redata, done, { meta, failed });
  if (config.twice) api(path, redata, done, { meta, failed });
}

/** A message that goes by itself after two seconds. */
function tell(text, kind = "ok") {
  const box = make("div", { className: `layer-msg msg-${kind}`, textContent: text });
  box.setAttribute("role", "status");
  document.body.append(box);
  setTimeout(() => box.remove(), 2000);
}

/** A dialog: `content` is text or an element; `act` runs with 确定. */
function dialog(title, content, act, { cancel = false } = {}) {
  const shade = make("div", { className: "layer-shade" });
  const close = () => shade.remove();
  const sure = make("button", { type: "button", className: "btn btn-primary layer-ok", textContent: "确定" });
  sure.onclick = () => {
    close();
    act?.();
  };
  const buttons = make("div", { className: "layer-btn" }, sure);
  if (cancel) buttons.append(make("button", { type: "button", className: "btn layer-cancel", textContent: "取消", onclick: close }));
  const body = make("div", { className: "layer-content" }, content);
  const box = make("div", { className: "layer-box" }, make("h3", { className: "layer-title", textContent: title }), body, buttons);
  box.setAttribute("role", "dialog");
  shade.append(box);
  document.body.append(shade);
  sure.focus();
  return close;
}

function fail(message, act) {
  dialog("提示", message, act);
}

function confirmed(question, act) {
  dialog("请确认", question, act, { cancel: true });
}

const MENU = [
  ["common/index.html", "首页"],
  ["quick_quotation/quick_quotation.html", "报价录入"],
  ["quotation_search/quotation_search.html", "报价查询"],
  ["payment/payment.html", "缴费管理"],
  ["payment_record/payment_record.html", "缴费记录"],
  ["policy_search/policy_search.html", "保单查询"],
];

function header(user) {
  const menu = make("ul", { id: "mainMenu" });
  for (const [page, title] of MENU) {
    const link = make("a", { href: `${PAGES}/${page}`, textContent: title });
    const current = location.pathname.endsWith(page);
    menu.append(make("li", { className: current ? "active" : "" }, link));
  }
  const logout = make("a", { id: "logoutBtn", href: "#", textContent: "退出" });
  logout.onclick = (event) => {
    event.preventDefault();
    post("/ecar/j_spring_security_logout", "application/json", "{}", toLogin);
  };
  const who = make("div", { className: "user" });
  who.append(`${user.branchName}　${user.userName}（`, make("span", { id: "userCode", textContent: user.userCode }), "）", logout);
  byId("header").append(make("div", { className: "logo", textContent: "车险网上承保平台" }), menu, who);
}

/** Fills the header and then starts the page's own script. */
function ready(start) {
  api("auth/getUserInfo", {}, (user) => {
    header(user);
    start(user);
  });
}

const query = new URLSearchParams(location.search);
