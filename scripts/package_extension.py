"""Make the packages of the extension: `store` and `practice`, each for Chromium and Firefox.

    python scripts/package_extension.py --out build/

writes build/<package>/<browser>/, which loads unpacked, and build/chudan-<package>-<browser>-<version>.zip.
The same tree makes the same zips, byte for byte.
"""

import argparse
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "extension"

Package = Literal["store", "practice"]
Browser = Literal["chromium", "firefox"]

PRACTICE_ORIGINS = ["http://*.localhost/*"]
"""A script cannot answer a permission prompt, so the practice portals' hosts are granted at installation."""
FOREIGN = {
    "chromium": ["browser_specific_settings"],
    "firefox": ["key", "minimum_chrome_version"],
}
FOREIGN_BACKGROUND = {"chromium": "scripts", "firefox": "service_worker"}
BEFORE_ZIP = (1980, 1, 1, 0, 0, 0)


def manifest(package: Package, browser: Browser) -> dict[str, Any]:
    """The manifest of one package: only what this browser knows and this package needs."""
    made: dict[str, Any] = json.loads((SOURCE / "manifest.json").read_text(encoding="utf-8"))
    for name in FOREIGN[browser]:
        del made[name]
    del made["background"][FOREIGN_BACKGROUND[browser]]
    if browser == "firefox":
        for resources in made["web_accessible_resources"]:
            del resources["use_dynamic_url"]
    if package == "practice":
        made["host_permissions"] = PRACTICE_ORIGINS
    else:
        made.pop("key", None)
    return made


def shipped(package: Package) -> Iterator[Path]:
    """What goes into a package, relative to extension/: no types, recorded pages or notes."""
    for path in sorted(SOURCE.rglob("*")):
        relative = path.relative_to(SOURCE)
        in_carrier = relative.parts[0] == "carriers"
        if not path.is_file() or path.name == "manifest.json" or path.name.endswith(".d.ts"):
            continue
        if in_carrier and (path.name != "profile.json" or (package == "store" and _practice(path))):
            continue
        yield relative


def _practice(profile: Path) -> bool:
    """Whether it is of an invented insurer, which is for practice only."""
    return bool(json.loads(profile.read_bytes()).get("practice", False))


def build(package: Package, browser: Browser, out: Path) -> Path:
    """Write one package as a folder. What was there before is gone."""
    folder = out / package / browser
    shutil.rmtree(folder, ignore_errors=True)
    for relative in shipped(package):
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SOURCE / relative, target)
    text = json.dumps(manifest(package, browser), ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return folder


def pack(folder: Path, target: Path) -> Path:
    """Zip a folder so that the same contents make the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), BEFORE_ZIP)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return target


def main() -> None:
    """Build all four packages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for package in get_args(Package):
        for browser in get_args(Browser):
            folder = build(package, browser, out)
            version = manifest(package, browser)["version"]
            print(pack(folder, out / f"chudan-{package}-{browser}-{version}.zip"))


if __name__ == "__main__":
    main()
