import { api, t } from "../shared/api.js";

const CALM = "#0f6e6e";
const ALARM = "#c0392b";

/** The sign on our button: how many questions wait, or that the companion is away. @param {number} waiting @param {boolean} broken */
export async function showBadge(waiting, broken) {
  await api.action.setBadgeBackgroundColor({ color: broken ? ALARM : CALM });
  await api.action.setBadgeText({ text: broken ? "!" : waiting > 0 ? String(waiting) : "" });
  // Who hears the button instead of seeing it gets the same.
  await api.action.setTitle({ title: broken ? t("title_away") : waiting > 0 ? t("title_waiting", waiting) : t("name") });
}

/** Tell the clerk something that only a person can mend. @param {"refused"} what @param {number} code */
export async function tellOnce(what, code) {
  await api.notifications.create(`${what}-${code}`, {
    type: "basic",
    iconUrl: api.runtime.getURL("icons/128.png"),
    title: t("name"),
    message: t(`notify_${what}`, code),
  });
}
