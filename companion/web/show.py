"""How values are shown: money, times, and people's names and numbers half hidden (PIPL)."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from companion.clock import from_ms
from companion.web.i18n import MISSING

COMPANY_ENDS = (
    "公司",
    "集团",
    "工厂",
    "中心",
    "学校",
    "学院",
    "医院",
    "银行",
    "合作社",
    "事务所",
    "委员会",
    "商行",
)
"""A name of five characters or more that ends so is no person's."""


def money(fen: int | None) -> str:
    """Yuan with thousands separators and two decimals; the unit stands in the column's head."""
    if fen is None:
        return MISSING
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def moment(milliseconds: int | None, zone: ZoneInfo) -> str:
    """`2026-03-02 09:12:05` in the desk's zone."""
    return MISSING if milliseconds is None else f"{_local(milliseconds, zone):%Y-%m-%d %H:%M:%S}"


def day(milliseconds: int | None, zone: ZoneInfo) -> str:
    """`2026-03-02` in the desk's zone."""
    return MISSING if milliseconds is None else f"{_local(milliseconds, zone):%Y-%m-%d}"


def clock_time(milliseconds: int | None, zone: ZoneInfo) -> str:
    """`09:12:05` in the desk's zone."""
    return MISSING if milliseconds is None else f"{_local(milliseconds, zone):%H:%M:%S}"


def mask_name(name: str | None) -> str:
    """张三 → 张*, 欧阳小娜 → 欧**娜; a company's name is no personal data and stays."""
    name = (name or "").strip()
    if not name:
        return MISSING
    if is_company(name):
        return name
    if len(name) == 1:
        return "*"
    if len(name) < 4:
        return name[0] + "*" * (len(name) - 1)
    return f"{name[0]}**{name[-1]}"


def is_company(name: str) -> bool:
    """Whether a name is an organisation's."""
    return len(name) >= 5 and name.endswith(COMPANY_ENDS)


def day_bounds(text: str, zone: ZoneInfo) -> tuple[int, int] | None:
    """First millisecond of a `YYYY-MM-DD` in the desk's zone and that of the next day; None for no day."""
    try:
        start = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone)
        # Wall-clock arithmetic on a zoned datetime: right also on days that have no 24 hours.
        return _ms(start), _ms(start + timedelta(days=1))
    except (ValueError, OverflowError):
        return None


def address(path: str, **query: str | int | None) -> str:
    """A path with its query, empty values left out."""
    kept = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def _local(milliseconds: int, zone: ZoneInfo) -> datetime:
    return from_ms(milliseconds).astimezone(zone)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
