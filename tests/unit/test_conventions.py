"""The habits of this code base, held by tests instead of by memory."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG: dict[str, str] = {}
CODE = {".py", ".js", ".css", ".html", ".c"}


def tracked(*folders: str) -> list[Path]:
    """Files of these folders that are, or are about to be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for line in listed.splitlines() if (path := ROOT / line).is_file()]


def code(*folders: str) -> list[Path]:
    return [path for path in tracked(*folders) if path.suffix in CODE]


def carriers() -> list[str]:
    return sorted(path.parent.name for path in ROOT.glob("extension/carriers/*/profile.json"))


def offences(paths: list[Path], pattern: str, flags: int = 0) -> list[str]:
    """`file:line: text` of every line that the pattern matches."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line, flags):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    return found


def test_a_carrier_is_named_in_its_own_folder_only() -> None:
    elsewhere = [
        path
        for path in code("companion", "extension")
        if "carriers" not in path.relative_to(ROOT).parts
        and "practice" not in path.relative_to(ROOT).parts
        and "_locales" not in path.relative_to(ROOT).parts
    ]
    assert elsewhere
    assert offences(elsewhere, rf"\b({'|'.join(carriers())})\b", re.IGNORECASE) == []


@pytest.mark.parametrize("carrier", carriers())
def test_a_carrier_is_one_whole_folder(carrier: str) -> None:
    folder = ROOT / "extension" / "carriers" / carrier
    assert (folder / "NOTES.md").is_file()
    pages = {path.stem for path in (folder / "pages").iterdir()}
    expected = {path.stem for path in (folder / "expected").iterdir()}
    assert pages, "a carrier without recorded pages cannot be tested"
    assert pages == expected


def test_no_portal_knows_of_us() -> None:
    assert offences(code("companion/practice"), r"chudan|出单助手|extension", re.IGNORECASE) == []


def test_files_can_be_read_in_a_few_minutes() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in code("companion", "extension", "scripts", "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long.keys() == LONG.keys()


def test_data_never_becomes_markup_or_code() -> None:
    pattern = r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function\(|document\.write\("
    ours = [path for path in code("extension") if "carriers" not in path.parts]
    assert offences(ours, pattern) == []


def test_tests_wait_for_conditions_and_skip_nothing() -> None:
    pattern = (
        r"time\.sle" + r"ep\(|asyncio\.sle" + r"ep\((0\.[1-9]|[1-9])|wait_for_time" + r"out"
        r"|mark\.(skip|xfa" + r"il)|importors" + r"kip|pytest\.sk" + r"ip"
    )
    assert offences(code("tests"), pattern) == []


def test_no_machine_and_no_registry_stands_in_the_tree() -> None:
    hosts = "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", r"deb\." + "debian"])
    places = "|".join(["/wo" + "rk/", "/ro" + "ot/", "/fa" + "rm/"])
    texts = [path for path in tracked() if path.suffix in CODE | {".md", ".json", ".toml", ".txt", ".in", ""}]
    assert offences(texts, f"{hosts}|{places}") == []
