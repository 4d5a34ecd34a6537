// What the engine makes of one recorded page: the same judgement in node and in a browser, so nothing is imported.

/** `parse` makes a document of text; `bytes` is the text in the portal's own encoding. */
export function judge(engine, profile, { given, text }, { parse, bytes }) {
  if (given.as === "note") return { hint: engine.hintFromNetwork(profile, { ...given.note, requestBody: null, text }) };
  if (given.as === "answer") {
    const { query, status, url, content_type: contentType } = given;
    return engine.read(profile, query, { status, url, contentType, bytes });
  }
  const document = parse(text);
  return {
    page: engine.pageOf(profile, document, given.url),
    whoami: engine.whoamiOfPage(profile, document),
    hint: engine.hintFromPage(profile, document, given.url),
  };
}
