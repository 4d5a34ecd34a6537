"""Begin a carrier: `python scripts/new_carrier.py NAME` writes its folder and a first failing test.

    extension/carriers/NAME/   profile.json, NOTES.md, pages/, expected/
    tests/carriers/test_NAME_steps.py   fails, and says what to do next, until the carrier is whole

docs/carriers.md leads through the rest.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOTHING = "(?!)"
"""A pattern that matches nothing: what still has to be written."""
NOTES = """# {name}

Where each fact of the profile comes from, and how sure it is.

| fact | where in the profile | how sure |
|---|---|---|
"""
TEST = '''"""The carrier {name}: what is still to be done (docs/carriers.md)."""

from tests.carriers.steps import next_step


def test_the_carrier_is_whole() -> None:
    step = next_step("{name}")
    assert step is None, step
'''


def skeleton(name: str) -> dict[str, Any]:
    """A profile that is valid and recognises nothing."""
    line = {"number": {"at": "number", "transform": "number"}}
    query = {
        "request": {"method": "GET", "path": "/", "query": {"number": "{numbers}"}},
        "answer": {"body": "json", "proof": [{"at": "data"}], "lines": [{"each": "data", "values": line}]},
    }
    whoami = {"body": "json", "proof": [{"at": "data"}], "whoami": {"at": "data.login"}}
    return {
        "$schema": "../profile.schema.json",
        "carrier": name,
        "names": {"zh_CN": name, "en": name},
        "default_origin": None,
        "encoding": "utf-8",
        "number": NOTHING,
        "pages": {},
        "hints_network": [],
        "hints_page": [],
        "logged_out": {},
        "whoami": {"page": [], "query": {"request": {"method": "GET", "path": "/"}, "answer": whoami}},
        "queries": {"confirm": query, "detail": query},
    }


def begin(name: str, root: Path = ROOT) -> list[Path]:
    """Write everything; what was written. Raises ValueError for a name that cannot be or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        raise ValueError("a carrier's name is small letters, digits and _, and begins with a letter")
    folder = root / "extension" / "carriers" / name
    if folder.exists():
        raise ValueError(f"{folder} is there already")
    texts = {
        folder / "profile.json": json.dumps(skeleton(name), ensure_ascii=False, indent=2) + "\n",
        folder / "NOTES.md": NOTES.format(name=name),
        root / "tests" / "carriers" / f"test_{name}_steps.py": TEST.format(name=name),
    }
    for part in ("pages", "expected"):
        (folder / part).mkdir(parents=True)
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return list(texts)


def main() -> int:
    """Begin the carrier named on the command line and say what comes next."""
    if len(sys.argv) != 2:
        print("usage: python scripts/new_carrier.py NAME")
        return 2
    try:
        for file in begin(sys.argv[1]):
            print(file.relative_to(ROOT))
    except ValueError as error:
        print(error)
        return 2
    print(
        f"next: pytest tests/carriers/test_{sys.argv[1]}_steps.py says what to do; docs/carriers.md says how"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
