"use strict";

/**
 * What is asked of a portal, out of its profile.
 *
 * @typedef {{method: string, url: string, headers: Record<string, string>, body: string | null}} PortalRequest
 *   `url` is a path: the portal's origin goes before it
 * @typedef {"whoami" | "confirm" | "detail"} EngineQuery
 *
 * @typedef {object} EngineRequests
 * @property {(profile: EngineProfile, path: string, here: string) => string} pathTo  with `{base}` put in
 * @property {(profile: EngineProfile, name: EngineQuery, numbers: string[], here: string) => PortalRequest | null} request
 *   `here` is the address of the page that asks; null where the profile knows no request, only a walk
 * @property {(profile: EngineProfile, file: FileName, numbers: string[], policyNumber: string, here: string)
 *   => PortalRequest | null} fileRequest
 * @property {(profile: EngineProfile, name: EngineQuery) => EngineProfileQuery} queryOf
 * @property {<T>(template: T, values: Record<string, string>) => T} filled  a template with `{name}` put in
 */

Chudan.requests = (() => {
  const { form } = Chudan.encoding;
  const { pattern } = Chudan.transforms;
  const { pathOf } = Chudan.pages;

  const FORM_TYPE = "application/x-www-form-urlencoded";
  const JSON_TYPE = "application/json;charset=UTF-8";

  /** @type {EngineRequests["pathTo"]} */
  function pathTo({ base }, path, here) {
    return path.replace("{base}", () => (base && pattern(base).exec(pathOf(here))?.[0]) || "");
  }

  /** @type {EngineRequests["filled"]} */
  function filled(template, values) {
    const fill = (/** @type {string} */ _name, /** @type {unknown} */ value) =>
      typeof value === "string" ? value.replace(/\{(\w+)\}/gu, (all, name) => (Object.hasOwn(values, name) ? values[name] : all)) : value;
    return JSON.parse(JSON.stringify(template, fill));
  }

  /** @param {EngineProfile} profile @param {EngineProfileRequest} request @param {Record<string, string>} values @param {string} here @returns {PortalRequest} */
  function made(profile, { method, path, query = {}, form: fields = {}, envelope }, values, here) {
    const search = form(filled(query, values), profile.encoding);
    const address = filled(pathTo(profile, path, here), values);
    const url = search ? `${address}?${search}` : address;
    if (method !== "POST") return { method, url, headers: {}, body: null };
    const [type, body] = envelope
      ? [JSON_TYPE, JSON.stringify(filled(envelope, values))]
      : [FORM_TYPE, form(filled(fields, values), profile.encoding)];
    return { method, url, headers: { "Content-Type": type }, body };
  }

  /** @type {EngineRequests["queryOf"]} */
  function queryOf(profile, name) {
    return name === "whoami" ? profile.whoami.query : profile.queries[name];
  }

  /** @type {EngineRequests["request"]} */
  function request(profile, name, numbers, here) {
    const asked = queryOf(profile, name).request;
    if (!asked) return null;
    return made(profile, asked, { numbers: numbers.join(asked.join ?? ",") }, here);
  }

  /** @type {EngineRequests["fileRequest"]} */
  function fileRequest(profile, file, numbers, policyNumber, here) {
    const asked = profile.files?.[file]?.request;
    if (!asked) return null;
    const values = { numbers: numbers.join(asked.join ?? ","), policy_number: policyNumber };
    return made(profile, asked, values, here);
  }

  return { pathTo, filled, queryOf, request, fileRequest };
})();
