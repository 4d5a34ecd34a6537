const TODO = [
  ["1", "暂存报价", "quotation_search/quotation_search.html?quotationState=1"],
  ["2", "待核保", "quotation_search/quotation_search.html?quotationState=2"],
  ["4", "退回修改", "quotation_search/quotation_search.html?quotationState=4"],
  ["5", "待缴费", "payment/payment.html"],
];

ready((user) => {
  byId("welcome").textContent = `${user.userName}，您好！`;
  for (const [state, title, page] of TODO) {
    const count = make("b", { textContent: "…" });
    byId("todo").append(make("a", { className: "card", href: `${PAGES}/${page}` }, count, make("span", { textContent: title })));
    api("quotationPolicy/queryQuotationPolicy", { quotationState: state, productType: "1" }, (_rows, meta) => (count.textContent = meta.totalSize), { meta: { pageNo: 1, pageSize: 1 }, failed: () => (count.textContent = "-") });
  }
});
