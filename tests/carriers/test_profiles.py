"""Carrier profiles: what is a usable one, and what is said of one that is not."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from companion import carriers

KNOWN = sorted(carriers.profiles())


def broken(tmp_path: Path, **changes: Any) -> Path:
    """A copy of a carrier's folder with some top-level parts changed."""
    folder = tmp_path / "picc"
    folder.mkdir()
    profile = json.loads((carriers.FOLDER / "picc" / "profile.json").read_bytes())
    (folder / "profile.json").write_text(json.dumps({**profile, **changes}), encoding="utf-8")
    return folder


def test_the_schema_says_what_the_models_say() -> None:
    """`python scripts/profile_schema.py` writes it."""
    written = (carriers.FOLDER / carriers.SCHEMA).read_text(encoding="utf-8")
    assert written == carriers.schema()
    Draft202012Validator.check_schema(json.loads(written))


@pytest.mark.parametrize("carrier", KNOWN)
def test_every_profile_fulfils_the_schema(carrier: str) -> None:
    schema = json.loads((carriers.FOLDER / carriers.SCHEMA).read_bytes())
    profile = json.loads((carriers.FOLDER / carrier / "profile.json").read_bytes())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(profile)] == []


@pytest.mark.parametrize("carrier", KNOWN)
def test_page_hints_name_pages_that_exist(carrier: str) -> None:
    profile = carriers.profiles()[carrier].profile
    assert {hint.page for hint in profile.hints_page} <= set(profile.pages)


@pytest.mark.parametrize("carrier", KNOWN)
def test_a_carrier_can_be_confirmed_and_downloaded(carrier: str) -> None:
    profile = carriers.profiles()[carrier].profile
    assert set(profile.queries) == {"confirm", "detail"}
    for query in profile.queries.values():
        answers = [answer for answer in (query.answer, query.walk_answer) if answer is not None]
        assert all(any(not lines.unreadable for lines in one.lines) for one in answers)
        if asked := query.request:
            assert '"{numbers}"' in json.dumps([asked.query, asked.form, asked.envelope])
        else:
            assert query.walk is not None
            assert "{number}" in query.walk.model_dump_json()


def test_an_invented_insurer_is_offered_for_practice_only() -> None:
    invented = {one.id for one in carriers.offered(practice=True)} - {
        one.id for one in carriers.offered(practice=False)
    }
    assert invented == {"haihe"}


def test_the_hash_is_of_the_bytes_the_browser_loads() -> None:
    loaded = carriers.profiles()["picc"]
    content = (carriers.FOLDER / "picc" / "profile.json").read_bytes()
    assert loaded.hash == hashlib.sha256(content).hexdigest()


def test_names_come_in_both_languages() -> None:
    loaded = carriers.profiles()["picc"]
    assert (loaded.name("zh_CN"), loaded.name("en")) == ("人保财险", "PICC")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"surprise": 1}, "picc: surprise: Extra inputs"),
        ({"encoding": "big5"}, "picc: encoding: Input should be"),
        ({"carrier": "other"}, "picc: names itself other"),
        ({"default_origin": "portal.example"}, "picc: default_origin: String should match"),
        ({"queries": {"pay": {}}}, "picc: queries.pay"),
    ],
)
def test_a_bad_profile_is_refused_by_name(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(carriers.BadProfile) as refused:
        carriers.load(broken(tmp_path, **changes))
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    "host", ["{host}", "*.{host}", "cas.{host}.cn", "//evil", "cas.{host}/x", "Cas.{host}", "10.0.0.1"]
)
def test_a_further_host_is_a_name_of_its_own_or_one_under_the_accounts(tmp_path: Path, host: str) -> None:
    with pytest.raises(carriers.BadProfile, match=r"further_hosts\.0\.host"):
        carriers.load(broken(tmp_path, further_hosts=[{"host": host}]))


def test_where_a_portals_top_pages_stand(tmp_path: Path) -> None:
    further = [
        {"host": "cas.{host}", "top": True},
        {"host": "sso.other.cn:8443", "top": True},
        {"host": "pay.{host}"},
    ]
    carrier = carriers.load(broken(tmp_path, further_hosts=further))
    assert carrier.tops("https://p.example:8443") == {
        "https://p.example:8443",
        "https://cas.p.example:8443",
        "https://sso.other.cn:8443",
    }
    assert carriers.tops("nobody", "https://p.example") == {"https://p.example"}


def test_an_unknown_transform_is_refused(tmp_path: Path) -> None:
    whoami = json.loads((carriers.FOLDER / "picc" / "profile.json").read_bytes())["whoami"]
    whoami["page"][0]["transform"] = "guess"
    with pytest.raises(carriers.BadProfile, match=r"whoami\.page\.0\.transform"):
        carriers.load(broken(tmp_path, whoami=whoami))


def test_a_folder_without_a_profile_is_refused(tmp_path: Path) -> None:
    folder = broken(tmp_path)
    shutil.rmtree(folder)
    with pytest.raises(carriers.BadProfile, match="No such file"):
        carriers.load(folder)
