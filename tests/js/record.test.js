// Recordings: nothing of a person is left in them, and what a profile is written from is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import { JSDOM } from "jsdom";
import { fileOf, redacted } from "../../extension/record/recording.js";
import { Redactor } from "../../extension/record/redact.js";
import { CANARIES, page } from "../carriers/canaries.mjs";
import { casesOf, carriers } from "../carriers/corpus.mjs";

runInThisContext(readFileSync(new URL("../../extension/record/serialise.js", import.meta.url), "utf-8"));
const { ChudanRecord: serialise } = /** @type {any} */ (globalThis);
const URL_OF_IT = "http://portal.example/policy/list.do?plate=%E7%B2%A4B77K21&id=440304198802153417#/show/13900013901";
const record = (/** @type {string} */ html, url = URL_OF_IT) => {
  const { document } = new JSDOM(html, { url }).window;
  return redacted([serialise(document)], steady())[0];
};
/** Chance that is the same every time: so many invented digits would otherwise be a canary's now and then. */
function steady(seed = 20260302) {
  return (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
}

test("50 canaries in every corner of a page: none is in its recording", () => {
  assert.ok(CANARIES.length >= 50);
  const html = page();
  for (const canary of CANARIES) assert.ok(html.includes(canary), `${canary} was not planted`);
  const made = record(html);
  const file = fileOf([made], { title: "t", about: "a" });
  const spelt = (/** @type {string} */ canary) => [canary, encodeURIComponent(canary), canary.replace(/[^ -~]/gu, (one) => `\\u${one.charCodeAt(0).toString(16)}`), canary.toLowerCase()];
  for (const text of [made.html, made.url, file]) {
    assert.deepEqual(CANARIES.filter((canary) => spelt(canary).some((one) => text.includes(one))), []);
  }
  assert.deepEqual(CANARIES.filter((canary) => made.html.replace(/<[^>]*>|\s/gu, "").includes(canary)), [], "put together");
});

test("what was typed, chosen or ticked stands in it as it is now, but not what was typed", () => {
  const { document } = new JSDOM('<input id="a"><input id="p" type="password" value="hunter2"><select id="s"><option value="1">男<option value="2">女</select><input type="checkbox" id="c"><textarea></textarea>').window;
  const field = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
  field("a").value = "王成功";
  field("p").value = "geheim99";
  field("s").value = "2";
  field("c").checked = true;
  document.querySelector("textarea").value = "请联系李四";
  const { html } = redacted([serialise(document)])[0];
  assert.match(html, /<option value="2" selected>女/u);
  assert.match(html, /<input type="checkbox" id="c" checked>/u);
  assert.match(html, /<input id="a" value="\p{Script=Han}{3}">/u);
  assert.match(html, /<textarea>\p{Script=Han}{5}<\/textarea>/u);
  assert.doesNotMatch(html, /成功|hunter2|geheim99|李四|联系/u);
});

test("a name that was typed is the same invented name wherever it stands", () => {
  const { html } = record('<input value="王成功"><p>被保险人王成功已承保</p><td>王成功</td>');
  const [, name] = /value="(...)"/u.exec(html) ?? [];
  assert.match(html, new RegExp(`<p>被保险人${name}已承保</p>`, "u"));
});

test("what a profile is written from stays: labels, ids, classes, names, paths, keys, kinds of numbers", () => {
  const { html, url } = record(
    `<body class="main-page"><form id="fm.main" action="/policy/savePolicy.do?policyNo=PDAA202633020000000123&type=1">
    <table><tr><th>投保单号</th><td class="col-policyNo">TDAA202633020000000123</td><td>暂存成功，投保单号：TDAA202633020000000123</td><td>2026-03-02</td></tr>
    <tr data='{"quotationNo":"QSHAA0002","state":"B2"}'></tr></table><a onclick="showDetail('TDAA202633020000000123', 2)">查看</a></form>`);
  const [, number] = /col-policyNo">(TDAA[0-9]{18})</u.exec(html) ?? [];
  assert.ok(number && number !== "TDAA202633020000000123");
  assert.match(html, /<body class="main-page"><form id="fm.main" action="\/policy\/savePolicy.do\?policyNo=PDAA[0-9]{18}&amp;type=1">/u);
  assert.ok(html.includes(`<td>暂存成功，投保单号：${number}</td>`));
  assert.match(html, /<td>20[0-9]{2}-(0[1-9]|1[0-2])-[0-9]{2}<\/td>/u);
  assert.ok(html.includes(`<a onclick="showDetail('${number}', 2)">查看</a>`));
  assert.match(html, /data="\{&quot;quotationNo&quot;:&quot;[A-Z]{5}[0-9]{4}&quot;,&quot;state&quot;:&quot;B2&quot;\}"/u);
  assert.ok(url.startsWith("/policy/list.do?plate="));
});

test("the same is the same in every frame of a page, and another time something else", () => {
  const tree = () => serialise(new JSDOM("<p>13812345678</p>").window.document);
  const [one, two] = redacted([tree(), tree()]);
  const [again] = redacted([tree()]);
  assert.equal(one.html, two.html);
  assert.notEqual(one.html, again.html);
});

test("recorded portals keep their words: hardly a label is lost", () => {
  const redactor = new Redactor();
  const lost = new Map();
  for (const carrier of carriers()) {
    for (const { given, text } of casesOf(carrier)) {
      if (given.as !== "page") continue;
      for (const cell of new JSDOM(text).window.document.querySelectorAll("th, label, button")) {
        const label = cell.textContent.trim();
        if (label.length > 0 && label.length < 12) lost.set(label, redactor.text(label) === label);
      }
    }
  }
  const gone = [...lost].filter(([, kept]) => !kept).map(([label]) => label);
  assert.ok(lost.size > 60);
  assert.ok(gone.length / lost.size < 0.1, `${gone.length} of ${lost.size}: ${gone.join(" ")}`);
});

test("text of any kind comes out as long as it went in, and never the same where somebody is named", () => {
  const redactor = new Redactor();
  for (const name of ["张三", "欧阳娜娜", "王秀英", "ZHANG WEI", "Li Si", "zhang_wei", "clerk01", "浙B8K3L6", "粤B·12345", "京AD12345", "13812345678", "0571-88889999", "LSVNB2A41N2063518", "330203199003074518", "33020319900307451X", "１３８１２３４５６７８", "杭州市西湖区文一西路12号3幢", "上海某某汽车销售有限公司"]) {
    const made = redactor.text(name);
    assert.notEqual(made, name);
    assert.equal([...made].length, [...name].length, `${name} -> ${made}`);
    for (const word of name.split(/[ _]/u).filter((one) => one.length > 1)) assert.ok(!made.includes(word), `${word} in ${made}`);
  }
});

test("what nobody needs is not in it at all, redacted or not", () => {
  const { html } = record(page());
  assert.doesNotMatch(html, /<!--|<style|<noscript|srcdoc|srcset="|url\(|base64,(?!R0lGODlhAQABAAAAACw=)|mail\.test|qq\.test/u);
  assert.deepEqual(html.match(/<script[^>]*>/gu)?.map((tag) => tag.includes("json")), [true, true]);
  assert.match(html, /<input type="password">/u);
  assert.match(html, /<meta name="_csrf" content>/u);
  assert.match(html, /data-user="\{&quot;login&quot;:&quot;[^&]*&quot;,&quot;name&quot;:/u);
  assert.doesNotMatch(record('<p data-token="abc" nonce="def">x</p>').html, /"/u);
});

test("what was typed is replaced even where it is made of a portal's own words, there and elsewhere", () => {
  const { html } = record('<input value="通过成功险"><p>被保险人通过成功险，核保通过</p>');
  assert.doesNotMatch(html, /通过成功/u);
  assert.match(html, /<p>被保险人\p{Script=Han}{5}，核保通过<\/p>/u);
  assert.doesNotMatch(record('<input value="核保通过">').html, /核保通过/u);
});
