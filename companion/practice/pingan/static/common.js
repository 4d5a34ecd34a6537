/* 各页面公用：接口调用、提示信息、确认框、弹出层。 */
(() => {
  'use strict';
  const config = JSON.parse(document.getElementById('config').textContent);
  const has = (mood) => config.moods.includes(mood);
  const BRIEF = 2000;
  const EXPIRED = '会话已失效，请重新登录';

  /** Shows a message at the top of the page. */
  function say(text, refused = false) {
    document.querySelector('.ui-message')?.remove();
    const box = document.createElement('div');
    box.className = refused ? 'ui-message refused' : 'ui-message';
    box.setAttribute('role', 'status');
    box.textContent = text;
    document.body.append(box);
    if (has('brief_messages')) setTimeout(() => box.remove(), BRIEF);
    else box.addEventListener('click', () => box.remove());
  }

  /** Asks in the page; resolves to whether 确定 was pressed. */
  function ask(text) {
    return new Promise((resolve) => {
      const cover = document.createElement('div');
      cover.className = 'ui-cover';
      const box = document.createElement('div');
      box.className = 'ui-confirm';
      const words = document.createElement('p');
      words.textContent = text;
      const [yes, no] = ['确定', '取消'].map((label) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = label;
        button.className = label === '确定' ? 'btn primary' : 'btn';
        button.addEventListener('click', () => {
          cover.remove();
          resolve(label === '确定');
        });
        return button;
      });
      box.append(words, yes, no);
      cover.append(box);
      document.body.append(cover);
      yes.focus();
    });
  }

  function parse(text) {
    try {
      return JSON.parse(text);
    } catch {
      return { resultCode: '9', resultMessage: text.includes('维护') ? '系统维护中，请稍后再试' : EXPIRED };
    }
  }

  function byRequest(path, body) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open('POST', `${config.base}/do/app/${path}`);
      request.setRequestHeader('Content-Type', 'application/json;charset=UTF-8');
      request.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
      request.onload = () => resolve(parse(request.responseText));
      request.onerror = () => resolve({ resultCode: '9', resultMessage: '网络异常，请稍后重试' });
      request.send(JSON.stringify(body));
    });
  }

  /** Posts a form built of `fields`; `charset` as the other side wants it. */
  function post(action, fields, target, charset = 'UTF-8') {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = action;
    form.target = target;
    form.acceptCharset = charset;
    form.className = 'ng-hide';
    for (const [name, value] of Object.entries(fields)) {
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.submit();
    form.remove();
  }

  let uploads = 0;

  function byForm(path, body) {
    return new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = `upload${(uploads += 1)}`;
      frame.className = 'ng-hide';
      document.body.append(frame);
      frame.addEventListener('load', () => {
        const answer = frame.contentDocument?.getElementById('answer');
        if (!answer && frame.contentWindow.location.href === 'about:blank') return;
        resolve(parse(answer ? answer.textContent : ''));
        setTimeout(() => frame.remove());
      });
      post(`${config.base}/do/app/${path}`, { payload: JSON.stringify(body) }, frame.name);
    });
  }

  /** Calls the server; resolves to its answer, good or bad. */
  async function call(path, body, mayPost = false) {
    const answer = await (mayPost && has('page_only') ? byForm : byRequest)(path, body);
    if (answer.resultCode !== '0') say(answer.resultMessage, true);
    return answer;
  }

  Object.assign(globalThis.pnbs, { config, has, say, ask, call, post, shell: () => top.pnbsShell });
})();
