const grid = newGrid({
  box: "list",
  key: "quotationNo",
  path: "payment/queryPayment",
  criteria: () => Object.fromEntries(["quotationNo", "insuredNo", "plateNo"].map((name) => [name, byId(name).value.trim()])),
  columns: [
    { name: "quotationNo", title: "报价单号", sort: true },
    { name: "commercialInsuredNo", title: "商业险投保单号" },
    { name: "compulsoryInsuredNo", title: "交强险投保单号" },
    { name: "plateNo", title: "车牌号", sort: true },
    { name: "insuredName", title: "被保险人" },
    { name: "payAmount", title: "应缴金额", sort: true },
    { name: "payNo", title: "支付号" },
    { name: "payStatusName", title: "支付状态" },
  ],
});

/** The code comes as base64 with a backslash and an n at the end of each line. */
function picture(code) {
  const url = `data:image/png;base64,${code.replace(/\\n/g, "")}`;
  const image = make("img", { id: "qrCode", className: "qr", alt: "支付二维码", src: url });
  if (!config.canvas) return image;
  const canvas = make("canvas", { id: "qrCanvas", className: "qr" });
  image.onload = () => {
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0);
  };
  return canvas;
}

function show(result, numbers) {
  document.querySelector(".layer-shade")?.remove();
  const content = make("div", { className: "paybox" });
  if (result.payType === "qr") content.append(picture(result.twoDimensionCodeLink), make("p", { textContent: "请客户使用微信扫一扫支付" }));
  content.append(make("p", {}, result.payType === "qr" ? "支付号：" : "刷卡支付号：", make("b", { id: "payNo", textContent: result.payNo })));
  content.append(make("p", { className: "payFor", textContent: `报价单：${numbers.join("、")}` }));
  content.append(make("p", {}, "应缴金额：", make("b", { id: "payAmount", textContent: result.payAmount }), " 元"));
  content.append(make("a", { href: `${PAGES}/payment_record/payment_record.html?payNo=${result.payNo}`, textContent: "查询支付结果" }));
  dialog(result.payType === "qr" ? "扫码支付" : "刷卡支付", content, () => grid.search());
}

ready(() => {
  byId("searchForm").onsubmit = (event) => {
    event.preventDefault();
    grid.search();
  };
  byId("payBtn").onclick = () => {
    const numbers = grid.chosen().map((row) => row.quotationNo);
    if (!numbers.length) tell("请选择要缴费的报价单", "warn");
    else change("paymentQuery/pay", { quotationNos: numbers, payType: byId("payType").value }, (result) => show(result, numbers));
  };
  byId("quotationNo").value = query.get("quotationNo") || "";
  grid.search();
});
