const FACTS = [
  ["quotationNo", "报价单号"], ["quotationStateName", "状态"], ["stInputDate", "录入时间"], ["plateNo", "车牌号"],
  ["carVIN", "车架号"], ["engineNo", "发动机号"], ["modelType", "厂牌型号"], ["stRegisterDate", "初次登记日期"],
  ["purchasePrice", "新车购置价"], ["seatCount", "核定载客"], ["ownerName", "车主"], ["insuredName", "被保险人"],
  ["certNo", "证件号码"], ["telephone", "手机号码"], ["totalPremium", "保费合计（含税）"], ["userCode", "出单员"],
];
const LINES = ["commercial", "compulsory", "nonMotor"];

function fact(id, title, value) {
  return make("div", { className: "fact" }, make("label", { textContent: title }), make("span", { id, textContent: value ?? "" }));
}

function removal(kind, line) {
  if (!["1", "3", "4", "5"].includes(line.state)) return "";
  const act = () => change("quotationPolicy/deleteQuotation", { quotationNos: [query.get("quotationNo")], lines: [kind] }, () => location.reload());
  return make("button", { type: "button", className: "btn", id: `${kind}Delete`, textContent: "删除险种", onclick: () => confirmed(`确认删除${line.productName}？`, act) });
}

function lineBox(kind, line) {
  const facts = make("div", { className: "facts" });
  const names = [["insuredNo", "投保单号"], ["policyNo", "保单号"], ["stateName", "状态"], ["stStartDate", "起保日期"], ["stEndDate", "终保日期"], ["premium", "保费"], ["taxAmount", "车船税"], ["underwriteMessage", "核保意见"]];
  for (const [name, title] of names) facts.append(fact(`${kind}_${name}`, title, line[name]));
  const rows = line.quoteInsuranceVos.map((each) => make("tr", {}, make("td", { textContent: each.insuranceName }), make("td", { className: "money", textContent: each.amount }), make("td", { className: "money", textContent: each.premium })));
  const head = make("tr", {}, ...["险别", "保险金额（元）", "保费（元）"].map((title) => make("th", { textContent: title })));
  const table = make("table", { className: "table", id: `${kind}_coverages` }, make("thead", {}, head), make("tbody", {}, ...rows));
  return make("section", { className: "panel", id: `${kind}InsuransVo` }, make("h2", {}, line.productName, " ", removal(kind, line)), facts, table);
}

function show(detail) {
  const values = { ...detail, ...detail.ecarvo, ...detail.insuredVo };
  byId("facts").replaceChildren(...FACTS.map(([id, title]) => fact(id, title, values[id])));
  const shown = LINES.filter((kind) => detail[`${kind}InsuransVo`]);
  byId("lines").replaceChildren(...shown.map((kind) => lineBox(kind, detail[`${kind}InsuransVo`])));
}

ready(() => api("quotationPolicy/queryQuotationDetail", { quotationNo: query.get("quotationNo") || "" }, show));
