"""Every link from page to management system, broken once for real.

`chudan doctor` names it and says what to do, and the popup's lamps show the same truth.
"""

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from companion.protocol import HOST_NAME
from scripts.stage.blows import kill_hosts
from scripts.stage.browser import Browser, Tab
from scripts.stage.desk import Desk, team_server
from scripts.stage.desktop import private_desktop
from scripts.stage.keyring import lock, unlock
from scripts.stage.office import OfficeReader
from scripts.stage.portal import account, practice_portal
from scripts.stage.theatre import CARRIER, Theatre
from scripts.stage.waiting import until
from tests.browser.conftest import Stage
from tests.browser.gallery import Gallery

LOCKED = 5
"""Status of a daemon that finds the keyring locked."""
LINKS = {
    "zh_CN": [
        *("登记文件", "启动脚本", "扩展编号", "通信程序", "系统密钥环", "本机通道"),
        *("本机助手", "管理系统", "浏览器扩展", "保险公司会话"),
    ],
    "en": [
        *("Registration", "Launcher", "Extension ids", "Native host", "System keyring", "Local socket"),
        *("Companion", "Management system", "Browser extension", "Portal session"),
    ],
}
_LAMPS = """() => Object.fromEntries([...document.querySelectorAll("[data-lamp]")].map((row) =>
    [row.dataset.lamp, row.dataset.state + " " + row.querySelector("p").textContent]))"""

RECONNECT = "() => document.querySelector('[data-verb=reconnect]')?.click()"
"""Presses 重新连接 if it stands there at this very moment."""
_OFFERED = """() => [...document.querySelectorAll("#console, #diagnostics")]
    .filter((button) => !button.disabled).map((button) => button.id)"""


@dataclass(frozen=True)
class Report:
    """What `chudan doctor` printed: each link with its mark, and the advice under it."""

    status: int
    marks: dict[str, str]
    words: dict[str, str]
    advice: dict[str, str]
    conclusion: str

    @classmethod
    def of(cls, status: int, text: str) -> "Report":
        """Read the printed report."""
        *lines, empty, conclusion = text.splitlines()
        assert empty == ""
        marks, words, advice, link = {}, {}, {}, ""
        for line in lines:
            if line.startswith("    → "):
                advice[link] = line.removeprefix("    → ")
            else:
                head, words_of_link = line[2:].split("  ", 1)
                link, marks[head], words[head] = head, line[0], words_of_link
        return cls(status, marks, words, advice, conclusion)

    @property
    def first(self) -> str:
        """The first broken link."""
        return next(link for link, mark in self.marks.items() if mark == "✗")


@dataclass
class Ward:
    """One desk under examination, with the browser in front of it."""

    theatre: Theatre
    kind: str
    profile: Path
    gallery: Gallery
    popup: Tab | None = None

    @property
    def where(self) -> list[str]:
        """What to tell commands about the browser."""
        return (
            ["--browser", "firefox"] if self.kind == "firefox" else ["--browser-profile", str(self.profile)]
        )

    @property
    def manifest(self) -> Path:
        """The browser's registration."""
        home = Path(self.theatre.desktop.environment["HOME"])
        folder = home / ".mozilla/native-messaging-hosts"
        if self.kind == "chromium":
            folder = self.profile / "NativeMessagingHosts"
        return folder / f"{HOST_NAME}.json"

    @property
    def launcher(self) -> Path:
        """The script that the registration names."""
        return self.manifest.with_suffix(".sh")

    def examine(self) -> Report:
        """Run the doctor."""
        done = self.theatre.desk.run("doctor", *self.where)
        assert done.stderr == ""
        report = Report.of(done.returncode, done.stdout)
        assert list(report.marks) == LINKS[self.theatre.locale]
        return report

    def comes_back(self) -> None:
        """The browser is connected again, and the popup says so."""
        self.lamps(reconnect=True, extension="ok", companion="ok", office="ok", session="ok")

    def is_well(self) -> None:
        """The browser comes back, and nothing is broken."""
        self.comes_back()
        report = until(lambda: _if_well(self.examine()), "the doctor finds nothing")
        assert set(report.marks.values()) == {"✓"}
        assert report.advice == {}

    def finds(self, link: str, words: str, advice: str) -> Report:
        """The doctor names this link first, in these words and with this advice; all before it is well."""
        report = until(lambda: _if_first(self.examine(), link), f"the doctor names {link}")
        assert report.status == 1
        before = list(report.marks.values())[: list(report.marks).index(link)]
        assert "✗" not in before
        assert words in report.words[link]
        assert advice in report.advice[link]
        assert link in report.conclusion
        return report

    def follow(self, report: Report) -> None:
        """Do what the doctor said, to the letter, where it is a command that ends."""
        command = report.advice[report.first].split("chudan ", 1)[1].split("。")[0].split(". ")[0]
        words = shlex.split(command)
        assert words[1:3] == ["--home", str(self.theatre.desk.home)]
        self.theatre.desk.must(words[0], *words[3:])

    def lamps(self, picture: str = "", *, reconnect: bool = False, **expected: str) -> None:
        """The popup's lamps begin with these words (state, then reason); a picture, if it has a name.

        `reconnect`: press the popup's button whenever it stands there, instead of waiting for the next try.
        """
        assert self.popup is not None
        look = partial(self._lamps_are, self.popup, expected, reconnect=reconnect)
        try:
            until(look, "the lamps")
        except AssertionError:
            raise AssertionError(f"{expected} expected, shown {self.popup.main.evaluate(_LAMPS)}") from None
        if picture:
            self.gallery.take(f"popup-{picture}", self.popup)

    def offers(self, *buttons: str) -> None:
        """Of the popup's ways into console and diagnostics, only these can be pressed."""
        assert self.popup is not None
        assert self.popup.main.evaluate(_OFFERED) == list(buttons)

    def _lamps_are(self, popup: Tab, expected: dict[str, str], *, reconnect: bool) -> bool:
        shown = popup.main.evaluate(_LAMPS)
        right = all(shown.get(name, "").startswith(text) for name, text in expected.items())
        if reconnect and not right:
            popup.main.evaluate(RECONNECT)
        return right


