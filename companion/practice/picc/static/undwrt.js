// Handing in for underwriting: a question, an opinion in a window written by the page that asks, and what came of it.
const opinionPage = (numbers) => `<!DOCTYPE html>
<html lang="zh-CN"><head><title>核保意见</title><link rel="stylesheet" href="/prpall/static/style.css"></head>
<body class="opinion"><div class="path">核保意见</div>
<p>投保单号：<span id="undwrtNumbers">${numbers.join("，")}</span></p>
<p><label for="undwrtOpinion">核保意见</label><br><textarea id="undwrtOpinion" rows="6" cols="60">请予核保</textarea></p>
<div class="buttons"><input type="button" id="undwrtSubmit" class="button main" value="提 交">
<input type="button" id="undwrtCancel" class="button" value="取 消"></div></body></html>`;

function submitUnderwriting(numbers, { alerts, done }) {
  if (!confirm(`确认要提交核保吗？\n${numbers.join("\n")}`)) return;
  const opened = window.open("", "undwrtOpinion", "width=640,height=360,resizable=yes,scrollbars=yes");
  writePage(opened, opinionPage(numbers));
  const part = (id) => opened.document.getElementById(id);
  part("undwrtCancel").addEventListener("click", () => opened.close());
  part("undwrtSubmit").addEventListener("click", () => {
    part("undwrtSubmit").disabled = true;
    const opinion = gbkPercent(part("undwrtOpinion").value);
    const request = new XMLHttpRequest();
    request.open("GET", `/prpall/business/editSubmitUndwrt.do?bizNo=${numbers.join(",")}&undwrtOpinion=${opinion}`);
    request.onload = () => {
      showUnderwriting(opened, request.responseText, alerts);
      done();
    };
    request.send();
  });
}

function showUnderwriting(opened, text, alerts) {
  if (alerts) {
    opened.close();
    const answer = new DOMParser().parseFromString(text, "text/html");
    const rows = [...answer.querySelectorAll("#undwrtResult tr:has(td)")];
    alert(rows.map((row) => [...row.cells].map((cell) => cell.textContent).join("：")).join("\n") || "会话已超时，请重新登录");
    return;
  }
  writePage(opened, text);
  opened.document.getElementById("undwrtClose")?.addEventListener("click", () => opened.close());
}
