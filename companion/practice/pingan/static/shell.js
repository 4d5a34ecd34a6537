/* 主框架：菜单、主页面、弹出层、消息通知。 */
(() => {
  'use strict';
  const { controller, config, digest } = pnbs;
  const view = (name, query = '') => `${config.base}/view/${name}.html${query}`;
  const ROUTES = ['quotation', 'workbench', 'policy', 'payrecord'];
  let layers = 0;

  /** The page that the address names behind #/, else the first one. */
  const routed = () => ROUTES.find((name) => location.hash === `#/${name}`) ?? 'welcome';

  globalThis.pnbsShell = {
    /** Opens a page in a layer of its own. */
    open(title, name, query) {
      const layer = document.createElement('div');
      layer.className = 'ui-layer';
      layer.id = `layer${(layers += 1)}`;
      const head = document.createElement('div');
      head.className = 'ui-layer-title';
      const words = document.createElement('span');
      words.textContent = title;
      const close = document.createElement('button');
      close.type = 'button';
      close.className = 'ui-layer-close';
      close.setAttribute('aria-label', '关闭');
      close.textContent = '×';
      close.addEventListener('click', () => layer.remove());
      head.append(words, close);
      const frame = document.createElement('iframe');
      frame.name = frame.id = `layerFrame${layers}`;
      frame.title = title;
      frame.src = view(name, query);
      layer.append(head, frame);
      document.getElementById('layers').append(layer);
    },
    /** Leads the main page elsewhere. */
    go(name, query) {
      document.querySelectorAll('.ui-layer').forEach((layer) => layer.remove());
      document.getElementById('main').src = view(name, query);
    },
  };

  controller('ShellController', (scope) => {
    scope.user = {};
    scope.current = routed();
    scope.page = view(scope.current);
    scope.go = (name) => {
      scope.current = name;
      history.replaceState(null, '', `#/${name}`);
      globalThis.pnbsShell.go(name);
    };
    addEventListener('hashchange', () => {
      scope.go(routed());
      digest();
    });
    fetch(`${config.base}/do/app/user/getUserInfo`)
      .then((answer) => answer.json())
      .then((answer) => {
        scope.user = answer.user;
        digest();
      })
      .catch(() => location.reload());
    listen();
  });

  function listen() {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}${config.base}/ws/notify`);
    socket.addEventListener('message', (event) => {
      const message = JSON.parse(event.data);
      for (const frame of document.querySelectorAll('iframe')) {
        frame.contentWindow.dispatchEvent(new CustomEvent('pnbs-message', { detail: message }));
      }
    });
  }
})();
