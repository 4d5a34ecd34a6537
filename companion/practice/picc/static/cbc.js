const element = (id) => document.getElementById(id);
const numbers = [...document.querySelectorAll("#jfTable .bizNo")].map((cell) => cell.textContent);
const fields = (pairs) => pairs.map(([name, value]) => `${name}=${gbkPercent(value)}`).join("&");

function say(text) {
  element("jfMessage").textContent = text;
}

function ask(path, pairs, done) {
  say("");
  postGbk(path, fields(pairs), (text) => {
    if (text.startsWith("{")) done(JSON.parse(text));
    else say("系统繁忙或会话已超时，请重新登录");
  });
}

function qrCode(number) {
  const image = document.createElement("img");
  image.id = "qrImage";
  image.alt = "支付二维码";
  image.src = `/cbc/PrintTwoBarCodeServlet?code=${number}&seed=${Date.now()}`;
  const words = document.createElement("p");
  words.textContent = "请客户使用微信或支付宝扫码支付";
  return [image, words];
}

function cardNumber(number) {
  const words = document.createElement("p");
  const shown = document.createElement("b");
  shown.id = "cardNo";
  shown.textContent = number;
  words.append("刷卡支付号：", shown);
  return [words];
}

function showNotice({ data, errorMessage }) {
  element("buttonCreate").disabled = false;
  if (data.length === 0) {
    say(errorMessage);
    return;
  }
  const [{ SCol1: number, SCol2: state, SCol4: how }] = data;
  element("notice").classList.remove("hidden");
  element("noticeNo").textContent = number;
  element("noticeType").textContent = how;
  element("payState").textContent = state;
  element("policyArea").textContent = "";
  element("codeArea").replaceChildren(...(how === "POS刷卡" ? cardNumber(number) : qrCode(number)));
  element("buttonResult").disabled = false;
}

function showResult({ data }) {
  element("payState").textContent = data[0].SCol2;
  if (data[0].SCol2 !== "付款成功") return;
  ask("/cbc/jf/proposalToPolicy.do", [["bizNo", numbers.join(",")]], ({ data: made }) => {
    element("policyArea").textContent = made.policyNo ? `保单号：${made.policyNo}` : made.message;
  });
}

element("buttonCreate").addEventListener("click", () => {
  element("buttonCreate").disabled = true;
  ask("/cbc/jf/saveByJF.do", [["bizNo", numbers.join(",")], ["payType", element("payType").value]], showNotice);
});
element("buttonResult").addEventListener("click", () =>
  ask("/cbc/jf/queryWeChat.do", [["SCol1", element("noticeNo").textContent]], showResult),
);
