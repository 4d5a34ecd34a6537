/* 绘制付款二维码。 */
(() => {
  'use strict';
  const canvas = document.getElementById('qrcodeCanvas');
  const rows = canvas.dataset.matrix.split(',');
  const DOT = 5;
  const EDGE = 4;
  canvas.removeAttribute('data-matrix');
  canvas.width = canvas.height = (rows.length + 2 * EDGE) * DOT;
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#000';
  rows.forEach((row, y) => {
    [...row].forEach((dot, x) => {
      if (dot === '1') pen.fillRect((x + EDGE) * DOT, (y + EDGE) * DOT, DOT, DOT);
    });
  });
})();
