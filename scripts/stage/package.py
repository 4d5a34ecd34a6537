"""The extension's packages, built for this run."""

import subprocess
import sys
from pathlib import Path

from scripts.bootstrap import ROOT


def build(folder: Path) -> Path:
    """Build `store` and `practice` for both browser families into `folder`; the folder."""
    command = [sys.executable, str(ROOT / "scripts" / "package_extension.py"), "--out", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder
