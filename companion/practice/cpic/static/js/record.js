const grid = newGrid({
  box: "list",
  key: "payNo",
  path: "paymentrecord/query",
  criteria: () => ({ payNo: byId("payNo").value.trim(), quotationNo: byId("quotationNo").value.trim() }),
  columns: [
    { name: "payNo", title: "支付号", sort: true },
    { name: "payType", title: "支付方式" },
    { name: "payAmount", title: "金额", sort: true },
    { name: "payStatusName", title: "支付状态", show: (row) => make("span", { className: `pay-${row.payStatus}`, textContent: row.payStatusName }) },
    { name: "quotationNo", title: "报价单号" },
    { name: "plateNo", title: "车牌号", sort: true },
    { name: "insuredName", title: "被保险人" },
    { name: "policyNos", title: "保单号", show: (row) => make("span", { className: "numbers", textContent: row.policyNos.replaceAll(",", "\n") }) },
    { name: "stCreateDate", title: "生成时间", sort: true },
    { name: "stPayDate", title: "支付时间", sort: true },
  ],
});

ready(() => {
  byId("searchForm").onsubmit = (event) => {
    event.preventDefault();
    grid.search();
  };
  byId("payNo").value = query.get("payNo") || "";
  grid.search();
});
