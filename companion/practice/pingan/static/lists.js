/* 工作台、保单查询、缴费记录。 */
(() => {
  'use strict';
  const { controller, config, has, say, ask, call, post, digest, shell } = pnbs;
  const REMAKE = 250;

  function list(scope, path, query) {
    Object.assign(scope, { query: { pageNo: 1, pageSize: '10', sortField: '', sortOrder: '', ...query }, datalist: [], total: 0, pages: 0, loading: false });
    const load = async () => {
      scope.loading = true;
      const answer = await call(path, { ...scope.query, pageSize: Number(scope.query.pageSize) });
      scope.loading = false;
      scope.datalist = answer.datalist || [];
      scope.total = answer.totalCount || 0;
      scope.pages = Math.max(1, Math.ceil(scope.total / scope.query.pageSize));
      digest();
    };
    scope.load = load;
    scope.search = () => {
      scope.query.pageNo = 1;
      return load();
    };
    scope.turn = (by) => {
      scope.query.pageNo += by;
      return load();
    };
    scope.next = () => scope.turn(1);
    scope.previous = () => scope.turn(-1);
    scope.sort = (field) => {
      const again = scope.query.sortField === field && scope.query.sortOrder === 'asc';
      Object.assign(scope.query, { sortField: field, sortOrder: again ? 'desc' : 'asc' });
      return scope.search();
    };
    scope.sorted = (field) => (scope.query.sortField === field ? `sort-${scope.query.sortOrder}` : 'sortable');
    scope.first = () => scope.query.pageNo <= 1;
    scope.last = () => scope.query.pageNo >= scope.pages;
    if (has('busy_grid')) {
      setInterval(() => {
        scope.datalist = scope.datalist.slice();
        digest();
      }, REMAKE);
    }
  }

  const CRITERIA = { documentNo: '', vehicleLicenceCode: '', insuredName: '', finalStatus: '' };

  controller('WorkbenchController', (scope) => {
    list(scope, 'workbench/queryQuoteList', CRITERIA);
    const change = async (question, path, row, said) => {
      if (!(await ask(question))) return;
      const answer = await call(path, { quotationNo: row.quotationNo });
      if (answer.resultCode !== '0') return;
      say(said);
      await scope.load();
    };
    const number = (row) => `?quotationNo=${row.quotationNo}`;
    scope.detail = (row) => shell().open(`报价单详情：${row.quotationNo}`, 'detail', number(row));
    scope.edit = (row) => shell().go('quotation', number(row));
    scope.pay = (row) => shell().open('缴费', 'payment', number(row));
    scope.remove = (row) => change(`确认删除报价单：${row.quotationNo}？`, 'workbench/deleteQuotePolicy', row, `删除成功，报价单号：${row.quotationNo}`);
    scope.withdraw = (row) => change(`确认撤回报价单：${row.quotationNo}？`, 'apply/withdrawApply', row, `撤回成功，报价单号：${row.quotationNo}`);
    addEventListener('pnbs-message', () => scope.load());
    scope.load();
  });

  controller('PolicyController', (scope) => {
    list(scope, 'policy/queryPolicyList', CRITERIA);
    const fetchPaper = (path, row) => post(`${config.base}/do/app/policy/${path}`, { policyNo: row.policyNo }, 'downloadFrame');
    scope.download = (row) => fetchPaper('downloadEPolicy', row);
    scope.print = (row) => fetchPaper('printPolicy', row);
    scope.load();
  });

  controller('PayRecordController', (scope) => {
    list(scope, 'payment/queryPayRecord', { documentNo: '', vehicleLicenceCode: '' });
    scope.joined = (numbers) => numbers.filter((one) => one.trim()).join(' ');
    scope.load();
  });
})();
