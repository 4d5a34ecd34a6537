#!/usr/bin/env python3
"""Lock requirements/*.in for every platform, with hashes and without addresses.

Usage: python3 scripts/lock.py [--upgrade]
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
LOCKS = ["run", "test"]


def uv() -> str:
    """The uv program: the machine's own, or one in an environment of its own under .tools/."""
    if found := shutil.which("uv"):
        return found
    folder = TOOLS / ("Scripts" if os.name == "nt" else "bin")
    if not (folder / "uv").exists():
        venv.create(TOOLS, with_pip=True)
        subprocess.run([folder / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(folder / "uv")


def lock(name: str, options: list[str]) -> None:
    """Write requirements/<name>.txt, valid on Linux, Windows and macOS with Python 3.11 and newer."""
    command = [uv(), "pip", "compile", f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
    command += ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--quiet"]
    command += ["--no-emit-index-url", "--no-emit-find-links", *options]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    for each in LOCKS:
        lock(each, sys.argv[1:])
        print(f"requirements/{each}.txt")
