import { api, t } from "../shared/api.js";
import { condition, openRoom } from "../shared/acts.js";
import { byId, el, translate } from "../shared/dom.js";
import { pattern } from "../shared/patterns.js";

/** The portals this browser may watch, each of which the clerk can allow or take back. */
async function refresh() {
  const { portals, missing } = await condition();
  const rows = portals.map(({ name, origin }) => portalRow(name, origin, !missing.includes(origin)));
  byId("portals").replaceChildren(...(rows.length > 0 ? rows : [el("li", { class: "quiet" }, t("why_no_account"))]));
}

/** @param {string} name @param {string} origin @param {boolean} allowed */
function portalRow(name, origin, allowed) {
  const button = el("button", { type: "button" }, t(allowed ? "options_forbid" : "verb_allow"));
  button.onclick = async () => {
    const origins = [pattern(origin)];
    await (allowed ? api.permissions.remove({ origins }) : api.permissions.request({ origins }));
    await api.runtime.sendMessage({ what: "permitted" });
    await refresh();
  };
  const text = el("div", {}, el("strong", {}, name), el("p", { class: "quiet" }, origin));
  return el("li", {}, text, button);
}

translate();
byId("accounts").onclick = () => openRoom("first_run");
refresh();
