const form = document.getElementById("fm");
const box = document.getElementById("messageBox");
const saveFrame = document.getElementById("saveFrame");
const has = (mode) => form.dataset.mode.split(" ").includes(mode);
const element = (id) => document.getElementById(id);

const numberFields = ["prpCmain.proposalNo", "prpCmainCI.proposalNo"];
let numbers = numberFields.map((id) => element(id).value).filter(Boolean);

function say(text, refused) {
  box.textContent = text;
  box.className = text ? (refused ? "said refused" : "said") : "";
  if (text) scrollTo(0, 0);
  if (text && has("brief_messages")) setTimeout(() => box.textContent === text && say(""), 2000);
}

function busy(yes) {
  for (const id of ["buttonPremium_1", "buttonTemp", "buttonSave"]) element(id).disabled = yes;
  element("buttonSubmitUnw").disabled = yes || numbers.length === 0;
}

function showPremium(premium) {
  element("prpCmain.sumPremium1").value = premium.sumPremium1;
  element("prpCitemKindCI.premium").value = premium.premiumCI;
  element("prpCcarShipTax.sumPayTax").value = premium.sumPayTax;
  for (const cell of document.querySelectorAll("[data-kind]")) cell.value = premium.kinds[cell.dataset.kind] || "";
}

function sessionOver(text) {
  if (!text.includes('id="loginForm"')) return false;
  say("会话已超时，请重新登录", true);
  return true;
}

function calculate() {
  say("");
  busy(true);
  postGbk("/prpall/business/caculatePremium.do", serializeGbk(form), (text) => {
    busy(false);
    if (sessionOver(text)) return;
    if (text.startsWith("errorMessage=")) say(text.slice(13), true);
    else showPremium(JSON.parse(text));
  });
}

function saved(text) {
  busy(false);
  if (sessionOver(text)) return;
  if (text.startsWith("errorMessage=")) {
    say(text.slice(13), true);
    return;
  }
  numbers = text.split(",");
  busy(false);
  if (has("network_only")) return;
  if (has("alerts")) {
    alert(`投保单保存成功！\n投保单号：${numbers.join("，")}`);
    return;
  }
  for (const number of numbers) {
    element(number.startsWith("TDAA") ? "prpCmain.proposalNo" : "prpCmainCI.proposalNo").value = number;
  }
  say("投保单保存成功");
}

function save(flag) {
  if (!element("prpCmain.sumPremium1").value && !element("prpCitemKindCI.premium").value) {
    say("请先计算保费", true);
    return;
  }
  say("");
  busy(true);
  element("saveFlag").value = flag;
  if (has("page_only") || has("alerts")) {
    form.target = "saveFrame";
    form.submit();
  } else {
    for (let times = has("duplicate_answer") ? 2 : 1; times > 0; times--) postGbk(form.action, serializeGbk(form), saved);
  }
}

saveFrame.addEventListener("load", () => {
  const answer = saveFrame.contentDocument.body.textContent.trim();
  if (answer) saved(answer);
});
form.addEventListener("change", () => showPremium({ sumPremium1: "", premiumCI: "", sumPayTax: "", kinds: {} }));
element("buttonPremium_1").addEventListener("click", calculate);
element("buttonTemp").addEventListener("click", () => save("T"));
element("buttonSave").addEventListener("click", () => save("S"));
element("buttonSubmitUnw").addEventListener("click", () => submitUnderwriting(numbers, { alerts: has("alerts"), done: () => undefined }));
busy(false);
