"""Copies of the tree with one promise broken on purpose: a trial must notice each of them."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.bootstrap import ROOT


@dataclass(frozen=True)
class Mutant:
    """A patch: in `file`, `old` (which must stand there exactly once) becomes `new`."""

    file: str
    old: str
    new: str


MUTANTS: Mapping[str, Mutant] = {
    "ack-before-commit": Mutant(
        "companion/desk/reception.py",
        """        try:
            new = await self._inbox.keep(""",
        """        self._acks.add(connection, message.id)
        try:
            new = await self._inbox.keep(""",
    ),
}


def mutate(name: str, folder: Path) -> Path:
    """Copy the tree into `folder`, broken; the copy's root. Raises ValueError when the patch has no place."""
    mutant = MUTANTS[name]
    copy = folder / name
    for part in ("companion", "extension", "native_host_manifest.json"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / part)
    file = copy / mutant.file
    text = file.read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{name}: its place in {mutant.file} is gone; write the mutant anew")
    file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return copy
