const CRITERIA = ["policyNo", "plateNo", "insuredName", "productType"];

/** A file by an old-fashioned form, answered into a hidden frame. */
function byForm(row) {
  const form = make("form", { method: "post", action: "/ecar/epolicy/download", target: "downloadFrame", className: "hidden" });
  form.append(make("input", { type: "hidden", name: "policyNo", value: row.policyNo }));
  document.body.append(form);
  form.submit();
  form.remove();
}

/** A file that the page makes itself from an envelope. */
function byBlob(row) {
  api("epolicy/fetch", { policyNo: row.policyNo }, (result) => {
    const bytes = Uint8Array.from(atob(result.content), (character) => character.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    const link = make("a", { href: url, download: result.fileName, className: "hidden" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    tell("电子保单已下载");
  });
}

function actions(row) {
  const button = (name, text, act) => make("button", { type: "button", className: `btn btn-small ${name}`, textContent: text, onclick: () => act(row) });
  const form = button("downloadEpolicy", "电子保单", byForm);
  const blob = button("downloadBlob", "下载副本", byBlob);
  return make("span", {}, ...(config.encrypted ? [blob] : [form, " ", blob]));
}

const grid = newGrid({
  box: "list",
  key: "policyNo",
  path: "policy/queryPolicy",
  criteria: () => Object.fromEntries(CRITERIA.map((name) => [name, byId(name).value.trim()])),
  mark: (row) => (row.productType === "2" ? "nonmotor" : ""),
  columns: [
    { name: "policyNo", title: "保单号", sort: true },
    { name: "productName", title: "险种" },
    { name: "insuredNo", title: "投保单号" },
    { name: "plateNo", title: "车牌号", sort: true },
    { name: "insuredName", title: "被保险人" },
    { name: "stStartDate", title: "起保日期", sort: true },
    { name: "stEndDate", title: "终保日期" },
    { name: "premium", title: "保费", sort: true },
    { name: "userCode", title: "出单员" },
    { name: "action", title: "操作", show: actions },
  ],
});

ready(() => {
  byId("searchForm").onsubmit = (event) => {
    event.preventDefault();
    grid.search();
  };
  byId("policyNo").value = query.get("policyNo") || "";
  grid.search();
});
