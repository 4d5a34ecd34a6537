// The core system's lists: asked for page by page, their rows made again with every answer.
const gridForm = document.getElementById("fm");
const gridBody = document.querySelector("#datagrid tbody");
const element = (id) => document.getElementById(id);
const gridHas = (mode) => gridForm.dataset.mode.split(" ").includes(mode);
let gridRows = [];
let gridMake = () => document.createElement("tr");

function cell(row, name, content) {
  const td = document.createElement("td");
  td.className = `datagrid-cell-c1-${name}`;
  td.append(content);
  row.append(td);
}

function link(text, act) {
  const a = document.createElement("a");
  a.href = "#";
  a.textContent = text;
  a.addEventListener("click", (event) => {
    event.preventDefault();
    act();
  });
  return a;
}

function day(start) {
  return new Date(start.time + 28800000).toISOString().slice(0, 10);
}

function render() {
  gridBody.replaceChildren(...gridRows.map(gridMake));
}

function say(text) {
  element("pageMessage").textContent = text;
}

function show(text) {
  element("buttonQuery").disabled = false;
  if (!text.startsWith("{")) {
    say(text.startsWith("errorMessage=") ? text.slice(13) : "系统繁忙或会话已超时，请重新登录");
    return;
  }
  const answer = JSON.parse(text);
  const page = Number(element("pageNo").value);
  const pages = Math.max(1, Math.ceil(answer.totalRecords / Number(element("pageSize").value)));
  gridRows = answer.data;
  render();
  say(`共${answer.totalRecords}条 第${page}/${pages}页`);
  element("pagePrev").disabled = page <= 1;
  element("pageNext").disabled = page >= pages;
}

function query() {
  element("buttonQuery").disabled = true;
  element("rowsPerPage").value = element("pageSize").value;
  say("正在查询，请稍候...");
  postGbk(gridForm.action, serializeGbk(gridForm), show);
}

function first() {
  element("pageNo").value = 1;
  query();
}

function turn(step) {
  element("pageNo").value = Number(element("pageNo").value) + step;
  query();
}

function sort(name) {
  const down = element("sortName").value === name && element("sortOrder").value === "asc";
  element("sortName").value = name;
  element("sortOrder").value = down ? "desc" : "asc";
  first();
}

function startGrid(make, unsorted) {
  gridMake = make;
  element("buttonQuery").addEventListener("click", first);
  element("pageSize").addEventListener("change", first);
  element("pagePrev").addEventListener("click", () => turn(-1));
  element("pageNext").addEventListener("click", () => turn(1));
  gridForm.addEventListener("submit", (event) => event.preventDefault());
  gridForm.addEventListener("keydown", (event) => {
    if (event.key === "Enter") first();
  });
  for (const head of document.querySelectorAll(".datagrid-header td")) {
    if (unsorted.includes(head.dataset.name)) continue;
    head.classList.add("sortable");
    head.addEventListener("click", () => sort(head.dataset.name));
  }
  if (gridHas("busy_grid")) setInterval(render, 250);
}
