"""How money, times and people's names are shown."""

from zoneinfo import ZoneInfo

import pytest

from companion.web import show
from companion.web.forms import typed

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (None, "--"),
        (0, "0.00"),
        (5, "0.05"),
        (123_450, "1,234.50"),
        (-7, "-0.07"),
        (100_000_000_00, "100,000,000.00"),
    ],
)
def test_money(fen: int | None, shown: str) -> None:
    assert show.money(fen) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳小娜", "欧**娜"),
        ("张", "*"),
        ("", "--"),
        (None, "--"),
        ("  李雷 ", "李*"),
        ("Anna Schmidt", "A**t"),
        ("深圳市远途物流有限公司", "深圳市远途物流有限公司"),
        ("王公司", "王**"),
    ],
)
def test_names_are_half_hidden_and_companies_are_not(name: str | None, shown: str) -> None:
    assert show.mask_name(name) == shown


def test_times_stand_in_the_zone_of_the_desk() -> None:
    late = 1_772_470_745_000  # 2026-03-02 16:59:05 UTC
    assert show.moment(late, SHANGHAI) == "2026-03-03 00:59:05"
    assert show.day(late, SHANGHAI) == "2026-03-03"
    assert show.clock_time(late, SHANGHAI) == "00:59:05"
    assert show.moment(None, SHANGHAI) == "--"


def test_a_day_has_the_bounds_of_its_zone() -> None:
    first, next_first = show.day_bounds("2026-03-02", SHANGHAI) or (0, 0)
    assert (first, next_first - first) == (1_772_380_800_000, 86_400_000)
    berlin = show.day_bounds("2026-03-29", ZoneInfo("Europe/Berlin")) or (0, 0)
    assert berlin[1] - berlin[0] == 23 * 3_600_000
    assert show.day_bounds("2026-02-30", SHANGHAI) is None


def test_typed_text_has_no_control_characters() -> None:
    form = {"name": " 王\0小\u200b美\n", "number": 7}
    assert typed(form, "name") == "王小美"
    assert typed(form, "number") == typed(form, "nothing") == ""


def test_an_address_leaves_empty_values_out_and_quotes_the_rest() -> None:
    assert show.address("/a", text="粤B&1", state="", page=None) == "/a?text=%E7%B2%A4B%261"
    assert show.address("/a", text="") == "/a"
