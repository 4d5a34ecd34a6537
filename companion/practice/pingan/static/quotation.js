/* 报价录入、提交核保。 */
(() => {
  'use strict';
  const { controller, config, has, say, ask, call, digest, shell } = pnbs;
  const silent = has('network_only');
  const STATUS = { B1: '核保中', B2: '待缴费', B4: '待修改' };
  const PLAN = { C01: '商业险', C51: '交强险' };

  controller('QuotationController', (scope) => {
    Object.assign(scope, { voucher: structuredClone(config.blank), busy: false, results: [], documents: [] });
    scope.quiet = silent || has('brief_messages');

    const work = async (path, body, done) => {
      scope.busy = !has('double_save');
      const answer = await call(path, body, true);
      scope.busy = false;
      if (answer.resultCode === '0') done(answer);
      digest();
    };

    const show = (answer) => {
      Object.assign(scope.voucher, { quotationNo: answer.voucher.quotationNo });
      scope.results = [];
      scope.documents = silent ? [] : answer.voucher.documentList;
      scope.total = silent ? '' : answer.voucher.totalPremium;
    };

    const decided = (list) => {
      if (silent) return;
      const found = list.filter((one) => one.quotationNo === scope.voucher.quotationNo);
      const results = found.flatMap((one) => one.singleDocumentResultList);
      if (!results.length) return;
      const lines = results.map((one) => ({
        ...one,
        planName: PLAN[one.planCode],
        statusName: STATUS[one.finalStatus],
        look: one.finalStatus === 'B4' ? 'refused' : 'passed',
      }));
      scope.results = scope.quiet ? [] : lines;
      const bad = results.some((one) => one.finalStatus === 'B4');
      say(lines.map((one) => `${one.planName}投保单号：${one.applyPolicyNo}，${one.statusName}，${one.message}`).join('；'), bad);
      digest();
    };

    scope.applyQueryAndQuote = () =>
      work('quotation/applyQueryAndQuote', { voucher: scope.voucher, token: config.token }, (answer) => {
        show(answer);
        if (!silent) say(`报价成功，报价单号：${answer.voucher.quotationNo}`);
      });
    scope.applyPolicy = async () => {
      if (!(await ask('确认提交核保？'))) return;
      await work('apply/applyPolicy', { quotationNo: scope.voucher.quotationNo }, (answer) => decided(answer.applyResultList));
    };
    scope.pay = () => shell().open('缴费', 'payment', `?quotationNo=${scope.voucher.quotationNo}`);
    scope.reset = () => shell().go('quotation');
    addEventListener('pnbs-message', (event) => {
      if (event.detail.type === 'applyResult') decided(event.detail.applyResultList);
    });
    if (config.quotationNo) {
      call('quotation/queryVoucher', { quotationNo: config.quotationNo }).then((answer) => {
        if (answer.resultCode !== '0') return;
        Object.assign(scope.voucher, pickForm(answer.voucher));
        show(answer);
        digest();
      });
    }
  });

  function pickForm(voucher) {
    return Object.fromEntries(Object.keys(config.blank).map((name) => [name, voucher[name]]));
  }
})();
