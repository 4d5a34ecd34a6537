// A page full of invented people: each canary stands for something that must not be in a recording.

const PEOPLE = ["张伟明", "欧阳晓燕", "李娜", "王成功", "赵子龙", "孙悦悦", "周杰", "吴桂芳", "郑爽心", "钱进来", "诸葛孔明", "Zhang Weiming", "LI NA", "ouyangxiaoyan"];
const PLATES = ["粤B77K21", "浙A·8K3L6", "京AD12345", "沪C-9Z8Y7", "苏E 5T6U7"];
const VINS = ["LSVNB2A41N2063518", "LFV3A23C9H3012345"];
const ENGINES = ["EA211A7735", "4G15M8821903"];
const IDS = ["440304198802153417", "33020319900307451X", "91330200MA2AG4X57K"];
const PHONES = ["13900013901", "18757412345", "0574-87654321", "138 1234 9876", "１３８７７７７６６６６"];
const PLACES = ["宁波市鄞州区中山东路1800号", "桃花源小区7幢302", "深圳湾壹号T3座"];
const EMAILS = ["weiming.zhang@mail.test", "lina1988@qq.test"];
const NUMBERS = ["TDAA202633020000000777", "50901001900123456789", "6222020200112233445", "QZZA4711001122"];
const MONEY = ["4,382.57", "98765"];
const FIRMS = ["宁波远途物流有限公司", "鸿运租赁行"];
const LOGINS = ["wangli_0574", "practice-01-geheim", "csrf9f8e7d6c5b4a"];
const CODED = ["陈", "敏敏", "林晓峰", "黄蓉蓉", "郭靖靖", "杨康康", "洪七公"];

/** Whole, in one piece; `CODED` ones stand there in escapes as well. */
export const CANARIES = [...PEOPLE, ...PLATES, ...VINS, ...ENGINES, ...IDS, ...PHONES, ...PLACES, ...EMAILS, ...NUMBERS, ...MONEY, ...FIRMS, ...LOGINS, ...CODED.slice(1)];

const escaped = (text) => Array.from(text, (one) => `\\u${one.charCodeAt(0).toString(16)}`).join("");
const entities = (text) => Array.from(text, (one) => `&amp;#${one.charCodeAt(0)};`).join("");
const data = (text) => `data:text/plain;base64,${Buffer.from(text).toString("base64")}`;

/** Puts every canary into attributes, texts, comments, scripts, hidden fields, islands of JSON and addresses. */
export function page() {
  const each = (make) => CANARIES.map(make).join("\n");
  return `<!doctype html><html><head>
    <title>${PEOPLE[0]}的保单</title><meta name="description" content="${PEOPLE[1]} ${PHONES[0]}"><meta name="_csrf" content="${LOGINS[2]}">
    <style>.x::after { content: "${PEOPLE[2]}"; background: url("${data(PEOPLE[3])}") }</style>
    <script>var owner = { name: "${PEOPLE[4]}", phone: "${PHONES[1]}", coded: "${escaped(CODED[2])}" }; // ${PLACES[0]}</script>
    <script type="application/json" id="state">{"people": ${JSON.stringify(CANARIES)}, "${PHONES[0]}": {"${PEOPLE[5]}": 98765, "n": [91330200, "${escaped(CODED[3])}"]}}</script>
    <script type="application/ld+json">{"broken: "${PEOPLE[6]}"}</script>
    </head><body onload="init('${PEOPLE[7]}', 50901001900123456789)" data-user='{"login":"${LOGINS[0]}","name":"${PEOPLE[8]}"}'>
    <!-- ${CANARIES.join(" ")} -->
    <h1>欢迎您，${PEOPLE[9]}</h1><p>投保人${PEOPLE[3]}，联系电话${PHONES[2]}，地址：${PLACES[1]}，${PLACES[2]}</p>
    <p>${CODED[0]}<b>${CODED[1]}</b> ${entities(CODED[4])} %E6%9D%A8%E5%BA%B7%E5%BA%B7</p>
    ${each((one, at) => `<div id="row-${at}" class="cell ${at % 2 ? "odd" : ""}" title="${one}" data-value="${one}" aria-label="详情 ${one}" alt="${one}">${one}</div>`)}
    ${each((one, at) => `<input type="hidden" name="h${at}" value="${one}"><input name="t${at}" value="${one}"><input type="button" value="修改${one}">`)}
    ${each((one) => `<a href="/policy/show.do?key=${encodeURIComponent(one)}&q=${one}#${encodeURIComponent(one)}" onclick='open("${one}", {a: \`${one}\`})'>${one}</a>`)}
    ${each((one) => `<td data='{"row":{"k":"${one}","deep":"{\\"k\\":\\"${one}\\"}"}}'>${one}</td><option value="${one}">${one}</option>`)}
    <div id="${PHONES[0]}" class="${IDS[0]} u-${PHONES[1]} ${PEOPLE[10]} ${VINS[0]}" name="${PEOPLE[2]}"></div>
    <label for="${NUMBERS[0]}" style="background:url(${data(PEOPLE[0])});display:block" ${PEOPLE[2]}="1" data-${PHONES[0]}="x" v-if="name === '${PEOPLE[1]}'">电话</label>
    <textarea>${PLACES[0]} ${PEOPLE[6]}</textarea><input type="password" value="${LOGINS[1]}">
    <img src="${data(CANARIES.join())}" srcset="/photo/${PHONES[0]}.png 2x"><img src="https://${LOGINS[0]}.portal.test/face/${IDS[0]}.jpg" alt="">
    <iframe srcdoc="&lt;p>${PEOPLE[4]}&lt;/p>"></iframe><template><p>${PEOPLE[7]} ${PLATES[0]}</p></template>
    <noscript>${PEOPLE[5]}</noscript><svg><text>${PEOPLE[1]}</text><title>${PLATES[1]}</title></svg>
    <a href="mailto:${EMAILS[0]}">x</a><a href="tel:${PHONES[1]}">y</a><a href="javascript:go('${PEOPLE[8]}')">z</a>
    <p contenteditable>${PEOPLE[12]} ${EMAILS[1]}</p></body></html>`;
}
