// What the engine makes of one recorded page: the same judgement in node and in a browser, so nothing is imported.

/** `parse` makes a document of text; `bytes` is the text in the portal's own encoding. */
export function judge(engine, profile, { given, text }, { parse, bytes }) {
  if (given.as === "note") {
    const note = { requestBody: null, ...given.note, text };
    const hint = engine.hintFromNetwork(profile, note);
    return { hint, unread: hint ? null : engine.unreadAnswer(profile, note) };
  }
  if (given.as === "dialog") return { hint: engine.hintFromDialog(profile, text) };
  if (given.as === "answer") {
    const { query, status, url, content_type: contentType } = given;
    return engine.read(profile, query, { status, url, contentType, bytes }, given.numbers ?? []);
  }
  const document = parse(text);
  if (given.as === "walk") return engine.readPage(profile, given.query, document, given.url, given.number);
  return {
    page: engine.pageOf(profile, document, given.url),
    whoami: engine.whoamiOfPage(profile, document),
    hints: engine.hintsFromPage(profile, document, given.url),
    rows: engine.rowsOf(profile, document, given.url).flatMap(({ rows, read }) => Array.from(document.querySelectorAll(rows), read)),
  };
}
