const CRITERIA = ["policyNo", "plateNo", "insuredName", "productType"];

/** A file by an old-fashioned form, answered into a hidden frame. */
function byForm(row, fileType) {
  const form = make("form", { method: "post", action: "/ecar/epolicy/download", target: "downloadFrame", className: "hidden" });
  for (const [name, value] of Object.entries({ policyNo: row.policyNo, fileType })) form.append(make("input", { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
  form.remove();
}

/** A file that the page makes itself from an envelope. */
function byBlob(row, fileType) {
  api("epolicy/fetch", { policyNo: row.policyNo, fileType }, (result) => {
    const bytes = Uint8Array.from(atob(result.content), (character) => character.charCodeAt(0));
    const href = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    const link = make("a", { href, download: result.fileName, textContent: result.fileName });
    if (config.encrypted) offer(link);
    else save(link);
  });
}

function save(link) {
  link.className = "hidden";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  tell("电子保单已下载");
}

/** The file is ready; whoever wants it clicks it. */
function offer(link) {
  link.className = "fileLink";
  dialog("文件已生成，请点击下载", link, () => URL.revokeObjectURL(link.href));
}

function actions(row) {
  const button = (name, text, act, kind) => make("button", { type: "button", className: `btn btn-small ${name}`, textContent: text, onclick: () => act(row, kind) });
  const ways = config.encrypted
    ? [button("downloadBlob", "电子保单", byBlob, "epolicy"), button("downloadPolicy", "正本", byBlob, "policy")]
    : [button("downloadEpolicy", "电子保单", byForm, "epolicy"), button("downloadBlob", "副本", byBlob, "epolicy"), button("downloadPolicy", "正本", byForm, "policy")];
  return make("span", {}, ...ways.flatMap((way) => [way, " "]));
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
