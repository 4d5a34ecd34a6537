const flags = { 0: "初始", 1: "核保通过", 2: "核保不通过", 3: "自动核保通过", 4: "见费出单", 6: "待同步", 9: "待核保", D: "自动核保转保单", E: "人工核保转保单" };
const ticked = new Set();

function openBusiness(path, name, numbers) {
  openPage(`${path}?bizNo=${numbers}`, name, gridHas("written_windows"));
}

function told(text, words) {
  if (text.startsWith("errorMessage=")) say(text.slice(13));
  else if (!/^[PT]D/.test(text)) say("系统繁忙或会话已超时，请重新登录");
  else {
    if (gridHas("alerts")) alert(`${words}：${text}`);
    query();
  }
}

function remove(number) {
  if (!confirm(`确认要删除投保单吗？\n${number}`)) return;
  postGbk(`/prpall/business/deleteProposal.do?bizNo=${number}`, "", (text) => told(text, "投保单删除成功"));
}

function actions(data) {
  const span = document.createElement("span");
  if (data.delFlag === "1" || data.policyNo.trim()) return span;
  const edit = () => openBusiness("/prpall/business/editProposal.do", "proposalEntry", data.proposalNo);
  span.append(link("修改", edit), " ", link("删除", () => remove(data.proposalNo)));
  return span;
}

function tick(data) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.name = "bizNo";
  box.value = data.proposalNo;
  box.checked = ticked.has(data.proposalNo);
  box.addEventListener("change", () => (box.checked ? ticked.add(box.value) : ticked.delete(box.value)));
  return box;
}

function makeRow(data) {
  const row = document.createElement("tr");
  row.className = data.delFlag === "1" ? "datagrid-row row-deleted" : "datagrid-row";
  const detail = () => openBusiness("/prpall/business/showProposal.do", "proposalDetail", data.proposalNo);
  cell(row, "choose", tick(data));
  cell(row, "proposalNo", link(data.proposalNo, detail));
  cell(row, "policyNo", data.policyNo);
  cell(row, "riskName", data.riskName);
  cell(row, "licenseNo", data.licenseNo);
  cell(row, "insuredName", data.insuredName);
  cell(row, "startDate", day(data.startDate));
  cell(row, "sumPremium", data.sumPremium.toFixed(2));
  cell(row, "underWriteFlag", data.delFlag === "1" ? "已删除" : flags[data.underWriteFlag]);
  cell(row, "operatorCode", data.operatorCode);
  cell(row, "edit", actions(data));
  return row;
}

function withTicked(act) {
  const numbers = gridRows.map((data) => data.proposalNo).filter((number) => ticked.has(number));
  if (numbers.length === 0) say("请先勾选投保单");
  else act(numbers);
}

element("buttonUnw").addEventListener("click", () =>
  withTicked((numbers) => submitUnderwriting(numbers, { alerts: gridHas("alerts"), done: query })),
);
element("buttonWithdraw").addEventListener("click", () =>
  withTicked((numbers) => {
    if (!confirm(`确认要撤回吗？\n${numbers.join("\n")}`)) return;
    postGbk(`/prpall/business/withdrawUndwrt.do?bizNo=${numbers}`, "", (text) => told(text, "投保单撤回成功"));
  }),
);
element("buttonPay").addEventListener("click", () =>
  withTicked((numbers) => window.open(`/cbc/jf/jfMain.do?bizNo=${numbers}`, "payWindow", "width=900,height=640,resizable=yes,scrollbars=yes")),
);
startGrid(makeRow, ["choose", "edit"]);
