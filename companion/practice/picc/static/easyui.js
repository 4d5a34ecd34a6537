// A grid as jQuery EasyUI builds it: two tables beside each other, all of it made again with every answer, and class
// names with a counter in them.
let gridCounter = 0;

function make(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

class EasyGrid {
  constructor(place, columns, load) {
    Object.assign(this, { place, columns, load, rows: [], total: 0, chosen: new Set() });
    this.state = { page: 1, rows: 10, sort: "", order: "" };
  }

  show(total, rows) {
    Object.assign(this, { total, rows, chosen: new Set() });
    this.render();
  }

  render() {
    this.mark = `c${++gridCounter}`;
    const view = make("div", "datagrid-view", this.fixed(), this.free());
    this.place.replaceChildren(make("div", "panel datagrid", make("div", "datagrid-wrap panel-body", view, this.pager())));
  }

  fixed() {
    const body = this.rows.map((_row, index) => {
      const box = make("input", "");
      box.type = "checkbox";
      box.checked = this.chosen.has(index);
      box.addEventListener("change", () => (box.checked ? this.chosen.add(index) : this.chosen.delete(index)));
      const number = make("div", "datagrid-cell-rownumber", String(index + 1));
      return this.row(1, index, [make("td", "datagrid-td-rownumber", number), make("td", "", make("div", "datagrid-cell-check", box))]);
    });
    return this.half("datagrid-view1", [make("td", "", make("div", "datagrid-header-rownumber")), make("td", "", make("div", "datagrid-header-check"))], body);
  }

  free() {
    const body = this.rows.map((row, index) => this.row(2, index, this.columns.map((column) => this.cell(column, row))));
    return this.half("datagrid-view2", this.columns.map((column) => this.head(column)), body);
  }

  half(name, heads, rows) {
    const header = make("table", "datagrid-htable", make("tbody", "", make("tr", "datagrid-header-row", ...heads)));
    const body = make("table", "datagrid-btable", make("tbody", "", ...rows));
    return make("div", name, make("div", "datagrid-header", make("div", "datagrid-header-inner", header)), make("div", "datagrid-body", body));
  }

  row(side, index, cells) {
    const row = make("tr", index % 2 ? "datagrid-row datagrid-row-alt" : "datagrid-row", ...cells);
    row.id = `datagrid-row-r${gridCounter}-${side}-${index}`;
    row.setAttribute("datagrid-row-index", String(index));
    return row;
  }

  cell({ field, format }, row) {
    const td = make("td", "", make("div", `datagrid-cell datagrid-cell-${this.mark}-${field}`, format ? format(row) : row[field]));
    td.setAttribute("field", field);
    return td;
  }

  head({ field, title }) {
    const arrow = this.state.sort === field ? ` datagrid-sort-${this.state.order}` : "";
    const words = make("div", `datagrid-cell datagrid-cell-${this.mark}-${field}${arrow}`, make("span", "", title), make("span", "datagrid-sort-icon"));
    words.addEventListener("click", () => {
      const order = this.state.sort === field && this.state.order === "asc" ? "desc" : "asc";
      this.go({ page: 1, sort: field, order });
    });
    const td = make("td", "", words);
    td.setAttribute("field", field);
    return td;
  }

  pager() {
    const pages = Math.max(1, Math.ceil(this.total / this.state.rows));
    const sizes = make("select", "pagination-page-list", ...[10, 20, 50, 100, 1000, 10000].map((size) => new Option(String(size), String(size), false, size === this.state.rows)));
    sizes.addEventListener("change", () => this.go({ page: 1, rows: Number(sizes.value) }));
    const step = (name, words, page) => {
      const button = make("a", `l-btn l-btn-plain ${name}`, words);
      button.href = "#";
      button.addEventListener("click", (event) => {
        event.preventDefault();
        if (page >= 1 && page <= pages && page !== this.state.page) this.go({ page });
      });
      return button;
    };
    const { page } = this.state;
    const told = make("div", "pagination-info", `第${page}/${pages}页，共${this.total}条记录`);
    return make("div", "datagrid-pager pagination", sizes, step("pagination-first", "首页", 1), step("pagination-prev", "上一页", page - 1), step("pagination-next", "下一页", page + 1), step("pagination-last", "末页", pages), told);
  }

  go(change) {
    Object.assign(this.state, change);
    this.load();
  }

  selected() {
    return this.rows.filter((_row, index) => this.chosen.has(index));
  }
}
