#!/usr/bin/env python3
"""Show Chudan at work on this machine: `python3 scripts/run.py [--tour] [--home DIR] [--out DIR]`.

Sets up what is missing, then starts a practice portal, a desk with its management system, and a browser
with a profile of its own, beside whatever desk this user really works with. Without a display, or with
`--tour`, it plays the clerk's first job by itself and says whether portal and management system agree.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import bootstrap


def main() -> int:
    """Set up, then show or tour; the exit status of the tour."""
    options = _options()
    bootstrap.need_python()
    bootstrap.need_packages(bootstrap.run_packages(tour=options.tour))
    # The tour plays the clerk with the gestures of the browser tests, so it needs their packages too.
    bootstrap.enter("test" if options.tour else "run")
    os.chdir(bootstrap.ROOT)
    # A closed terminal or a plain kill ends everything just as Ctrl-C does, also where a shell ignores it.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        return _tour(options) if options.tour else _show(options)
    except KeyboardInterrupt:
        print("\nended")
        return 130


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tour", action="store_true", help="play the clerk's first job without a window")
    parser.add_argument("--home", type=Path, help="where the practice desk lives; default: beside your data")
    parser.add_argument("--out", type=Path, help="where the tour writes; default: tour/ in the checkout")
    options = parser.parse_args()
    options.out = (options.out or bootstrap.ROOT / "tour").absolute()
    options.tour = options.tour or not _has_display()
    return options


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _tour(options: argparse.Namespace) -> int:
    from scripts import tour

    return tour.play(options.out)


def _show(options: argparse.Namespace) -> int:
    from scripts import showing

    return showing.show(options.home or showing.default_home())


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
