"""What a screen reader is given of a page of ours: Chromium's accessibility tree."""

from typing import Any

import playwright.sync_api as pw

_SILENT = {"none", "generic", "InlineTextBox", "StaticText", "ListMarker", "LineBreak"}
_PRESSED = {"button", "textbox", "searchbox", "link"}


def nodes(page: pw.Page, frame: pw.Frame | None = None) -> list[dict[str, Any]]:
    """The nodes of a page, or of one of its frames, in the order in which they are read out."""
    session = page.context.new_cdp_session(frame or page)
    try:
        session.send("Accessibility.enable")
        flat = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    by_id = {node["nodeId"]: node for node in flat}
    return list(_below(flat[0], by_id)) if flat else []


def _below(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    found = [] if node.get("ignored") else [node]
    for child in node.get("childIds", []):
        if child in by_id:
            found += _below(by_id[child], by_id)
    return found


def read_out(page: pw.Page, frame: pw.Frame | None = None) -> list[str]:
    """Role and name of everything that has a role, in order: `button 是`."""
    return [f"{role(node)} {name(node)}".strip() for node in nodes(page, frame) if role(node) not in _SILENT]


def texts(page: pw.Page, frame: pw.Frame | None = None) -> list[str]:
    """All words that are read out."""
    return [name(node) for node in nodes(page, frame) if name(node)]


def nameless(page: pw.Page, frame: pw.Frame | None = None) -> list[str]:
    """Roles of what can be pressed or filled in and has no name."""
    return [role(node) for node in nodes(page, frame) if role(node) in _PRESSED and not name(node)]


def role(node: dict[str, Any]) -> str:
    """A node's role."""
    return str(node.get("role", {}).get("value", ""))


def name(node: dict[str, Any]) -> str:
    """A node's name."""
    return str(node.get("name", {}).get("value", "")).strip()


def described(node: dict[str, Any]) -> str:
    """What is said of a node beside its name."""
    return str(node.get("description", {}).get("value", "")).strip()


def trait(node: dict[str, Any], wanted: str) -> Any:
    """A property of a node, or None."""
    found = (one["value"].get("value") for one in node.get("properties", []) if one["name"] == wanted)
    return next(found, None)