@contextmanager
def ward(theatre: Theatre, kind: str) -> Iterator[tuple[Ward, Browser]]:
    """A browser with its popup open in a tab."""
    profile = theatre.folder / f"{kind}-profile"
    gallery = Gallery(theatre.locale, kind)
    with theatre.browser(kind, profile) as browser:
        popup = browser.open(browser.extension_url("popup/popup.html"))
        yield Ward(theatre, kind, profile, gallery, popup), browser
    assert gallery.too_wide == []


def test_every_link_of_a_desk(stage: Stage) -> None:
    """One desk, all breakages one after the other; each is mended as the doctor says."""
    theatre = stage()
    nobody = Ward(theatre, "chromium", theatre.folder / "chromium-profile", Gallery("zh_CN", "chromium"))
    theatre.desk.install("chromium", nobody.profile)
    nobody.finds("浏览器扩展", "没有浏览器连接到本机助手", "打开装有出单助手扩展的浏览器")
    with ward(theatre, "chromium") as (desk, browser):
        _session(desk, browser)
        _registration(desk)
        _launcher(desk)
        _daemon(desk)
        _keyring(desk)


def _session(desk: Ward, browser: Browser) -> None:
    advice = "在浏览器中登录保险公司系统"
    desk.lamps(companion="ok 正常", office="ok 已连接", session="waiting 没有登录任何保险公司系统")
    desk.finds("保险公司会话", "没有已登录的保险公司会话", advice)
    clerk = desk.theatre.clerk(browser)
    clerk.log_in()
    desk.is_well()
    desk.lamps("well", extension="ok 正常", companion="ok 正常", office="ok", session="ok 已登录 ")
    desk.offers("console", "diagnostics")
    clerk.log_out()
    desk.lamps("logged-out", companion="ok", office="ok", session="waiting 没有登录任何保险公司系统")
    desk.finds("保险公司会话", "没有已登录的保险公司会话", advice)
    clerk.log_in()
    desk.comes_back()


def _registration(desk: Ward) -> None:
    desk.manifest.unlink()
    kill_hosts(desk.theatre)
    desk.lamps(
        "manifest-gone", extension="ok", companion="broken 浏览器找不到本机助手", office="waiting 要等"
    )
    report = desk.finds("登记文件", "没有登记文件", "chudan install")
    assert str(desk.manifest) in report.words["登记文件"]
    desk.follow(report)
    ids = {"allowed_origins": ["chrome-extension://" + "a" * 32 + "/"]}
    desk.manifest.write_text(json.dumps(json.loads(desk.manifest.read_text()) | ids))
    desk.lamps(
        "wrong-id",
        reconnect=True,
        extension="ok",
        companion="broken 本机助手不认识这个扩展",
        office="waiting 要等",
    )
    desk.follow(desk.finds("扩展编号", "登记文件允许的扩展编号不对", "chudan install"))
    desk.comes_back()


