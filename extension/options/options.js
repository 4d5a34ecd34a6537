import { api, t } from "../shared/api.js";
import { condition, openRoom } from "../shared/acts.js";
import { byId, el, translate } from "../shared/dom.js";
import { pattern } from "../shared/patterns.js";

/** The portals this browser may watch, each of which the clerk can allow or take back. */
async function refresh() {
  const { portals, missing } = await condition();
  const rows = portals.map(({ name, hosts }) => {
    return portalRow(name, hosts, !hosts.some((host) => missing.includes(host)));
  });
  byId("portals").replaceChildren(...(rows.length > 0 ? rows : [el("li", { class: "quiet" }, t("why_no_account"))]));
}

/** @param {string} name @param {string[]} hosts every origin of the portal @param {boolean} allowed */
function portalRow(name, hosts, allowed) {
  const verb = t(allowed ? "options_forbid" : "verb_allow");
  const button = el("button", { type: "button", "aria-label": `${verb} ${name}` }, verb);
  button.onclick = async () => {
    const origins = hosts.map(pattern);
    await (allowed ? api.permissions.remove({ origins }) : api.permissions.request({ origins }));
    await api.runtime.sendMessage({ what: "permitted" });
    await refresh();
  };
  const text = el("div", {}, el("strong", {}, name), el("p", { class: "quiet" }, hosts.join(" ")));
  return el("li", {}, text, button);
}

translate();
document.title = t("options_title");
byId("accounts").onclick = () => openRoom("first_run");
refresh();
