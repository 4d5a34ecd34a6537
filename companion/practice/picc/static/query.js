const form = document.getElementById("fm");
const body = document.querySelector("#datagrid tbody");
const flags = { 0: "初始", 1: "核保通过", 2: "核保不通过", 3: "自动核保通过", 4: "见费出单", 6: "待同步", 9: "待核保", D: "自动核保转保单", E: "人工核保转保单" };
const element = (id) => document.getElementById(id);
let rows = [];

function cell(row, name, content) {
  const td = document.createElement("td");
  td.className = `datagrid-cell-c1-${name}`;
  td.append(content);
  row.append(td);
}

function link(text, act) {
  const a = document.createElement("a");
  a.href = "#";
  a.textContent = text;
  a.addEventListener("click", (event) => {
    event.preventDefault();
    act();
  });
  return a;
}

function openWindow(path, name, number) {
  window.open(`/prpall/business/${path}?bizNo=${number}`, name, "width=1240,height=700,resizable=yes,scrollbars=yes");
}

function remove(number) {
  postGbk(`/prpall/business/deleteProposal.do?bizNo=${number}`, "", (text) => {
    if (text.startsWith("errorMessage=")) element("pageMessage").textContent = text.slice(13);
    else query();
  });
}

function actions(data) {
  const span = document.createElement("span");
  if (data.delFlag === "1") return span;
  span.append(link("修改", () => openWindow("editProposal.do", "proposalEntry", data.proposalNo)), " ");
  span.append(link("删除", () => remove(data.proposalNo)));
  return span;
}

function makeRow(data) {
  const row = document.createElement("tr");
  row.className = data.delFlag === "1" ? "datagrid-row row-deleted" : "datagrid-row";
  cell(row, "proposalNo", link(data.proposalNo, () => openWindow("showProposal.do", "proposalDetail", data.proposalNo)));
  cell(row, "policyNo", data.policyNo);
  cell(row, "riskName", data.riskName);
  cell(row, "licenseNo", data.licenseNo);
  cell(row, "insuredName", data.insuredName);
  cell(row, "startDate", new Date(data.startDate.time + 28800000).toISOString().slice(0, 10));
  cell(row, "sumPremium", data.sumPremium.toFixed(2));
  cell(row, "underWriteFlag", data.delFlag === "1" ? "已删除" : flags[data.underWriteFlag]);
  cell(row, "operatorCode", data.operatorCode);
  cell(row, "edit", actions(data));
  return row;
}

function render() {
  body.replaceChildren(...rows.map(makeRow));
}

function show(text) {
  element("buttonQuery").disabled = false;
  if (!text.startsWith("{")) {
    element("pageMessage").textContent = text.startsWith("errorMessage=") ? text.slice(13) : "系统繁忙或会话已超时，请重新登录";
    return;
  }
  const answer = JSON.parse(text);
  const page = Number(element("pageNo").value);
  const pages = Math.max(1, Math.ceil(answer.totalRecords / 10));
  rows = answer.data;
  render();
  element("pageMessage").textContent = `共${answer.totalRecords}条 第${page}/${pages}页`;
  element("pagePrev").disabled = page <= 1;
  element("pageNext").disabled = page >= pages;
}

function query() {
  element("buttonQuery").disabled = true;
  element("pageMessage").textContent = "正在查询，请稍候...";
  postGbk(form.action, serializeGbk(form), show);
}

function turn(step) {
  element("pageNo").value = Number(element("pageNo").value) + step;
  query();
}

element("buttonQuery").addEventListener("click", () => {
  element("pageNo").value = 1;
  query();
});
form.addEventListener("submit", (event) => event.preventDefault());
element("pagePrev").addEventListener("click", () => turn(-1));
element("pageNext").addEventListener("click", () => turn(1));
if (form.dataset.mode === "busy_grid") setInterval(render, 250);
