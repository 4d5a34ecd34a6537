"""A practice portal knows nothing of us: no word of ours is in its pages, its code or what it sends."""

import ast
import re
from pathlib import Path

import pytest

from tests.carriers.conftest import ROOT

PRACTICE = ROOT / "companion" / "practice"
OURS = re.compile(r"chudan|extension|companion|native|webext|插件|扩展|助手|管理系统", re.IGNORECASE)
SERVED = sorted(file for file in PRACTICE.rglob("*") if file.suffix in {".html", ".js", ".css", ".svg"})
CODE = sorted(PRACTICE.rglob("*.py"))
SHARED = {"companion.clock"}
"""What of ours a portal is built with: time, so that tests can hold it."""


def name(file: Path) -> str:
    """A file as test reports name it."""
    return str(file.relative_to(PRACTICE))


@pytest.mark.parametrize("file", SERVED, ids=name)
def test_nothing_that_is_served_names_us(file: Path) -> None:
    assert OURS.findall(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", CODE, ids=name)
def test_code_needs_nothing_of_ours(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    wanted = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    wanted |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    ours = {module for module in wanted if module.startswith("companion")}
    assert {module for module in ours if not module.startswith("companion.practice")} <= SHARED


@pytest.mark.parametrize("file", CODE, ids=name)
def test_no_text_in_the_code_names_us(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    said = [text for text in texts if OURS.search(text.replace("companion.practice", ""))]
    assert said == []