def _launcher(desk: Ward) -> None:
    desk.launcher.unlink()
    kill_hosts(desk.theatre)
    desk.lamps(
        "launcher-gone", extension="ok", companion="broken 浏览器找不到本机助手", office="waiting 要等"
    )
    desk.follow(desk.finds("启动脚本", "启动脚本不存在", "chudan install"))
    desk.launcher.chmod(0o600)
    desk.lamps(
        "launcher-broken",
        reconnect=True,
        extension="ok",
        companion="broken 本机助手启动不了",
        office="waiting 要等",
    )
    desk.follow(desk.finds("启动脚本", "不能执行", "chudan install"))
    desk.comes_back()


def _daemon(desk: Ward) -> None:
    start = f"chudan daemon --home {desk.theatre.desk.home}"
    desk.theatre.desk.stop()
    desk.lamps("daemon-stopped", extension="ok", companion="broken 本机助手没有运行", office="waiting 要等")
    desk.offers()
    assert desk.popup is not None
    assert (
        desk.popup.main.evaluate("() => document.getElementById('recent').innerText")
        == "现在看不到最近的记录。"
    )
    desk.finds("本机助手", "没有运行", start)
    desk.theatre.desk.start()
    desk.comes_back()
    desk.theatre.desk.kill()
    assert desk.theatre.desk.socket.is_socket(), "a daemon that is killed leaves its socket behind"
    desk.lamps("daemon-killed", extension="ok", companion="broken 本机助手没有运行", office="waiting 要等")
    desk.finds("本机通道", "已经退出的本机助手留下的", start)
    desk.theatre.desk.start()
    desk.comes_back()


def _keyring(desk: Ward) -> None:
    """Locked under a daemon that must start again: to start it would help nobody."""
    environment = desk.theatre.desktop.environment
    desk.theatre.desk.stop()
    lock(environment)
    refused = desk.theatre.desk.run("daemon")
    assert (refused.returncode, "系统密钥环已锁定" in refused.stderr) == (LOCKED, True)
    desk.lamps("keyring-locked", extension="ok", companion="broken 本机助手没有运行", office="waiting 要等")
    desk.finds("系统密钥环", "已锁定", "解锁系统密钥环")
    unlock(environment)
    desk.theatre.desk.start()
    desk.is_well()


def test_a_team_server_that_is_away(tmp_path: Path, packages: Path, postgresql_url: str) -> None:
    """In English and in Firefox, whose words for a missing host are its own."""
    with ExitStack() as stack:
        desktop = stack.enter_context(private_desktop(tmp_path))
        desktop.environment.update({"LANGUAGE": "en", "CHUDAN_LOCALE": "en"})
        portal = stack.enter_context(practice_portal(CARRIER, tmp_path))
        place = Desk(tmp_path / "desk", desktop.environment)
        serve = partial(team_server, postgresql_url, place.environment)
        with serve(tmp_path / "first.log") as first:
            token = OfficeReader(first.url).post("devices", {"code": first.code, "name": "reader"})["token"]
        server = stack.enter_context(ExitStack())
        office = server.enter_context(serve(tmp_path / "office.log"))
        reader = OfficeReader(office.url, token)
        reader.post("accounts", account(CARRIER, portal.origin))
        place.must("enrol", office.url, office.code)
        stack.callback(place.stop)
        place.start()
        theatre = Theatre(tmp_path, packages, "en", desktop, portal, place, reader, CARRIER)
        with ward(theatre, "firefox") as (desk, browser):
            theatre.clerk(browser).log_in()
            desk.is_well()
            _registration_in_english(desk)
            server.close()
            desk.lamps("office-away", companion="ok", office="broken The management system cannot be reached")
            desk.offers("diagnostics")
            desk.finds(
                "Management system", "cannot be reached", "Check the network and the management system"
            )


def _registration_in_english(desk: Ward) -> None:
    kept = desk.manifest.read_text()
    unknown = "broken The browser cannot find the companion"
    breaks: list[tuple[str, Callable[[], object], str]] = [
        ("Registration", desk.manifest.unlink, unknown),
        ("Extension ids", lambda: desk.manifest.write_text(kept.replace("companion@", "another@")), unknown),
        ("Launcher", desk.launcher.unlink, "broken The companion cannot be started"),
    ]
    for link, break_it, shown in breaks:
        break_it()
        kill_hosts(desk.theatre)
        picture = f"no-{link.lower().replace(' ', '-')}"
        desk.lamps(picture, companion=shown, office="waiting Unknown until")
        desk.follow(desk.finds(link, "", "Run chudan install"))
        desk.comes_back()


def _if_well(report: Report) -> Report | None:
    return report if report.status == 0 else None


def _if_first(report: Report, link: str) -> Report | None:
    return report if report.status and report.first == link else None
