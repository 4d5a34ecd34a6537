/* 点击图片更换验证码。 */
(() => {
  'use strict';
  const picture = document.getElementById('randCodeImg');
  const address = picture.src;
  let times = 0;
  picture.addEventListener('click', () => {
    picture.src = `${address}&t=${(times += 1)}`;
  });
  // 业务页面内会话失效时，登录页不应留在框架里。
  if (top !== self) document.getElementById('fm1').target = '_top';
})();
