"""The search for personal data finds what is planted, in every disguise and place."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import leaks

WANTED = {"plate": "浙B8K3L6", "phone": "13900001234"}
PLATE = WANTED["plate"]


@pytest.mark.parametrize(
    "planted",
    [
        PLATE.encode(),
        PLATE.encode("gbk"),
        PLATE.encode("utf-16-le"),
        PLATE.encode("utf-16-be"),
        json.dumps(PLATE).encode(),
        quote(PLATE).encode(),
        quote(PLATE, encoding="gbk").encode(),
        *(base64.b64encode(b"{" * before + PLATE.encode() + b"}}") for before in range(4)),
        *(base64.urlsafe_b64encode(b"{" * before + PLATE.encode("utf-16-le") + b"}") for before in range(4)),
    ],
)
def test_every_disguise_is_seen_through(planted: bytes) -> None:
    assert leaks.found_in(b"\0..." + planted + b"...\xff", WANTED)
    assert leaks.found_in(b"\0..." + planted[: len(planted) // 2] + b"...\xff", WANTED) == []


def test_files_are_read_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.log").write_text("the plate is 浙B8K3L6")
    (tmp_path / f"{WANTED['phone']}.txt").touch()
    found = leaks.in_files(tmp_path, WANTED)
    assert {line.rsplit(": ")[1].split()[0] for line in found} == {"plate", "phone"}
    assert leaks.in_files(tmp_path / "deep" / "a.log", {"phone": WANTED["phone"]}) == []


@pytest.mark.parametrize("planted", ["argument", "environment", "nothing"])
def test_processes_are_asked(tmp_path: Path, planted: str) -> None:
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    environment |= {"SOMETHING": PLATE} if planted == "environment" else {}
    words = [sys.executable, "-c", "print('up', flush=True); input()"]
    words += [f"--of={PLATE}"] if planted == "argument" else []
    pipe = subprocess.PIPE
    with subprocess.Popen(words, env=environment, stdin=pipe, stdout=pipe) as process:
        assert process.stdout
        process.stdout.readline()
        found = leaks.in_processes(environment, WANTED)
        assert [len(found) > 0, len(list(leaks.processes(str(tmp_path))))] == [planted != "nothing", 1]
        process.communicate(b"\n")
