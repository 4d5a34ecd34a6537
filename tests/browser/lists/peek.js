// Reads our closed roots for the test, from our own world: a page could not.
document.addEventListener("peek", () => {
  for (const host of document.querySelectorAll("[data-chudan-row]")) {
    const root = globalThis.chrome?.dom?.openOrClosedShadowRoot?.(host) ?? host.openOrClosedShadowRoot;
    const button = root?.querySelector("button");
    host.dataset.says = button ? button.textContent : "dead";
    host.dataset.title = button?.title ?? "";
    host.dataset.focused = String(root?.activeElement === button && button !== undefined);
  }
});
