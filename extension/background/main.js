// Listeners only, and all of them before the first await: a browser that wakes us hands the event to those
// that stand here when this file has run.
import { api } from "../shared/api.js";
import { Desk } from "./desk.js";
import { enter, makeMenu } from "./doors.js";
import { OVERDUE, isNote } from "./notes.js";
import { serve, takeUp } from "./verbs.js";

const desk = new Desk();

api.runtime.onMessage.addListener((message, sender, respond) => {
  serve(desk, message, sender).then(respond, (error) => {
    console.error("message failed", message?.what, error);
    respond({ failed: true });
  });
  return true;
});
api.alarms.onAlarm.addListener(() => {
  desk.tick();
  takeUp(desk);
});
api.storage.onChanged.addListener((changes) => {
  if (isNote(changes)) setTimeout(() => takeUp(desk), OVERDUE + 500);
});
api.tabs.onCreated.addListener(({ id, openerTabId }) => {
  if (id !== undefined && openerTabId !== undefined) void desk.visits.opened(id, openerTabId);
});
api.tabs.onActivated.addListener(({ tabId }) => void desk.visits.touched(tabId));
api.tabs.onRemoved.addListener((tab) => void desk.closed(tab));
api.tabs.onUpdated.addListener((tab, change) => {
  if (change.status) desk.moved(tab, change.status === "complete");
});
api.permissions.onAdded.addListener(() => void desk.scripts.sync());
api.permissions.onRemoved.addListener(() => void desk.forbidden());
api.contextMenus.onClicked.addListener(({ menuItemId }) => void enter(desk, String(menuItemId)));
api.commands.onCommand.addListener((command) => void enter(desk, command));
api.notifications.onClicked.addListener(() => void desk.openConsole("diagnostics", null));
api.runtime.onStartup.addListener(() => desk.start());
api.runtime.onInstalled.addListener(async () => {
  await makeMenu(desk.portals);
  const { welcomed } = await api.storage.local.get("welcomed");
  if (welcomed) return; // loaded by flag, a browser reports an installation at every start
  await api.storage.local.set({ welcomed: true });
  await api.tabs.create({ url: api.runtime.getURL("welcome/welcome.html") });
});

api.alarms.create("tick", { periodInMinutes: 0.5 });
desk.start();
takeUp(desk);
