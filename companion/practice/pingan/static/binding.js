/* 页面双向绑定：字段触发 input/change 时写入模型，模型变化时刷新页面。 */
(() => {
  'use strict';

  const TOKEN = /\s*('[^']*'|\d+(?:\.\d+)?|[A-Za-z_$][\w$]*|==|!=|&&|\|\||[!.,[\]()])/y;

  /** Splits an expression into words. */
  function words(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const word = TOKEN.exec(text);
      if (!word) throw new SyntaxError(text);
      found.push(word[1]);
    }
    return found;
  }

  /** Compiles an expression to {get(scope), set(scope, value)}. */
  function compile(text) {
    const list = words(text);
    let at = 0;
    const take = (word) => list[at] === word && (at += 1, true);
    const LITERALS = { true: true, false: false, null: null };

    function until(end) {
      const items = [];
      while (!take(end)) {
        items.push(or());
        take(',');
      }
      return items;
    }

    function primary() {
      if (take('(')) {
        const inner = or();
        take(')');
        return inner;
      }
      const word = list[at++];
      if (word[0] === "'") return { get: () => word.slice(1, -1) };
      if (/^\d/.test(word)) return { get: () => Number(word) };
      if (Object.hasOwn(LITERALS, word)) return { get: () => LITERALS[word] };
      return path({ get: (scope) => scope[word], owner: (scope) => scope, key: () => word });
    }

    function path(start) {
      let node = start;
      for (;;) {
        if (take('.')) node = member(node, list[at++]);
        else if (take('[')) {
          const [key] = until(']');
          node = member(node, null, key);
        } else if (take('(')) node = call(node, until(')'));
        else return node;
      }
    }

    function member(owner, name, computed) {
      const key = computed ? (scope) => computed.get(scope) : () => name;
      return { get: (scope) => owner.get(scope)?.[key(scope)], owner: (scope) => owner.get(scope), key };
    }

    function call(target, given) {
      return { get: (scope) => target.get(scope)?.apply(target.owner(scope), given.map((one) => one.get(scope))) };
    }

    function unary() {
      if (!take('!')) return primary();
      const inner = unary();
      return { get: (scope) => !inner.get(scope) };
    }

    function equal() {
      const left = unary();
      const wanted = list[at] === '==';
      if (!take('==') && !take('!=')) return left;
      const right = unary();
      return { get: (scope) => (left.get(scope) === right.get(scope)) === wanted };
    }

    function and() {
      const left = equal();
      if (!take('&&')) return left;
      const right = and();
      return { get: (scope) => left.get(scope) && right.get(scope) };
    }

    function or() {
      const left = and();
      if (!take('||')) return left;
      const right = or();
      return { get: (scope) => left.get(scope) || right.get(scope) };
    }

    const node = or();
    return {
      get: node.get,
      set: (scope, value) => {
        node.owner(scope)[node.key(scope)] = value;
      },
    };
  }

  const cache = new Map();
  const expression = (text) => {
    if (!cache.has(text)) cache.set(text, compile(text));
    return cache.get(text);
  };

  const controllers = {};
  let watchers = [];

  /** Calls `act` now and whenever the expression's value changes; `::` in front: now only. */
  function watch(scope, text, act) {
    if (text.startsWith('::')) {
      act(expression(text.slice(2)).get(scope));
      return;
    }
    const { get } = expression(text);
    const watcher = { get: () => get(scope), act, last: watch };
    watchers.push(watcher);
    check(watcher);
  }

  function check(watcher) {
    const value = watcher.get();
    if (value === watcher.last) return false;
    watcher.last = value;
    watcher.act(value);
    return true;
  }

  /** Brings the page up to date with the model. */
  function digest() {
    for (let round = 0; round < 8; round += 1) {
      const changed = watchers.slice().filter(check);
      if (!changed.length) return;
    }
  }

  const text = (value) => (value === undefined || value === null ? '' : String(value));

  function model(field, scope, name) {
    const { get, set } = expression(name);
    const box = field.type === 'checkbox';
    field.classList.add('ng-pristine');
    const put = (value) => {
      if (box) field.checked = value === true;
      else field.value = text(value);
    };
    watch(scope, name, put);
    // Options that come later: what the model holds is chosen again.
    if (field.tagName === 'SELECT') new MutationObserver(() => put(get(scope))).observe(field, { childList: true });
    const read = () => {
      set(scope, box ? field.checked : field.value);
      field.classList.replace('ng-pristine', 'ng-dirty');
      const changed = field.getAttribute('ng-change');
      if (changed) expression(changed).get(scope);
      digest();
    };
    field.addEventListener('input', read);
    field.addEventListener('change', read);
  }

  function repeat(template, scope, rule) {
    const [, name, list] = /^(\w+) in (.+)$/.exec(rule);
    const anchor = document.createComment(` ng-repeat: ${rule} `);
    template.replaceWith(anchor);
    template.removeAttribute('ng-repeat');
    let nodes = [];
    let own = [];
    watch(scope, list, (items) => {
      nodes.forEach((node) => node.remove());
      watchers = watchers.filter((watcher) => !own.includes(watcher));
      const before = watchers;
      watchers = [];
      const fragment = document.createDocumentFragment();
      nodes = (items || []).map((item, $index) => {
        const node = template.cloneNode(true);
        fragment.append(node);
        link(node, Object.assign(Object.create(scope), { [name]: item, $index }));
        return node;
      });
      own = watchers;
      watchers = before.concat(own);
      anchor.after(fragment);
    });
  }

  const DIRECTIVES = {
    'ng-model': model,
    'ng-bind': (node, scope, value) => watch(scope, value, (now) => (node.textContent = text(now))),
    'ng-show': (node, scope, value) => watch(scope, value, (now) => node.classList.toggle('ng-hide', !now)),
    'ng-hide': (node, scope, value) => watch(scope, value, (now) => node.classList.toggle('ng-hide', Boolean(now))),
    'ng-disabled': (node, scope, value) => watch(scope, value, (now) => (node.disabled = Boolean(now))),
    'ng-value': (node, scope, value) => watch(scope, value, (now) => (node.value = text(now))),
    'ng-src': (node, scope, value) => watch(scope, value, (now) => now && (node.src = now)),
    'ng-class': (node, scope, value) => {
      let last = '';
      watch(scope, value, (now) => {
        if (last) node.classList.remove(last);
        last = text(now);
        if (last) node.classList.add(last);
      });
    },
    'ng-click': (node, scope, value) => {
      node.addEventListener('click', (event) => {
        event.preventDefault();
        expression(value).get(Object.assign(Object.create(scope), { $event: event }));
        digest();
      });
    },
  };

  function link(node, scope) {
    const rule = node.getAttribute('ng-repeat');
    if (rule) {
      repeat(node, scope, rule);
      return;
    }
    const name = node.getAttribute('ng-controller');
    const inner = name ? Object.create(scope) : scope;
    if (name) controllers[name](inner);
    for (const attribute of node.getAttributeNames()) {
      if (Object.hasOwn(DIRECTIVES, attribute)) DIRECTIVES[attribute](node, inner, node.getAttribute(attribute));
    }
    [...node.children].forEach((child) => link(child, inner));
  }

  globalThis.pnbs = {
    controller: (name, build) => {
      controllers[name] = build;
    },
    digest,
  };
  document.addEventListener('DOMContentLoaded', () => {
    link(document.documentElement, { config: JSON.parse(document.getElementById('config').textContent) });
    digest();
  });
})();
