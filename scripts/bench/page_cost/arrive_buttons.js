// The same button in every row, put there by arrive.js.
document.arrive("#list > tbody > tr", { existing: true }, (row) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = "便捷下载";
  made.style.cssText = "margin:-3px 0 -3px 6px;height:20px;font-size:12px;padding:0 7px";
  row.lastElementChild.append(made);
});
