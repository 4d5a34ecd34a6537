const CRITERIA = ["quotationNo", "insuredNo", "plateNo", "insuredName", "carVIN", "quotationState", "productType"];
const page = (name, number) => `${PAGES}/${name}?quotationNo=${encodeURIComponent(number)}`;

/** The window of a long list opens what is clicked in its own tab. */
function numberLink(row) {
  const target = config.encrypted ? "" : "_blank";
  return make("a", { href: page("quotation_detail/quotation_detail.html", row.quotationNo), target, textContent: row.quotationNo });
}

/** A cell with the two motor lines below each other, or the one thing that is sold beside. */
function both(row, what, alone) {
  const texts = row.productType === "2" ? [row[alone]] : [row[`commercial${what}`], row[`compulsory${what}`]];
  return make("span", {}, ...texts.flatMap((text) => [make("span", { textContent: text }), make("br")]).slice(0, -1));
}

const MARKS = [["deleted", (row) => row.quotationState === "8"], ["nonmotor", (row) => row.productType === "2"]];

const grid = newGrid({
  box: "list",
  key: "quotationNo",
  path: "quotationPolicy/queryQuotationPolicy",
  criteria: () => Object.fromEntries(CRITERIA.map((name) => [name, byId(name).value.trim()])),
  mark: (row) => MARKS.filter(([, holds]) => holds(row)).map(([name]) => name).join(" "),
  columns: [
    { name: "quotationNo", title: "报价单号", sort: true, show: numberLink },
    { name: "productName", title: "产品" },
    { name: "insuredNo", title: "投保单号（商业/交强）", show: (row) => both(row, "InsuredNo", "insuredNo") },
    { name: "policyNo", title: "保单号（商业/交强）", show: (row) => both(row, "PolicyNo", "policyNo") },
    { name: "plateNo", title: "车牌号", sort: true },
    { name: "insuredName", title: "被保险人", sort: true },
    { name: "totalPremium", title: "保费", sort: true, show: (row) => both(row, "Premium", "totalPremium") },
    { name: "quotationStateName", title: "状态", sort: true, show: (row) => both(row, "StateName", "quotationStateName") },
    { name: "stInputDate", title: "录入时间", sort: true },
    { name: "userCode", title: "出单员" },
  ],
});

/** The one row that is ticked. */
function one(act) {
  const rows = grid.chosen();
  if (rows.length !== 1) tell("请选择一条记录", "warn");
  else act(rows[0]);
}

function editable(row) {
  if (row.productType === "1" && ["1", "3", "4"].includes(row.quotationState)) return true;
  tell(`状态为${row.quotationStateName}，不能修改`, "warn");
  return false;
}

const VERDICTS = { 1: "已撤回", 2: "已提交，待核保", 5: "核保通过" };

function verdict(result) {
  const said = VERDICTS[result.quotationState] || "核保不通过，详见报价单";
  dialog("处理结果", `报价单 ${result.quotationNo}：${said}`, () => grid.search());
}

ready(() => {
  byId("searchForm").onsubmit = (event) => {
    event.preventDefault();
    grid.search();
  };
  byId("editBtn").onclick = () => one((row) => editable(row) && (location.href = page("quick_quotation/quick_quotation.html", row.quotationNo)));
  byId("submitBtn").onclick = () => one((row) => change("insure/submitInsureInfo", { quotationNo: row.quotationNo }, verdict));
  byId("withdrawBtn").onclick = () => one((row) => confirmed(`确认撤回报价单 ${row.quotationNo}？`, () => change("insure/withdrawInsureInfo", { quotationNo: row.quotationNo }, verdict)));
  byId("deleteBtn").onclick = () => {
    const numbers = grid.chosen().map((row) => row.quotationNo);
    if (!numbers.length) return tell("请选择要删除的记录", "warn");
    return confirmed(`确认删除选中的 ${numbers.length} 条报价单？`, () =>
      change("quotationPolicy/deleteQuotation", { quotationNos: numbers }, () => {
        tell(`${numbers.join("、")} 删除成功`);
        grid.search();
      }),
    );
  };
  byId("payBtn").onclick = () => one((row) => (location.href = page("payment/payment.html", row.quotationNo)));
  for (const name of CRITERIA) if (query.get(name)) byId(name).value = query.get(name);
  if (location.search) grid.search();
});
