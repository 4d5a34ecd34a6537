const CAR = ["plateNo", "carVIN", "engineNo", "modelType", "stRegisterDate", "purchasePrice", "seatCount", "ownerName"];
const INSURED = ["insuredName", "certNo", "telephone"];
const COVERAGES = [
  ["DAMAGELOSSCOVERAGE", "机动车损失保险", []],
  ["THIRDPARTYLIABILITYCOVERAGE", "机动车第三者责任保险", [1000000, 2000000, 3000000]],
  ["INCARDRIVERLIABILITYCOVERAGE", "车上人员责任保险（司机）", [10000, 20000, 50000]],
  ["INCARPASSENGERLIABILITYCOVERAGE", "车上人员责任保险（乘客）", [10000, 20000, 50000]],
];
const form = byId("quoteForm");
const busyButtons = ["calculateBtn", "quickSaveBtn", "saveBtn", "submitBtn"];
const values = (names) => Object.fromEntries(names.map((name) => [name, byId(name).value.trim()]));

function coverageRow([code, name, amounts]) {
  const tick = make("input", { type: "checkbox", id: code, name: "insuranceCode", value: code, checked: true });
  const amount = make("select", { id: `${code}_amount` }, ...amounts.map((each) => make("option", { value: each, textContent: `${each / 10000}万` })));
  amount.setAttribute("aria-label", `${name}保额`);
  if (code.startsWith("THIRD")) amount.value = "2000000";
  const label = make("label", {}, tick, name);
  const price = make("td", { id: `${code}_premium`, className: "money" });
  return make("tr", {}, make("td", {}, label), make("td", {}, amounts.length ? amount : "按新车购置价"), price);
}

function redata() {
  const chosen = COVERAGES.filter(([code]) => byId(code).checked);
  return {
    quotationNo: byId("quotationNo").value,
    ecarvo: values(CAR),
    insuredVo: values(INSURED),
    commercial: byId("commercial").checked,
    compulsory: byId("compulsory").checked,
    nonMotor: byId("nonMotor").checked,
    commercialInsuransVo: { stStartDate: byId("commercialStartDate").value.trim() },
    compulsoryInsuransVo: { stStartDate: byId("compulsoryStartDate").value.trim() },
    quoteInsuranceVos: chosen.map(([code]) => ({ insuranceCode: code, amount: Number(byId(`${code}_amount`)?.value || 0) })),
  };
}

function wait(on) {
  for (const id of busyButtons) byId(id).disabled = on;
  if (!on) byId("submitBtn").disabled = !form.dataset.saved;
}

function failed(message) {
  wait(false);
  fail(message);
}

function calculated(result) {
  wait(false);
  for (const [code] of COVERAGES) byId(`${code}_premium`).textContent = result.commercial?.premiums[code] || "";
  byId("commercialPremium").value = result.commercial?.premium || "";
  byId("compulsoryPremium").value = result.compulsory?.premium || "";
  byId("taxAmount").value = result.compulsory?.taxAmount || "";
  byId("nonMotorPremium").value = result.nonMotor?.premium || "";
}

function saved(result, full) {
  form.dataset.saved = full ? "1" : "";
  wait(false);
  if (config.silent) return;
  byId("quotationNo").value = result.quotationNo;
  byId("quotationState").value = full ? "暂存（已保存投保信息）" : "暂存";
  tell(full ? "保存成功" : "暂存成功");
}

/** The old way of saving: a form into a hidden frame, whose text is the answer. */
function savedByForm(path, full) {
  const frame = byId("saveFrame");
  const post = make("form", { method: "post", action: `/ecar/${path}`, target: "saveFrame", className: "hidden" });
  post.append(make("input", { type: "hidden", name: "data", value: JSON.stringify({ meta: {}, redata: redata() }) }));
  document.body.append(post);
  frame.onload = () => {
    const answer = readEnvelope(frame.contentDocument.body.textContent);
    if (answer.message.code === "success") saved(answer.result, full);
    else failed(answer.message.message);
    post.remove();
  };
  post.submit();
}

function save(path, full) {
  wait(true);
  if (config.formPost && !config.encrypted) savedByForm(path, full);
  else change(path, redata(), (result) => saved(result, full), failed);
}

const VERDICTS = [["commercial", "商业险"], ["compulsory", "交强险"], ["nonMotor", "驾乘人员意外险"]];

function verdict(result) {
  const list = make("ul", { id: "underwriteResult" });
  for (const [kind, title] of VERDICTS) {
    const line = result[`${kind}InsuransVo`];
    if (!line) continue;
    const said = line.state === "2" ? "已提交，待核保" : line.state === "5" ? "核保通过" : "核保不通过";
    const reason = line.underwriteMessage ? `（${line.underwriteMessage}）` : "";
    list.append(make("li", { className: line.state === "5" ? "passed" : "refused", textContent: `${title}：${said}，投保单号：${line.insuredNo}${reason}` }));
  }
  return list;
}

function submitted(result) {
  wait(false);
  byId("submitBtn").disabled = true;
  byId("quotationState").value = { 2: "待核保", 3: "拒保", 4: "退回修改", 5: "核保通过" }[result.quotationState];
  document.querySelector(".layer-shade")?.remove();
  dialog("核保结果", verdict(result));
}

function fill(detail) {
  for (const name of CAR) byId(name).value = detail.ecarvo[name] || "";
  for (const name of INSURED) byId(name).value = detail.insuredVo[name] || "";
  for (const [kind] of VERDICTS) byId(kind).checked = detail[kind];
  for (const kind of ["commercial", "compulsory"]) byId(`${kind}StartDate`).value = detail[`${kind}InsuransVo`]?.stStartDate || tomorrow();
  const chosen = Object.fromEntries((detail.commercialInsuransVo?.quoteInsuranceVos || []).map((each) => [each.insuranceCode, each]));
  for (const [code] of COVERAGES) {
    byId(code).checked = code in chosen;
    if (chosen[code] && byId(`${code}_amount`)) byId(`${code}_amount`).value = chosen[code].amount;
  }
  byId("quotationNo").value = detail.quotationNo;
  byId("quotationState").value = detail.quotationStateName;
  form.dataset.saved = detail.complete && detail.editable ? "1" : "";
  wait(false);
}

function tomorrow() {
  return new Date(Date.now() + 115200000).toISOString().slice(0, 10);
}

ready(() => {
  byId("coverages").append(...COVERAGES.map(coverageRow));
  byId("commercialStartDate").value = byId("compulsoryStartDate").value = tomorrow();
  byId("sameOwner").onclick = () => (byId("insuredName").value = byId("ownerName").value);
  form.oninput = () => {
    form.dataset.saved = "";
    byId("submitBtn").disabled = true;
  };
  byId("calculateBtn").onclick = () => {
    wait(true);
    api("ecar/calculate", redata(), calculated, { failed });
  };
  byId("quickSaveBtn").onclick = () => save("ecar/quickSave", false);
  byId("saveBtn").onclick = () => save("insure/saveInsureInfo", true);
  byId("submitBtn").onclick = () => {
    wait(true);
    change("insure/submitInsureInfo", { quotationNo: byId("quotationNo").value }, submitted, failed);
  };
  if (query.get("quotationNo")) api("quotationPolicy/queryQuotationDetail", { quotationNo: query.get("quotationNo") }, fill);
});
