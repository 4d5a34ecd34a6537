const form = document.getElementById("fm");
const has = (mode) => form.dataset.mode.split(" ").includes(mode);
const say = (text) => {
  document.getElementById("khyxMessage").textContent = text;
};
const columns = [
  { field: "quotationNoBI", title: "商业险报价单号", format: (row) => numberLink(row.quotationNoBI) },
  { field: "stateBI", title: "商业险状态" },
  { field: "policyNoBI", title: "商业险保单号" },
  { field: "quotationNoCI", title: "交强险报价单号", format: (row) => numberLink(row.quotationNoCI) },
  { field: "stateCI", title: "交强险状态" },
  { field: "policyNoCI", title: "交强险保单号" },
  { field: "licenseNo", title: "号牌号码" },
  { field: "insuredName", title: "被保险人" },
  { field: "sumPremium", title: "总保费", format: (row) => row.sumPremium.toFixed(2) },
  { field: "startDate", title: "起保日期", format: (row) => new Date(row.startDate.time + 28800000).toISOString().slice(0, 10) },
];
const grid = new EasyGrid(document.getElementById("quotationGrid"), columns, search);

function numberLink(number) {
  if (!number.trim()) return number;
  const a = document.createElement("a");
  a.href = "#";
  a.textContent = number;
  a.addEventListener("click", (event) => {
    event.preventDefault();
    openPage(`/prpall/business/showProposal.do?bizNo=${number}`, "proposalDetail", has("written_windows"));
  });
  return a;
}

function search() {
  const more = Object.entries(grid.state).map(([name, value]) => `${name}=${value}`);
  say("正在查询...");
  postGbk(form.action, [serializeGbk(form), ...more].join("&"), (text) => {
    if (!text.startsWith("{")) {
      say("系统繁忙或会话已超时，请重新登录");
      return;
    }
    say("");
    const { total, rows } = JSON.parse(text);
    grid.show(total, rows);
  });
}

function chosen(alive) {
  const numbers = grid
    .selected()
    .flatMap((row) => [[row.quotationNoBI, row.stateBI], [row.quotationNoCI, row.stateCI]])
    .filter(([number, state]) => number.trim() && (!alive || state !== "已删除"));
  if (numbers.length === 0) say("请先选择一条记录");
  return numbers.map(([number]) => number);
}

function press(id, act) {
  document.getElementById(id).addEventListener("click", (event) => {
    event.preventDefault();
    act();
  });
}

function withChosen(act) {
  const numbers = chosen(true);
  if (numbers.length > 0) act(numbers);
}

function remove(numbers) {
  if (!confirm(`确认要删除投保单吗？\n${numbers.join("\n")}`)) return;
  postGbk(`/prpall/business/deleteProposal.do?bizNo=${numbers}`, "", (text) => {
    if (has("alerts") && /^TD/.test(text)) alert(`投保单删除成功：${text}`);
    if (/^TD/.test(text)) search();
    else say(text.startsWith("errorMessage=") ? text.slice(13) : "会话已超时，请重新登录");
  });
}

press("buttonSearch", () => grid.go({ page: 1 }));
press("toolAdd", () => openPage("/prpall/business/quickProposal.do", "proposalEntry", has("written_windows")));
press("toolUnw", () => withChosen((numbers) => submitUnderwriting(numbers, { alerts: has("alerts"), done: search })));
press("toolPay", () =>
  withChosen((numbers) => window.open(`/cbc/jf/jfMain.do?bizNo=${numbers}`, "payWindow", "width=900,height=640,resizable=yes,scrollbars=yes")),
);
press("toolDelete", () => withChosen(remove));
form.addEventListener("submit", (event) => event.preventDefault());
if (has("busy_grid")) setInterval(() => grid.render(), 250);
search();
