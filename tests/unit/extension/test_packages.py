"""Four packages: per browser, store and practice differ as designed and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from scripts.package_extension import Browser, build, manifest, pack, shipped

BROWSERS: list[Browser] = ["chromium", "firefox"]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("browser", BROWSERS)
def test_practice_differs_from_store_as_designed_only(browser: Browser, tmp_path: Path) -> None:
    store = contents(build("store", browser, tmp_path))
    practice = contents(build("practice", browser, tmp_path))
    differ = {name for name in store.keys() | practice.keys() if store.get(name) != practice.get(name)}
    assert differ == {"manifest.json", "carriers/haihe/profile.json"}
    assert "carriers/haihe/profile.json" not in store
    for_store, for_practice = manifest("store", browser), manifest("practice", browser)
    added = {name: value for name, value in for_practice.items() if for_store.get(name) != value}
    assert added.pop("host_permissions") == ["http://*.localhost/*"]
    assert set(added) == ({"key"} if browser == "chromium" else set())
    assert for_store.keys() <= for_practice.keys()


@pytest.mark.parametrize("package", ["store", "practice"])
def test_browsers_differ_in_the_manifest_only(package: Any, tmp_path: Path) -> None:
    chromium = contents(build(package, "chromium", tmp_path))
    firefox = contents(build(package, "firefox", tmp_path))
    assert {name for name in chromium if chromium[name] != firefox[name]} == {"manifest.json"}
    assert chromium.keys() == firefox.keys()


def test_each_browser_gets_what_it_knows() -> None:
    chromium, firefox = manifest("store", "chromium"), manifest("store", "firefox")
    assert list(chromium["background"]) == ["service_worker", "type"]
    assert list(firefox["background"]) == ["scripts", "type"]
    assert "browser_specific_settings" not in chromium
    assert "key" not in chromium
    assert "key" not in manifest("practice", "firefox")


def test_recorded_pages_types_and_notes_stay_here() -> None:
    names = [path.as_posix() for path in shipped("practice")]
    carriers = [name for name in names if name.startswith("carriers/")]
    assert carriers
    assert [name for name in carriers if not name.endswith("/profile.json")] == []
    assert [name for name in names if name.endswith((".d.ts", ".md", ".zip"))] == []


def test_the_same_tree_makes_the_same_bytes(tmp_path: Path) -> None:
    first = pack(build("store", "chromium", tmp_path / "a"), tmp_path / "a.zip")
    second = pack(build("store", "chromium", tmp_path / "b"), tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()


def test_a_folder_is_made_anew(tmp_path: Path) -> None:
    folder = build("store", "chromium", tmp_path)
    (folder / "left_over.js").write_text("")
    assert "left_over.js" not in contents(build("store", "chromium", tmp_path))
