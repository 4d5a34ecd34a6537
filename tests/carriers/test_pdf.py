"""The file of an electronic policy: the same at any time, readable, and as heavy as is wanted."""

from datetime import UTC, datetime

import time_machine

from companion.practice.pdf import Page
from tests.carriers.pdf_text import texts

NUMBER = "ANIB001Y1426B00001X7"


def draw(padding: int = 0) -> bytes:
    page = Page(f"电子保单 {NUMBER}")
    page.text(60, 700, f"保险单号：{NUMBER}（浙B-8K3L6）")
    page.text(60, 680, r"(a\b)")
    page.rule(60, 670, 400)
    return page.save(padding)


def test_what_is_written_can_be_read() -> None:
    assert [text for text in texts(draw()) if text] == [f"保险单号：{NUMBER}（浙B-8K3L6）", r"(a\b)"]


def test_the_same_page_is_the_same_file_at_any_time() -> None:
    files = set()
    for day in (3, 4):
        with time_machine.travel(datetime(2026, 3, day, tzinfo=UTC), tick=False):
            files |= {draw(), draw(5_000)}
    assert len(files) == 2


def test_padding_is_weight_and_nothing_else() -> None:
    light, heavy = draw(), draw(1_000_000)
    assert 1_000_000 < len(heavy) - len(light) < 1_001_000
    assert texts(heavy) == texts(light)
