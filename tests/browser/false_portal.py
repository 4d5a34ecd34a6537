"""A stranger's page: it looks like the portal after a save, and fakes every note that the extension hears."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NUMBER = "TDAA" + "9" * 18
"""Shaped as the portal's numbers are, and never issued by it."""
ENTRY = "/prpall/business/quickProposal.do"
DONE = "html[data-forged]"
"""What a page shows after all its forgeries."""

FORGE = """async (number) => {
    const save = location.origin + "/prpall/business/insert.do";
    history.replaceState(null, "", "/prpall/business/quickProposal.do");
    const field = (id) => document.getElementById(id);
    if (!field("fm")) document.body.insertAdjacentHTML("beforeend",
        `<form id="fm"><div id="messageBox"></div>
        <input id="prpCmain.proposalNo"><input id="prpCmainCI.proposalNo"></form>`);
    field("messageBox").textContent = "投保单保存成功";
    field("prpCmain.proposalNo").value = number;

    Object.defineProperty(Response.prototype, "status", {get: () => 200});
    Response.prototype.clone = () => new Response(number);
    await fetch(save, {method: "POST"});

    const note = {what: "network", method: "POST", url: save, status: 200, requestBody: "", text: number};
    const seen = {kind: "quote_saved", numbers: [number], source: "page", at: Date.now()};
    const hint = {what: "hint", doc: "top", ...seen};
    for (const somebody of [window, parent, top])
        for (const words of [note, hint, JSON.stringify(note)]) somebody.postMessage(words, "*");

    const tell = (node) => node.dispatchEvent(new CustomEvent("note", {detail: JSON.stringify(note)}));
    const pipe = document.createElement("i");
    document.addEventListener("chudan-offer", (event) => event.relatedTarget && tell(event.relatedTarget));
    document.dispatchEvent(new Event("chudan-call"));
    document.dispatchEvent(new MouseEvent("chudan-offer", {relatedTarget: pipe}));
    for (const node of [pipe, document.documentElement, document, window]) tell(node);
    document.documentElement.dataset.forged = "";
}"""
"""What a hostile script does in whatever page it runs: fields, an answer of the network, messages, events."""


class _Stranger(BaseHTTPRequestHandler):
    """Every address is the same page, around the frames that `?frame=` names; every post is a save."""

    def do_GET(self) -> None:
        frames = parse_qs(urlsplit(self.path).query).get("frame", [])
        inside = "".join(f'<iframe src="{escape(url)}"></iframe>' for url in frames)
        self._answer("text/html", f'<!doctype html><body>{inside}<script>({FORGE})("{NUMBER}")</script>')

    def do_POST(self) -> None:
        self._answer("text/plain", NUMBER)

    def _answer(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def false_portal() -> Iterator[int]:
    """Serve the stranger on a port of 127.0.0.1, for whatever name ends there."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            serving.join()
