// Form fields as the browser itself would post them from a GBK page; XMLHttpRequest alone knows only UTF-8.
const gbkTable = new Map();

function fillGbkTable() {
  const decoder = new TextDecoder("gbk");
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(new Uint8Array([lead, trail]));
      if ([...character].length === 1 && character !== "\ufffd") gbkTable.set(character, [lead, trail]);
    }
  }
}

function gbkByte(byte) {
  return "%" + byte.toString(16).toUpperCase().padStart(2, "0");
}

function gbkPercent(text) {
  if (gbkTable.size === 0) fillGbkTable();
  let out = "";
  for (const character of text) {
    if (/[A-Za-z0-9*._-]/.test(character)) out += character;
    else if (character === " ") out += "+";
    else if (character < "\u0080") out += gbkByte(character.charCodeAt(0));
    else if (gbkTable.has(character)) out += gbkTable.get(character).map(gbkByte).join("");
    else out += gbkPercent(`&#${character.codePointAt(0)};`);
  }
  return out;
}

function serializeGbk(form) {
  return [...new FormData(form)].map(([name, value]) => `${gbkPercent(name)}=${gbkPercent(value)}`).join("&");
}

function postGbk(url, body, done) {
  const request = new XMLHttpRequest();
  request.open("POST", url);
  request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
  request.onload = () => done(request.responseText, request.status);
  request.onerror = () => done("errorMessage=网络异常，请检查网络连接", 0);
  request.send(body);
}
