/* 弹出层：详情、缴费。 */
(() => {
  'use strict';
  const { controller, config, say, call, post, digest } = pnbs;
  const { quotationNo } = config;

  controller('DetailController', (scope) => {
    scope.voucher = {};
    call('quotation/queryVoucher', { quotationNo }).then((answer) => {
      scope.voucher = answer.voucher || {};
      digest();
    });
  });

  controller('PaymentController', (scope) => {
    Object.assign(scope, { voucher: {}, documents: [], notice: '', shown: false, result: '', busy: false });
    const reload = async () => {
      const answer = await call('quotation/queryVoucher', { quotationNo });
      scope.voucher = answer.voucher || {};
      scope.documents = scope.voucher.documentList || [];
      digest();
    };
    scope.scanPay = async () => {
      scope.busy = true;
      const answer = await call('payment/applyPayNotice', { quotationNo });
      scope.busy = false;
      if (answer.resultCode === '0') {
        const { action, ...fields } = answer.payForm;
        Object.assign(scope, { notice: answer.noticeNo, shown: true, result: '' });
        digest();
        post(action, fields, 'payFrame', 'GBK');
      }
      digest();
    };
    scope.queryResult = async () => {
      const answer = await call('payment/queryPayRecord', { documentNo: scope.notice });
      const record = (answer.datalist || [])[0];
      if (!record) return;
      scope.result = record.payStatusName;
      if (record.payStatus === '1') {
        const numbers = record.policyNos.filter((one) => one.trim());
        say(`支付成功，保单号：${numbers.join('，')}`);
        await reload();
      }
      digest();
    };
    reload();
  });
})();
