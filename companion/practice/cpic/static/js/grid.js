// The lists: one kind with all rows of a page in a table, one that shows a window of a long list.
const ROW_HEIGHT = 46;
const WINDOW_ROWS = 20;
const SLICE = 200;
const SIZES = [10, 20, 50, 100, 1000, 10000];

/** options: {box, path, columns, key, criteria(), mark}; columns: {name, title, sort, width, show(row)} */
function newGrid(options) {
  const state = { pageNo: 1, pageSize: config.encrypted ? 10000 : 10, sortName: "", sortOrder: "", rows: [], total: 0, chosen: new Set() };
  const body = config.encrypted ? windowBody(options, state, sortBy) : tableBody(options, state, sortBy);
  const pager = newPager(state, search);

  function sortBy(name) {
    state.sortOrder = state.sortName === name && state.sortOrder === "asc" ? "desc" : "asc";
    state.sortName = name;
    search();
  }

  function search(pageNo = 1) {
    state.pageNo = pageNo;
    pager.say("正在查询，请稍候…");
    const { pageSize, sortName, sortOrder } = state;
    api(options.path, options.criteria(), take, { meta: { pageNo, pageSize, sortName, sortOrder }, failed: (text) => (pager.say(text), fail(text)) });
  }

  function take(rows, meta) {
    Object.assign(state, { rows, total: meta.totalSize, pageNo: meta.pageNo });
    state.chosen.clear();
    body.draw();
    pager.draw();
  }

  byId(options.box).append(body.element, pager.element);
  if (config.busy) setInterval(() => body.draw(), 250);
  return { search, chosen: () => state.rows.filter((row) => state.chosen.has(row[options.key])) };
}

function checkbox(options, state, row) {
  const box = make("input", { type: "checkbox", name: "searchCheckbox", className: "searchCheckbox", value: row[options.key] });
  box.checked = state.chosen.has(row[options.key]);
  box.setAttribute("aria-label", row[options.key]);
  box.onchange = () => (box.checked ? state.chosen.add(box.value) : state.chosen.delete(box.value));
  return box;
}

function heading(columns, state, sortBy, first) {
  const row = make("tr");
  if (first) row.append(make("th", { className: "tick" }));
  for (const column of columns) {
    const cell = make("th", { className: `col-${column.name}` }, column.title);
    if (column.sort) {
      cell.classList.add("sortable");
      cell.onclick = () => sortBy(column.name);
    }
    row.append(cell);
  }
  return make("thead", {}, row);
}

function cell(column, row) {
  const content = column.show ? column.show(row) : row[column.name];
  return make("td", { className: `col-${column.name}` }, content ?? "");
}

function tableBody(options, state, sortBy) {
  const rows = make("tbody");
  const table = make("table", { className: "table", id: "searchTable" }, heading(options.columns, state, sortBy, true), rows);
  let turn = 0;

  function line(row) {
    const element = make("tr", { className: options.mark?.(row) ?? "" });
    element.setAttribute("data", JSON.stringify(row));
    element.append(make("td", { className: "tick" }, checkbox(options, state, row)), ...options.columns.map((column) => cell(column, row)));
    return element;
  }

  function slice(from, mine) {
    if (mine !== turn) return;
    rows.append(...state.rows.slice(from, from + SLICE).map(line));
    if (from + SLICE < state.rows.length) requestAnimationFrame(() => slice(from + SLICE, mine));
  }

  function draw() {
    turn += 1;
    rows.replaceChildren();
    slice(0, turn);
  }
  return { element: make("div", { className: "table-box" }, table), draw };
}

/** Twenty rows are all there are; they are filled again as the list is scrolled. Ticks and numbers stand apart. */
function windowBody(options, state, sortBy) {
  const [first, ...rest] = options.columns;
  const fixed = newWindowTable([first], true, "vgrid-fixed");
  const free = newWindowTable(rest, false, "vgrid-free");
  const both = make("div", { className: "vgrid-window" }, fixed.table, free.table);
  const space = make("div", { className: "vgrid-space" }, both);
  const box = make("div", { className: "vgrid", id: "searchGrid", tabIndex: 0 }, space);
  const top = make("div", { className: "vgrid-head" }, fixed.head, free.head);

  function newWindowTable(columns, ticks, name) {
    const rows = Array.from({ length: WINDOW_ROWS }, () => make("tr"));
    const table = make("table", { className: `table ${name}` }, make("tbody", {}, ...rows));
    const head = make("table", { className: `table ${name}` }, heading(columns, state, sortBy, ticks));
    const fill = (place, row) => {
      const cells = row ? columns.map((column) => cell(column, row)) : [];
      if (row && ticks) cells.unshift(make("td", { className: "tick" }, checkbox(options, state, row)));
      rows[place].className = row ? (options.mark?.(row) ?? "") : "none";
      rows[place].replaceChildren(...cells);
    };
    return { table, head, fill };
  }

  function place() {
    const last = Math.max(0, state.rows.length - WINDOW_ROWS);
    const from = Math.min(last, Math.floor(box.scrollTop / ROW_HEIGHT));
    both.style.transform = `translateY(${from * ROW_HEIGHT}px)`;
    for (let row = 0; row < WINDOW_ROWS; row += 1) {
      fixed.fill(row, state.rows[from + row]);
      free.fill(row, state.rows[from + row]);
    }
  }

  function draw() {
    space.style.height = `${state.rows.length * ROW_HEIGHT}px`;
    top.style.paddingRight = `${box.offsetWidth - box.clientWidth}px`;
    place();
  }
  box.onscroll = place;
  return { element: make("div", { className: "vgrid-box" }, top, box), draw };
}

function newPager(state, search) {
  const button = (id, text, act) => make("button", { type: "button", id, className: "btn", textContent: text, disabled: true, onclick: act });
  const last = () => Math.max(1, Math.ceil(state.total / state.pageSize));
  const back = button("prevPage", "上一页", () => search(state.pageNo - 1));
  const on = button("nextPage", "下一页", () => search(state.pageNo + 1));
  const said = make("span", { id: "pageInfo" });
  const size = make("select", { id: "pageSize" }, ...SIZES.map((each) => make("option", { value: each, textContent: each === 10000 ? "全部" : `${each}条/页` })));
  size.setAttribute("aria-label", "每页条数");
  size.value = state.pageSize;
  size.onchange = () => {
    state.pageSize = Number(size.value);
    search();
  };

  function draw() {
    back.disabled = state.pageNo <= 1;
    on.disabled = state.pageNo >= last();
    said.textContent = `共 ${state.total} 条　第 ${state.pageNo} / ${last()} 页`;
  }
  const element = make("div", { className: "pager" }, back, on, ...(config.encrypted ? [] : [size]), said);
  return { element, draw, say: (text) => (said.textContent = text) };
}
