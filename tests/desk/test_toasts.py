"""Every toast (冒泡提醒) as the notification server receives it, in both languages: a daemon in real trouble.

The texts are written to screenshots/toasts-<locale>.json.
"""

import json
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from companion.protocol import Ask, ErrorCode, Refusal, Shown
from companion.web.i18n import LOCALES
from scripts.stage.desktop import Desktop, private_desktop
from scripts.stage.processes import Child
from scripts.stage.waiting import until
from tests.desk.browser import NUMBERS, Browser, hint, new_id, place
from tests.desk.running import COMMAND, ROOT, RunningDesk, ready
from tests.desk.test_path import answer

WORDS = ROOT / "companion" / "web" / "locales"
OTHERS = ("TDAA202644030000000003", "TDZA202644030000000004")
FIRST, SECOND = ", ".join(NUMBERS), ", ".join(OTHERS)
FAILED = "投保单下载失败请联系管理员"
"""The customer's own words, whatever the language."""
READ = {
    "zh_CN": {
        "download_done": ["粤B12345 报价已下载", f"{FIRST} 的资料已存入管理系统"],
        "download_failed": [FAILED, f"粤B12345（{SECOND}）"],
        "event_refused": ["有一条事件未被管理系统接受", "其他事件不受影响。请打开诊断页查看。"],
        "store_unavailable": ["本机数据暂时无法写入", "新的事件暂存在浏览器中，恢复后自动写入。"],
        "disk_full": ["磁盘已满，新的事件暂存在浏览器中", "请清理磁盘。恢复后自动写入，不会丢失。"],
        "store_works": ["本机数据已恢复写入", ""],
    },
    "en": {
        "download_done": [
            "粤B12345: quote downloaded",
            f"The data of {FIRST} are stored in the management system",
        ],
        "download_failed": [
            FAILED,
            f"Proposal download failed: 粤B12345 ({SECOND}). Please contact the administrator.",
        ],
        "event_refused": [
            "The management system did not take an event",
            "Others are not affected. See the diagnostics page.",
        ],
        "store_unavailable": [
            "This desk's data cannot be written now",
            "New events stay in the browser and are written by themselves later.",
        ],
        "disk_full": [
            "The disk is full; new events stay in the browser",
            "Free some space. They are written by themselves then; nothing is lost.",
        ],
        "store_works": ["This desk's data can be written again", ""],
    },
}
"""What the clerk must read: title and text of every toast there is."""
SMALL_DISK = (
    'mount -t tmpfs -o size=8m none "$1"; user=$2; group=$3; shift 3; '
    'exec unshare --user --map-user="$user" --map-group="$group" "$@"'
)
"""A disk that the daemon alone sees; bus and keyring must still meet it as the user whose they are."""


@contextmanager
def on_a_small_disk(desktop: Desktop, home: Path) -> Iterator[RunningDesk]:
    """A daemon whose home is a file system of 8 MB."""
    home.mkdir()
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", SMALL_DISK, "sh"]
    whose = [str(home), str(os.getuid()), str(os.getgid())]
    command = [*apart, *whose, *COMMAND, "daemon", "--home", str(home)]
    log = home.with_suffix(".err")
    with Child(command, log=log, environment=desktop.environment, directory=ROOT) as process:
        yield ready(process, home)


@contextmanager
def no_writing(desk: RunningDesk) -> Iterator[ErrorCode]:
    """The file system takes nothing more, though there is space."""
    _, most = resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (0, most))
    yield ErrorCode.STORE_UNAVAILABLE
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def no_space(desk: RunningDesk) -> Iterator[ErrorCode]:
    """Something else has taken the last byte of the disk."""
    ballast = Path(f"/proc/{desk.process.pid}/root{desk.home}/ballast")
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while out.write(b"-" * 4096):
            pass
    yield ErrorCode.DISK_FULL
    ballast.unlink()


class Recording:
    """One desk on a desktop, and its toasts by name, as they were received."""

    def __init__(self, desktop: Desktop, desk: RunningDesk, browser: Browser) -> None:
        self._desktop = desktop
        self._desk = desk
        self._browser = browser
        self.texts: dict[str, list[str]] = {}

    @contextmanager
    def toast(self, name: str) -> Iterator[None]:
        """What happens in here makes one toast."""
        before = len(self._desktop.toasts())
        yield
        until(lambda: len(self._desktop.toasts()) > before, f"toast {name}")
        [shown] = self._desktop.toasts()[before:]
        received = [shown["title"], shown["body"]]
        assert self.texts.setdefault(name, received) == received

    def file(self, numbers: tuple[str, ...], whoami: str) -> None:
        """A saved quote is confirmed and answered; `whoami` is logged in when it is downloaded."""
        self._browser.send(hint(*numbers))
        self._browser.answer_job(numbers=numbers)
        self._browser.send(answer(self._browser.expect(Ask).question.id, "download_only"))
        self._browser.answer_job(numbers=numbers, whoami=whoami)

    def tell_nonsense(self) -> None:
        """An event that no management system can take: a question nobody asked was shown."""
        self._browser.send(Shown(id=new_id(), at=1, question=new_id(), place=place()))

    def suffer(
        self, name: str, trouble: Callable[[RunningDesk], AbstractContextManager[ErrorCode]], number: str
    ) -> None:
        """Nothing can be kept for a while, then everything again."""
        seen = hint(number)
        with trouble(self._desk) as code, self.toast(name):
            self._browser.send(seen)
            refusal = self._browser.expect(Refusal)
            assert (refusal.re, refusal.code, refusal.retry) == (seen.id, code, True)
        with self.toast("store_works"):
            self._browser.send(seen)
            self._browser.acked(seen.id)


OF_A_WHOLE_PATH = ("policy_", "e_policy_", "files_", "quick_")
"""Toasts of files and quick downloads: what provokes them is tested with a browser and a portal."""


def named(locale: str) -> set[str]:
    """The names of all toasts that this desk can be brought to show."""
    keys: set[str] = set()
    for kind in ("toast", "desk_toast"):
        keys |= json.loads((WORDS / locale / f"{kind}.json").read_text(encoding="utf-8")).keys()
    return {key.removesuffix("_text") for key in keys if not key.startswith(OF_A_WHOLE_PATH)}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_toast_is_read_as_meant(tmp_path: Path, locale: str) -> None:
    with private_desktop(tmp_path) as desktop:
        desktop.environment["CHUDAN_LOCALE"] = locale
        with on_a_small_disk(desktop, tmp_path / "desk") as desk, Browser(desk.socket) as browser:
            browser.hello().log_in()
            recording = Recording(desktop, desk, browser)
            with recording.toast("download_done"):
                recording.file(NUMBERS, "clerk01")
            with recording.toast("download_failed"):
                recording.file(OTHERS, "clerk02")
            with recording.toast("event_refused"):
                recording.tell_nonsense()
            recording.suffer("store_unavailable", no_writing, "TDAA202644030000000005")
            recording.suffer("disk_full", no_space, "TDAA202644030000000006")
    written = ROOT / "screenshots" / f"toasts-{locale}.json"
    written.parent.mkdir(exist_ok=True)
    written.write_text(json.dumps(recording.texts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert recording.texts == READ[locale]
    assert recording.texts.keys() == named(locale), "every toast there is was provoked"
