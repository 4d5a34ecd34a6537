// Scripts of a page that is already there, with the extension's own beside it.
const AFTER = {
  // Notes and hints by message, to whoever may listen.
  post_message(h) {
    const hint = { what: "hint", doc: "top", kind: "quote_saved", numbers: [h.number], source: "page", at: Date.now() };
    for (const words of [h.note(), JSON.parse(h.note()), hint, { type: "hint", ...hint }, { what: "answer", answer: { choice: "yes" } }]) {
      for (const somebody of [window, parent, top]) somebody.postMessage(words, "*");
      new BroadcastChannel("chudan").postMessage(words);
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => h.keep(data);
    window.postMessage("chudan", "*", [port2]);
  },
  // Notes by event, at every node.
  events(h) {
    for (const node of [window, document, document.documentElement, ...document.querySelectorAll("*")]) {
      for (const type of ["note", "wanted", "chudan-note", "message"]) h.tell(node, h.note(), type);
    }
  },
  // Ask for the node they speak through, and speak through it.
  call_again(h) {
    document.addEventListener("chudan-offer", ({ relatedTarget }) => relatedTarget && h.tell(relatedTarget, h.note()));
    document.dispatchEvent(new Event("chudan-call"));
    document.dispatchEvent(new MouseEvent("chudan-offer", { relatedTarget: document.createElement("i") }));
  },
  // A forged note through the real node.
  stolen_pipe: (h) => h.tell(h.pipe, h.note()),
  // Words that are no notes, through the real node: whoever reads them shall stumble.
  broken_notes(h) {
    const words = ["", "{", "null", "7", "[]", '"network"', "{}", { what: "network" }, null, undefined, h.note({ url: "::" }),
      h.note({ url: 7 }), h.note({ url: null }), h.note({ text: null }), h.note({ text: {} }), h.note({ method: null }),
      h.note({ requestBody: 7 }), h.note({ status: "200" }), h.note({ text: `${h.number},`.repeat(20_000) }),
      '{"what":"dialog"}', '{"what":"dialog","text":7}', '{"what":"form","form":{}}', '{"url":"::","last":"::","status":1}',
      `{"url":"${h.save}"}`, `{"url":"${h.save}","last":7,"status":null}`, `${"[".repeat(50_000)}`];
    for (const one of words) for (const type of ["note", "wanted"]) h.tell(h.pipe, one, type);
    h.dispatch(h.pipe, new Event("wanted", { cancelable: true }));
    h.dispatch(h.pipe, new Event("note"));
  },
  // Ten thousand forged notes at once.
  flood(h) {
    for (let count = 0; count < 10_000; count += 1) h.tell(h.pipe, h.note({ url: `${h.save}?${count}`, text: "errorMessage=" }));
    h.tell(h.pipe, h.note());
  },
  // The page as it looks after a save.
  fake_fields: (h) => h.fields(),
  // A row of a list that the portal never gave, pressed by script.
  fake_rows(h) {
    history.replaceState(null, "", `/prpall/business/queryProposal.do${location.search}`);
    document.body.insertAdjacentHTML("beforeend", `<div id="datagrid"><table><tbody><tr class="datagrid-row">
      <td class="x-proposalNo">${h.number}</td><td class="x-policyNo">PDAA${h.number.slice(4)}</td></tr></tbody></table></div>`);
    for (const at of document.querySelectorAll("[data-chudan-row], td, tr")) at.click();
  },
  // A save whose answer is written by the page itself.
  fake_save_request(h) {
    const request = new XMLHttpRequest();
    for (const [name, value] of Object.entries({ status: 200, readyState: 4, responseText: h.number })) Object.defineProperty(request, name, { value });
    request.open("POST", h.save);
    request.send("prpCmain.proposalNo=x");
    request.dispatchEvent(new Event("readystatechange"));
  },
  // The same by fetch.
  async fake_save_fetch(h) {
    const before = Response.prototype.clone;
    Response.prototype.clone = () => new Response(h.number);
    Object.defineProperty(Response.prototype, "status", { configurable: true, get: () => 200 });
    await fetch(h.save, { method: "POST" });
    Response.prototype.clone = before;
  },
  // A real request that is redirected by name alone.
  async fake_request_object(h) {
    await fetch(new Request(h.save, { method: "POST", body: h.number }), { method: { toString: () => "POST" } }).catch(h.keep);
  },
  // A dialog that speaks of a save.
  fake_dialog: (h) => alert(`投保单保存成功 ${h.number}`),
  // Somebody else is logged in here.
  fake_login(h) {
    for (const where of document.querySelectorAll("#userCode")) where.value = "clerk02";
    document.body.insertAdjacentHTML("beforeend", `<input type="hidden" id="userCode" value="clerk02">`);
    h.fields();
  },
  // The log-in form, waiting for somebody to fill it in.
  async fake_login_form(h) {
    document.body.insertAdjacentHTML("beforeend", `<form id="loginForm"><input id="loginCode"><input id="loginPassword"
      type="password"><input id="captchaCode"><img id="captchaImage"><button id="loginButton"></button></form>`);
    history.replaceState(null, "", `/prpall/login.do${location.search}`);
    const field = document.getElementById("loginPassword");
    field.addEventListener("input", () => h.keep(field.value));
    await h.pause(300);
    h.keep(field.value);
  },
  // A code to pay by, for a proposal that is none.
  fake_payment(h) {
    history.replaceState(null, "", `/cbc/jf/jfPage.do${location.search}`);
    const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    document.body.insertAdjacentHTML("beforeend", `<table id="jfTable"><tr><td class="bizNo">${h.number}</td></tr></table>
      <select id="payType"></select><button id="buttonCreate"></button><img id="qrImage" src="${dot}"><b id="cardNo">6222000000000000</b>`);
  },
  // A policy that was never issued.
  fake_policy(h) {
    history.replaceState(null, "", `/cbc/jf/jfPage.do${location.search}`);
    document.body.insertAdjacentHTML("beforeend", `<table id="jfTable"><tr><td class="bizNo">${h.number}</td></tr></table>
      <p id="policyArea">PDAA${h.number.slice(4)}</p>`);
    h.tell(h.pipe, h.note({ url: `${location.origin}/cbc/jf/proposalToPolicy.do`, requestBody: `bizNo=${h.number}`, text: `{"policyNo":"PDAA${h.number.slice(4)}"}` }));
  },
  // A deletion and an underwriting that nobody asked for.
  fake_decisions(h) {
    const about = { method: "GET", requestBody: `bizNo=${h.number}` };
    h.tell(h.pipe, h.note({ ...about, url: `${location.origin}/prpall/business/editSubmitUndwrt.do?bizNo=${h.number}`, text: "提交核保成功" }));
    h.tell(h.pipe, h.note({ url: `${location.origin}/prpall/business/deleteProposal.do`, text: h.number }));
    h.tell(h.pipe, h.note({ url: `${location.origin}/prpall/business/selectProposal.do`, requestBody: `bizNo=${h.number}`, text: '{"delFlag": "1"}' }));
  },
  // The session is over, says the page.
  fake_log_out(h) {
    h.tell(h.pipe, `{"url":"${location.origin}/prpall/top.do","last":"${location.origin}/prpall/login.do","status":302}`, "wanted");
    h.fields();
  },
  // Numbers that are written as something else: markup, formulas, paths.
  fake_texts(h) {
    for (const text of [`${h.number},=1+1`, `${h.number}<img src=x onerror=alert(1)>`, `../${h.number}`, `__proto__,${h.number}`]) h.tell(h.pipe, h.note({ text }));
    h.fields();
  },
  // Functions that nobody has touched, out of a frame of our own.
  async pristine_frame(h) {
    const frame = document.body.appendChild(document.createElement("iframe"));
    await frame.contentWindow.fetch(h.save, { method: "POST" }).catch(h.keep);
    frame.contentWindow.parent.postMessage(h.note(), "*");
    h.keep(frame.contentWindow.chrome, frame.contentWindow.browser);
  },
  // In a new frame, be there before them: take the node as it is handed over.
  frame_offer(h) {
    const frame = document.body.appendChild(document.createElement("iframe"));
    const inside = frame.contentDocument;
    inside.addEventListener("chudan-offer", ({ relatedTarget }) => (h.keep(relatedTarget), relatedTarget && h.tell(relatedTarget, h.note())));
    inside.dispatchEvent(new frame.contentWindow.Event("chudan-call"));
    inside.open();
    inside.write(`<form id="fm"><div id="messageBox">保存成功</div><input id="prpCmain.proposalNo" value="${h.number}"></form>`);
    inside.close();
  },
  // A frame with a written page that looks like the portal's.
  srcdoc_frame: (h) => new Promise((resolve) => {
    const srcdoc = `<form id="fm"><div id="messageBox">保存成功</div><input id="prpCmain.proposalNo" value="${h.number}"></form>`;
    document.body.append(Object.assign(document.createElement("iframe"), { srcdoc, onload: resolve }));
  }),
  // A frame that belongs to nobody, with all the forgeries in it.
  sandboxed_frame: (h) => new Promise((resolve) => {
    const words = `document.dispatchEvent(new Event("chudan-call")); parent.postMessage(${JSON.stringify(h.note())}, "*")`;
    const srcdoc = `<form id="fm"><div id="messageBox">保存成功</div><input id="prpCmain.proposalNo" value="${h.number}"></form><script>${words}<\/script>`;
    document.body.append(Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts", srcdoc, onload: resolve }));
  }),
  // A blob for a page.
  blob_frame: (h) => new Promise((resolve) => {
    const page = new Blob([`<form id="fm"><div id="messageBox">保存成功</div><input id="prpCmain.proposalNo" value="${h.number}"></form>`], { type: "text/html" });
    document.body.append(Object.assign(document.createElement("iframe"), { src: URL.createObjectURL(page), onload: resolve }));
  }),
  // The document written anew under the extension's script.
  document_write(h) {
    document.open();
    document.write(`<body><form id="fm"><div id="messageBox">保存成功</div><input id="prpCmain.proposalNo" value="${h.number}"></form></body>`);
    document.close();
  },
  // Speak to the extension as its own pages do.
  async extension_messages(h) {
    const api = window.chrome?.runtime ?? window.browser?.runtime;
    h.keep(api, window.chrome?.storage, window.browser);
    for (const what of ["status", "hint", "open", "console"]) {
      try {
        h.keep(await api?.sendMessage?.(IDS[0], { what, doc: "top", numbers: [h.number] }));
        h.keep(api?.connect?.(IDS[0]));
      } catch (error) {
        h.keep(`${error}`);
      }
    }
  },
  // Its pages in frames of ours, with tokens that we guess.
  extension_frames(h) {
    const pages = ["ask/ask.html#07070707-0707-4707-8707-070707070707", "ask/window.html", "popup/popup.html", "options/options.html"];
    const frames = BASES.flatMap((base) => pages.map((page) => Object.assign(document.createElement("iframe"), { src: base + page })));
    const loaded = frames.map((frame) => new Promise((resolve) => (frame.onload = resolve)));
    document.body.append(...frames);
    return Promise.race([Promise.all(loaded), h.pause(1_000)]); // what is refused need not load
  },
  // Its files as scripts, pictures, texts and windows.
  async extension_files(h) {
    for (const base of BASES) {
      for (const path of ["manifest.json", "shared/messages.js", "carriers/picc/profile.json", "ask/ask.js"]) {
        h.keep(await fetch(base + path).then((answer) => answer.text(), String));
        document.head.append(Object.assign(document.createElement("script"), { src: base + path, type: "module" }));
      }
      h.keep(window.open(`${base}popup/popup.html`)?.location);
    }
  },
  // What the browser notes of loaded addresses and of refused ones.
  addresses(h) {
    document.addEventListener("securitypolicyviolation", ({ blockedURI, sourceFile, sample }) => h.keep(blockedURI, sourceFile, sample));
    document.head.insertAdjacentHTML("beforeend", `<meta http-equiv="Content-Security-Policy" content="frame-src 'none'; img-src 'none'">`);
    new PerformanceObserver((list) => h.keep(...list.getEntries().map((entry) => JSON.stringify(entry)))).observe({ type: "resource", buffered: true });
    h.fields();
  },
  // Where calls come from, asked from within a call.
  stacks(h) {
    const spy = { toString: () => (h.keep(new Error("where").stack), h.save) };
    new XMLHttpRequest().open(spy, spy);
    h.tell(h.pipe, h.note());
  },
  // What others have left in the stores of this origin.
  async stores(h) {
    h.keep(...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie, name);
    h.keep(...(await indexedDB.databases()).map((one) => one.name));
    h.fields();
  },
  // Elements named as what scripts ask of a document: whoever asks gets the element; for as long as some looks take.
  async clobbered_document(h) {
    h.fields();
    const names = ["body", "createElement", "querySelectorAll", "querySelector", "addEventListener", "activeElement", "hasFocus",
      "documentElement", "getElementById", "readyState", "visibilityState", "dispatchEvent", "baseURI"];
    document.body.insertAdjacentHTML("beforeend", names.map((one) => `<img name="${one}">`).join(""));
    const images = [...document.images].filter((one) => names.includes(one.name));
    for (let look = 0; look < 6; look += 1) {
      images[0].title = `${look}`;
      await h.pause(100);
    }
    for (const one of images) one.remove();
  },
  // A form, and rows of a list, whose fields are named as what scripts ask of an element.
  clobbered_elements(h) {
    const names = ["matches", "querySelectorAll", "querySelector", "closest", "parentNode", "firstElementChild", "textContent", "getAttribute", "isConnected", "append", "children"];
    history.replaceState(null, "", `/prpall/business/queryProposal.do${location.search}`);
    const fields = names.map((one) => `<input name="${one}">`).join("");
    document.body.insertAdjacentHTML("beforeend", `<form id="datagrid"><table><tbody><tr class="datagrid-row"><td class="x-proposalNo">${h.number}</td></tr></tbody></table></form>`);
    document.body.insertAdjacentHTML("beforeend", `<form>${fields}</form>`);
  },
  // A tree as deep as a portal's never is, and a number at its end.
  deep_tree(h) {
    let here = document.body;
    for (let depth = 0; depth < 500; depth += 1) here = here.appendChild(document.createElement("div"));
    here.id = "messageBox";
    h.fields();
  },
  // Go elsewhere in the very moment of the lie.
  leave_at_once(h) {
    h.fields();
    h.tell(h.pipe, h.note());
    history.pushState(null, "", "/prpall/none");
  },
};
