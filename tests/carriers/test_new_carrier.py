"""Beginning a carrier: its folder is usable at once, and the first test says what comes next."""

import json
import re
import shutil
from pathlib import Path

import pytest

from companion import carriers
from scripts import new_carrier
from scripts.recording.recorder import Recorder
from scripts.recording.taken import take
from tests.carriers.steps import STEPS, next_step

NAME = "example"


def test_the_folder_is_valid_and_its_test_fails_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "tests" / "carriers").mkdir(parents=True)
    files = new_carrier.begin(NAME, tmp_path)
    root = tmp_path / "extension" / "carriers"
    assert carriers.load(root / NAME).id == NAME
    assert {path.name for path in (root / NAME).iterdir()} == {
        "profile.json",
        "NOTES.md",
        "pages",
        "expected",
    }
    step = next_step(NAME, root)
    assert step is not None
    assert (step.startswith("Record pages"), f"record_page.py {NAME} " in step) == (True, True)
    space: dict[str, object] = {}
    exec(compile(files[-1].read_text(encoding="utf-8"), "generated", "exec"), space)  # it is a test itself
    assert "test_the_carrier_is_whole" in space
    with pytest.raises(ValueError, match="there already"):
        new_carrier.begin(NAME, tmp_path)


@pytest.mark.parametrize("name", ["", "Big", "../x", "1st", "with-dash", "x" * 40])
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        new_carrier.begin(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("carrier", sorted(carriers.profiles()))
def test_a_carrier_that_is_there_has_no_step_left(carrier: str) -> None:
    assert next_step(carrier) is None


def test_every_step_is_asked_for_when_it_is_missing(tmp_path: Path) -> None:
    """Taking a whole carrier apart from its end asks for the steps one after the other."""
    shutil.copytree(carriers.FOLDER / "picc", tmp_path / "picc")
    (tmp_path / "picc" / "NOTES.md").write_text("", encoding="utf-8")
    asked = next_step("picc", tmp_path)
    assert asked == STEPS[-1][1]
    for file in (tmp_path / "picc" / "expected").glob("*.json"):
        if json.loads(file.read_bytes())["given"]["as"] == "answer":
            file.unlink()
    asked = next_step("picc", tmp_path)
    assert asked is not None
    assert "--query confirm" in asked


def test_what_a_person_saved_is_redacted_and_taken_over(tmp_path: Path) -> None:
    recorder = taker(tmp_path)
    page = tmp_path / "page.html"
    page.write_text("<html><body><b id=who>张伟明</b><th>投保单号</th></body></html>", encoding="utf-8")
    take(recorder, page, "list", {"as": "page", "url": "/list.do?id=440304198802153417"})
    answer = tmp_path / "answer.json"
    answer.write_text(
        '{"code": 0, "data": {"owner": "张伟明", "policyNo": "PDAA20260000000011"}}', encoding="utf-8"
    )
    note = {"method": "POST", "url": "/save", "status": 200}
    assert take(recorder, answer, "save", {"as": "note", "note": note}) == ["list", "save"]
    texts = [file.read_text(encoding="utf-8") for file in (tmp_path / "pages").iterdir()]
    given = json.loads((tmp_path / "expected" / "list.json").read_bytes())["given"]
    assert [one for one in texts if "张伟明" in one or "20260000000011" in one] == []
    assert "投保单号" in (tmp_path / "pages" / "list.html").read_text(encoding="utf-8")
    assert re.fullmatch(r"/list\.do\?id=4[0-9]{17}", given["url"])
    assert given["url"] != "/list.do?id=440304198802153417"
    with pytest.raises(ValueError, match="--url"):
        take(recorder, page, "again", {"as": "page", "url": None})


def test_what_was_sent_is_redacted_with_the_answer(tmp_path: Path) -> None:
    """The same number is the same in the address, in what was sent and in the answer."""
    recorder = taker(tmp_path)
    saved = tmp_path / "paid.txt"
    saved.write_bytes('{"code": 0, "no": "TDAA202600000000000017", "name": "张伟明"}'.encode("gbk"))
    url = "/pay?no=TDAA202600000000000017"
    note = {"as": "note", "note": {"method": "POST", "url": url, "status": 200}}
    sent = "bizNo=TDAA202600000000000017&phone=13912345678"
    with pytest.raises(ValueError, match="--encoding"):
        take(recorder, saved, "paid", note)
    take(recorder, saved, "paid", note, encoding="gbk", sent=sent)
    text = (tmp_path / "pages" / "paid.json").read_text(encoding="utf-8")
    made = json.loads((tmp_path / "expected" / "paid.json").read_bytes())["given"]["note"]
    number = json.loads(text)["no"]
    assert number != "TDAA202600000000000017"
    assert made["url"] == f"/pay?no={number}"
    assert made["requestBody"].startswith(f"bizNo={number}&phone=1")
    assert "13912345678" not in made["requestBody"]
    answer = {"as": "answer", "query": "confirm", "numbers": ["TDAA202600000000000017"], "url": "/list"}
    take(recorder, saved, "asked", answer, encoding="gbk")
    asked = json.loads((tmp_path / "expected" / "asked.json").read_bytes())["given"]["numbers"]
    assert asked == [json.loads((tmp_path / "pages" / "asked.json").read_bytes())["no"]]


def test_what_the_popup_saved_comes_apart_into_its_frames(tmp_path: Path) -> None:
    recorder = taker(tmp_path)
    file = tmp_path / "saved.html"
    page = "&lt;!DOCTYPE html&gt;\n&lt;p&gt;a &amp;amp; b&lt;/p&gt;"
    frame = f'<iframe sandbox data-url="{{}}" srcdoc="{page}"></iframe>'
    file.write_text(frame.format("/top") + frame.format("/inner?q=1&amp;r=2"), encoding="utf-8")
    assert take(recorder, file, "seen", {"as": "page", "url": None}) == ["seen", "seen-2"]
    assert (tmp_path / "pages" / "seen-2.html").read_text(
        encoding="utf-8"
    ) == "<!DOCTYPE html>\n<p>a &amp; b</p>"
    given = json.loads((tmp_path / "expected" / "seen-2.json").read_bytes())["given"]
    assert given == {"as": "page", "url": "/inner?q=1&r=2", "by_hand": True}


def test_what_came_from_elsewhere_stays_when_a_portal_is_recorded_anew(tmp_path: Path) -> None:
    field, gone = taker(tmp_path), Recorder(tmp_path)
    field.keep("seen.html", "<p>", {"as": "page", "url": "/seen"})
    gone.keep("before.html", "<p>", {"as": "page", "url": "/before"})
    anew = Recorder(tmp_path)
    anew.keep("now.html", "<p>", {"as": "page", "url": "/now"})
    anew.tidy()
    assert {file.name for file in (tmp_path / "pages").iterdir()} == {"seen.html", "now.html"}
    assert {file.name for file in (tmp_path / "expected").iterdir()} == {"seen.json", "now.json"}


def taker(folder: Path) -> Recorder:
    for part in ("pages", "expected"):
        (folder / part).mkdir()
    return Recorder(folder, by_hand=True)
