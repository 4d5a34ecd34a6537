"""What the documents point to exists."""

import re
from pathlib import Path

import pytest

from tests.unit.test_conventions import ROOT, tracked

DOCUMENTS = [path for path in tracked("*.md", "docs") if path.suffix == ".md"]
_POINTER = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
_ELSEWHERE = re.compile(r"[a-z]+:")


def pointers(document: Path) -> list[str]:
    """The relative links and pictures of a document, without the blocks that quote code."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [target for target in _POINTER.findall(text) if not _ELSEWHERE.match(target)]


def headings(document: Path) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    titles = re.findall(r"^#+ +(.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(document: Path) -> list[str]:
    """The pointers of a document that lead nowhere."""
    found = []
    for target in pointers(document):
        name, _, anchor = target.partition("#")
        aim = (document.parent / name).resolve() if name else document
        if not aim.exists() or (anchor and anchor not in headings(aim)):
            found.append(target)
    return found


def test_the_documents_are_there() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in DOCUMENTS}
    assert {"README.md", "PROTOCOL.md", "CHANGELOG.md", "docs/carriers.md", "docs/decisions.md"} <= names
    assert len(pointers(ROOT / "README.md")) >= 5


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_picture_exists(document: Path) -> None:
    assert broken(document) == []


def test_a_broken_pointer_is_noticed(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "# The One\n[a](#the-one) [b](#the-two) ![c](c.png) [d](a.md#the-one) [e](https://e.test)\n"
    )
    assert broken(document) == ["#the-two", "c.png"]
