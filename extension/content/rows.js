// Which rows of a list are in view, now and after every change (I-6.1). Rows are found among what was added, never by
// searching the page again; the browser itself tells which of them are in view. The first rows of a list are taken
// before the page is laid out for the first time, so that it is laid out once.
(() => {
  "use strict";
  /** Rows of one list that are taken at once, without being told that they are in view. */
  const FIRST = 60;
  /** Rows of one list that the browser watches one by one. Of those that follow it watches a post every so many rows. */
  const ALL = 100;
  const EACH = 8;
  /** Rows around a post at most; between two posts there are more where a page took rows away or put some in. */
  const FAR = 48;
  /** Rows looked after; beyond this number those out of view are given up. */
  const MOST = 160;
  /** So far around the view (pixels), rows are made ready: further than from one post to the next. */
  const AROUND = "300px 0px";
  /** How often one row may be set right between two looks: a page that keeps undoing it has the last word. */
  const PATIENCE = 40;

  /** @type {ChudanScripts["watchRows"]} */
  function watchRows(lists, attributes, { settle, leave }) {
    const any = lists.map(({ rows }) => rows).join(",");
    /** @type {WeakSet<Element>} */
    const known = new WeakSet();
    /** Rows that are looked after, in view or not far from it, and their parents. @type {Map<Element, Node>} */
    const ready = new Map();
    /** What the browser says is in view, or almost. @type {Set<Element>} */
    const inView = new Set();
    /** @type {WeakSet<Element>} */
    const posts = new WeakSet();
    /** The post that stands for a row. @type {WeakMap<Element, Element>} */
    const postOf = new WeakMap();
    /** How many rows of a parent were taken. @type {WeakMap<Node, number>} */
    const taken = new WeakMap();
    /** @type {Map<Element, number>} */
    const tries = new Map();

    const options = /** @type {IntersectionObserverInit} */ ({ rootMargin: AROUND, scrollMargin: AROUND });
    const sight = new IntersectionObserver(seen, options);
    const changes = new MutationObserver(changed);

    /** @param {Element} row */
    const listFor = (row) => lists.find(({ rows }) => row.matches(rows)) ?? null;

    /** @param {Element} row */
    function set(row) {
      const tried = (tries.get(row) ?? 0) + 1;
      if (!row.parentNode || tried > PATIENCE) return;
      tries.set(row, tried);
      ready.set(row, row.parentNode);
      settle(row, listFor(row)); // a row that is used again may be none of ours any more
    }

    /** A row not seen before. @param {Element} row */
    function take(row) {
      const parent = row.parentNode;
      if (!parent) return;
      known.add(row);
      const count = taken.get(parent) ?? 0;
      taken.set(parent, count + 1);
      if (count < FIRST) set(row);
      if (count >= ALL && count % EACH > 0) return;
      if (count >= ALL) posts.add(row);
      sight.observe(row);
    }

    /** @param {Node} node just added @param {Set<Element>} touched */
    function added(node, touched) {
      if (!(node instanceof Element)) return;
      if (ready.has(node)) touched.add(node); // moved
      else if (node.matches(any)) take(node);
      else if (node.firstElementChild) for (const row of node.querySelectorAll(any)) take(row);
    }

    /** Something changed in here: the row around it is set right, also one that has only just become a row. @param {Node} target @param {Set<Element>} touched */
    function within(target, touched) {
      const element = target instanceof Element ? target : target.parentElement;
      for (let here = element; here; here = here.parentElement) if (ready.has(here)) return touched.add(here);
      const row = element?.closest(any);
      if (row && !known.has(row)) take(row);
    }

    /** @param {MutationRecord[]} records */
    function changed(records) {
      /** @type {Set<Element>} */
      const touched = new Set();
      if (records.some(({ removedNodes }) => removedNodes.length > 0)) forget();
      /** @type {Node | null} */
      let last = null;
      for (const { target, addedNodes } of records) {
        if (target !== last) within((last = target), touched);
        for (const node of addedNodes) added(node, touched);
      }
      for (const row of touched) set(row);
      changes.takeRecords(); // of our own doing
    }

    /** Rows that are gone. A parent that has none left is a list made anew: its first rows are taken at once again. */
    function forget() {
      const left = new Set();
      for (const [row, parent] of ready) if (row.parentNode !== parent || !row.isConnected) left.add(parent), ready.delete(row);
      for (const parent of left) if (![...ready.values()].includes(parent)) taken.delete(parent);
    }

    /** @param {IntersectionObserverEntry[]} entries */
    function seen(entries) {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) inView.delete(target);
        else if (!inView.has(target)) inView.add(target), come(target);
      }
      if (ready.size > MOST) giveUp();
      changes.takeRecords();
    }

    /** A row is in view, and with a post those around it. @param {Element} row */
    function come(row) {
      if (!ready.has(row)) set(row);
      if (!posts.has(row)) return;
      for (const next of /** @type {const} */ (["nextElementSibling", "previousElementSibling"])) {
        let here = row[next];
        for (let step = 0; here && step < FAR && !posts.has(here); step += 1, here = here[next]) {
          if (next === "nextElementSibling") postOf.set(here, row);
          if (known.has(here) && !ready.has(here)) set(here);
        }
      }
    }

    function giveUp() {
      for (const row of ready.keys()) {
        const near = inView.has(row) || inView.has(postOf.get(row) ?? row);
        if (!near && leave(row)) ready.delete(row);
      }
    }

    /** Set every row right that is looked after. What the page has just done is taken first: it may not have been told yet. */
    function again() {
      changed(changes.takeRecords());
      for (const row of ready.keys()) if (row.isConnected) set(row);
      changes.takeRecords(); // of our own doing
    }

    function start() {
      const read = attributes.length > 0 ? { attributeFilter: attributes } : {};
      changes.observe(document, { childList: true, subtree: true, characterData: true, ...read });
      for (const row of document.querySelectorAll(any)) take(row);
      changes.takeRecords();
    }
    /** For good: a page that comes into view again is watched anew. */
    function stop() {
      changes.disconnect();
      sight.disconnect();
    }

    return {
      start,
      stop,
      again,
      /** At every look: give rows new patience, and set them `all` right whose values leave no trace in the page. */
      rest(all) {
        tries.clear();
        if (all) again();
      },
      listOf: (row) => (known.has(row) ? listFor(row) : null),
    };
  }

  globalThis.Chudan.watchRows = watchRows;
})();
