"""The desk's own pages: first run and diagnostics, over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from companion.desk.pages import AccountView, make_pages
from companion.desk.pages.account_form import origin_of
from companion.settings import Settings
from companion.web.links import MemoryLinks
from tests.console.desk import ILL, KEY, MemoryDesk
from tests.console.visit import Reader
from tests.unit.web.served import HandClock, served

FORM = {
    "carrier": "picc",
    "origin": "http://PICC.localhost:8123/portal/main.do?x=1",
    "login": "clerk01",
    "password": "practice-01",
    "institution": "深圳福田店",
}


@dataclass
class Pages:
    """The pages of one desk and a reader of them."""

    desk: MemoryDesk
    reader: Reader


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    desk, links = MemoryDesk(), MemoryLinks(HandClock())
    async with served({"/desk": make_pages(desk, links, Settings())}) as site:
        yield Pages(desk, Reader(site, "/desk", links))


async def test_first_run_says_what_to_do(pages: Pages) -> None:
    page = await pages.reader.enter("/first_run")
    assert page.status == 200
    assert "还没有出单账号" in page.plain
    assert "浏览器扩展 正常" in page.plain
    assert (await pages.reader.get("/")).path == "/desk/first_run"


async def test_an_account_is_saved_with_its_origin_only(pages: Pages) -> None:
    await pages.reader.enter("/first_run")
    page = await pages.reader.post("/first_run", **FORM)
    assert pages.desk.saved == [
        ("picc", "http://picc.localhost:8123", "clerk01", "深圳福田店", "practice-01")
    ]
    assert page.path == "/desk/first_run?saved=1"
    assert "中国人保 clerk01 http://picc.localhost:8123 已保存" in page.plain


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("carrier", "nobody", "请选择保险公司。"),
        ("origin", "ftp://picc.localhost", "请填写以 http:// 或 https:// 开头的地址。"),
        ("login", " ", "请填写账号，最多 64 个字符。"),
        ("password", "", "请填写密码，最多 200 个字符。"),
        ("institution", "店" * 101, "机构名称最多 100 个字符。"),
    ],
)
async def test_a_wrong_field_is_named_and_the_password_never_comes_back(
    pages: Pages, field: str, value: str, said: str
) -> None:
    await pages.reader.enter("/first_run")
    page = await pages.reader.post("/first_run", **(FORM | {field: value}))
    assert page.status == 422
    assert said in page.plain
    assert "practice-01" not in page.text
    assert pages.desk.saved == []


async def test_a_known_account_may_keep_its_password(pages: Pages) -> None:
    pages.desk.kept.append(AccountView("picc", "http://picc.localhost:8123", "clerk01", "present"))
    await pages.reader.enter("/first_run")
    assert (await pages.reader.post("/first_run", **(FORM | {"password": ""}))).status == 200
    assert pages.desk.saved[0][-1] == ""


REASONS = ["office_away", "office_refused", "too_many_accounts", "keyring_locked", "no_keyring"]


@pytest.mark.parametrize("reason", REASONS)
async def test_why_an_account_was_not_saved(pages: Pages, reason: str) -> None:
    pages.desk.refuses = reason
    await pages.reader.enter("/first_run")
    page = await pages.reader.post("/first_run", **FORM)
    assert page.status == 409
    assert "未保存：" in page.plain
    assert "desk.not_saved" not in page.text
    assert 'value="clerk01"' in page.text
    assert "practice-01" not in page.text


async def test_the_recovery_key_is_shown_until_the_clerk_kept_it(pages: Pages) -> None:
    assert KEY in (await pages.reader.enter("/first_run")).text
    assert KEY in (await pages.reader.post("/recovery_key")).text
    assert KEY not in (await pages.reader.post("/recovery_key", kept="yes")).text


async def test_the_way_into_the_console(pages: Pages) -> None:
    await pages.reader.enter("/first_run")
    page = await pages.reader.post("/console")
    assert 'content="0; url=http://127.0.0.1:1/console/enter?key=x"' in page.text
    pages.desk.console = None
    page = await pages.reader.post("/console")
    assert page.status == 503
    assert "管理系统没有应答" in page.plain


async def test_diagnostics_say_what_is_wrong_and_the_report_names_nobody(pages: Pages) -> None:
    page = await pages.reader.enter("/diagnostics")
    assert "所有事件都已交给管理系统。" in page.plain
    report = page.text.split('id="report">')[1].split("</pre>")[0]
    assert "session picc: 1" in report
    assert "clerk01" not in report
    pages.desk.found = ILL
    page = await pages.reader.get("/diagnostics")
    for said in (
        "无法连接到管理系统",
        "事件已保存在本机，恢复后自动补交。",
        "7 条事件已保存在本机",
        "1 条事件被管理系统拒绝",
        "没有登录任何保险公司系统",
    ):
        assert said in page.plain
    assert "error 2026-03-02T08:59:26Z 211 office_away" in page.text


@pytest.mark.parametrize("path", ["/first_run", "/diagnostics"])
async def test_the_pages_speak_english_too(pages: Pages, path: str) -> None:
    pages.desk.found = ILL
    await pages.reader.enter(path)
    page = await pages.reader.post("/preferences", language="en", back=f"/desk{path}")
    assert page.path == f"/desk{path}"
    han = [letter for letter in page.plain.replace("中文", "") if "\u4e00" <= letter <= "\u9fff"]
    assert han == []


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("http://picc.localhost:8123", "http://picc.localhost:8123"),
        (" HTTPS://Portal.Example.CN:443/login ", "https://portal.example.cn"),
        ("portal.example.cn/login.do", "https://portal.example.cn"),
        ("http://10.1.2.3:8080", "http://10.1.2.3:8080"),
        ("", None),
        ("ftp://portal.example.cn", None),
        ("javascript:alert(1)", None),
        ("http://user:pw@portal.example.cn", None),
        ("http://portal.example.cn:99999", None),
        ("http://", None),
        ("http://a b.cn", None),
        ("http://portal..cn", None),
        ("http://portal.256", None),
        ("http://保险.example", None),
    ],
)
def test_an_origin_is_read_from_what_clerks_paste(typed: str, origin: str | None) -> None:
    assert origin_of(typed) == origin
