"""Toasts: words, limits of every platform, once per command."""

import pytest

from companion.background import Background
from companion.db.engine import Database
from companion.desk.notifiers import TEXT, TITLE, Toast, clipped
from companion.desk.toasts import Toasts, worded
from companion.management.wire import ToastCommand, ToastResult
from companion.web.i18n import LOCALES, Catalog, catalog
from tests.unit.desk.parts import ManualClock, eventually, new_id

WORDS = Catalog(
    "en",
    {
        "toast.done": "{plate} done",
        "toast.done_text": "for {who}",
        "toast.short": "short",
        "desk_toast.own": "own",
    },
)
OWN = ("disk_full", "store_unavailable", "store_works", "event_refused")
"""Toasts that the desk itself shows."""


class Recorder:
    """A notifier that remembers and says what it is told to say."""

    def __init__(self) -> None:
        self.shown: list[Toast] = []

    async def show(self, toast: Toast) -> ToastResult:
        self.shown.append(toast)
        return ToastResult(delivered=True, backend="recorder", detail=f"id={len(self.shown)}")


def command() -> ToastCommand:
    return ToastCommand(toast="done", params={"plate": "粤B12345", "who": "张三"}, proposal=None)


def test_a_toast_has_a_title_and_where_there_is_one_a_text() -> None:
    assert worded(WORDS, "done", {"plate": "A", "who": "B"}) == Toast("A done", "for B")
    assert worded(WORDS, "short", {}) == Toast("short", "")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", OWN)
def test_the_desks_own_toasts_have_words(locale: str, name: str) -> None:
    assert catalog(locale).has(f"desk_toast.{name}")
    assert catalog(locale).parameters(f"desk_toast.{name}") == frozenset()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("投保单已下载", "投保单已下载"),
        ("-t 0", "\u200b-t 0"),
        ("a\nb\x00c\ud800", "a b c "),
        ("保" * 63, "保" * 61 + "…"),
        ("保" * 62, "保" * 62),
        ("😀" * 40, "😀" * 30 + "…"),
    ],
)
def test_titles_fit_every_platform(title: str, shown: str) -> None:
    found = clipped(Toast(title, "")).title
    assert found == shown
    assert len(found.encode("utf-16-le")) // 2 <= TITLE


def test_texts_fit_every_platform() -> None:
    found = clipped(Toast("x", "😀" * 200)).text
    assert len(found.encode("utf-16-le")) // 2 <= TEXT
    assert found.endswith("😀…")


async def test_a_repeated_command_is_answered_but_not_shown_again(
    desk_db: Database, clock: ManualClock
) -> None:
    recorder, identity = Recorder(), new_id()
    first = Toasts(desk_db, recorder, WORDS, clock, Background())
    result = await first.show(identity, command())
    after_restart = Toasts(desk_db, recorder, WORDS, clock, Background())
    assert await after_restart.show(identity, command()) == result
    assert recorder.shown == [Toast("粤B12345 done", "for 张三")]
    await after_restart.show(new_id(), command())
    assert len(recorder.shown) == 2


async def test_a_store_that_is_away_does_not_keep_a_toast_back(desk_db: Database, clock: ManualClock) -> None:
    recorder = Recorder()
    toasts = Toasts(desk_db, recorder, WORDS, clock, Background())
    await desk_db.close()
    result = await toasts.show(new_id(), command())
    assert (result.delivered, len(recorder.shown)) == (True, 1)


async def test_the_desk_tells_by_itself(desk_db: Database, clock: ManualClock) -> None:
    recorder = Recorder()
    Toasts(desk_db, recorder, WORDS, clock, Background()).tell("own")
    await eventually(lambda: recorder.shown)
    assert recorder.shown == [Toast("own", "")]
