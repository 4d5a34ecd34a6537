"use strict";

/**
 * Lists whose rows get a button (I-6.1).
 *
 * @typedef {object} EngineList
 * @property {string} rule  the list's place in the profile
 * @property {string} rows  the selector of each row
 * @property {string | null} button  within a row, where the button goes
 * @property {(row: Element) => import("../../shared/messages.js").RowOfList} read  what one row is; without any
 *   number there is nothing to press
 *
 * @typedef {object} EngineLists
 * @property {(profile: EngineProfile, document: Document, url: string) => EngineList[]} rowsOf  the lists that stand here
 */

Chudan.lists = (() => {
  const { named } = Chudan.transforms;
  const { ofPage, read } = Chudan.reading;
  const { pageOf } = Chudan.pages;

  const MOST_NUMBERS = 8;

  /** A number of this carrier, whole, or null. @param {EngineProfile} profile @param {Source} source @param {EngineReading} reading */
  function numberBy(profile, source, reading) {
    const found = read(source, reading, profile);
    const number = typeof found === "string" ? named.number(found, profile) : null;
    return typeof number === "string" ? number : null;
  }

  /** A row and what belongs to it in another table: fixed columns are tables of their own. @param {Element} row @param {string} beside @returns {Source} */
  function together(row, beside) {
    const place = Array.prototype.indexOf.call(row.parentElement?.children ?? [], row);
    const other = row.ownerDocument.querySelectorAll(beside)[place];
    const [own, more] = [ofPage(row), other && ofPage(other)];
    return { ...own, text: (at) => own.text(at) ?? more?.text(at) ?? null };
  }

  /** @param {EngineProfile} profile @param {EngineRowList} list @param {Element} row */
  function rowOf(profile, { numbers, policy_number: policy, beside }, row) {
    const source = beside ? together(row, beside) : ofPage(row);
    const found = numbers.map((reading) => numberBy(profile, source, reading)).filter((one) => one !== null);
    const policyNumber = policy ? numberBy(profile, source, policy) : null;
    return { numbers: [...new Set(found)].slice(0, MOST_NUMBERS), policy_number: policyNumber };
  }

  /** @type {EngineLists["rowsOf"]} */
  function rowsOf(profile, document, url) {
    const { lists = [] } = profile;
    const page = lists.length > 0 ? pageOf(profile, document, url) : null;
    const named = lists.map((list, index) => ({ list, rule: `lists.${index}` })).filter(({ list }) => list.page === page);
    return named.map(({ list, rule }) => ({
      rule,
      rows: list.rows,
      button: list.button ?? null,
      read: (row) => rowOf(profile, list, row),
    }));
  }

  return { rowsOf };
})();
