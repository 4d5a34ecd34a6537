"""Golden frames: what both sides must accept and refuse alike. tests/js reads the same files."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from companion.link.framing import FrameParser, TooLong
from companion.protocol import (
    ErrorCode,
    ProtocolError,
    encode,
    parse_downward,
    parse_upward,
)
from tests.protocol.models import DOWNWARD, UPWARD, type_of

GOLDEN = Path(__file__).parent / "golden"
PARSERS = {"up": parse_upward, "down": parse_downward}


def rows(name: str) -> list[Any]:
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(row, id=row["name"]) for row in map(json.loads, lines)]


def payload(row: dict[str, Any]) -> bytes:
    return bytes.fromhex(row["hex"]) if "hex" in row else row["text"].encode()


@pytest.mark.parametrize("row", rows("good"))
def test_a_good_message_is_read_and_written_back_the_same(row: dict[str, Any]) -> None:
    parse = PARSERS[row["way"]]
    message = parse(payload(row))
    assert json.loads(encode(message)) == json.loads(row["text"])
    assert parse(encode(message)) == message


@pytest.mark.parametrize("row", rows("bad"))
def test_a_bad_frame_is_refused_with_its_number(row: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as refused:
        PARSERS[row["way"]](payload(row))
    assert refused.value.code == row["code"]
    assert refused.value.re is None or refused.value.re in row["text"]


@pytest.mark.parametrize("row", rows("bad"))
def test_a_refusal_repeats_nothing_of_the_sender(row: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as refused:
        PARSERS[row["way"]](payload(row))
    for secret in ("practice-01", "TDAA", "password", "clerk01", "粤B", "3850"):
        assert secret not in str(refused.value)


@pytest.mark.parametrize("row", rows("streams"))
def test_a_stream_is_cut_into_its_frames(row: dict[str, Any]) -> None:
    assert sys.byteorder == "little", "the golden streams are little-endian"
    expected = [
        frame["text"].encode() if "text" in frame else TooLong(frame["too_long"], frame["skipped"])
        for frame in row["frames"]
    ]
    assert FrameParser().feed(bytes.fromhex(row["hex"])) == expected


def test_every_message_and_every_number_of_the_parser_has_a_golden_frame() -> None:
    good = {(row.values[0]["way"], json.loads(row.values[0]["text"])["type"]) for row in rows("good")}
    assert good == {("up", type_of(model)) for model in UPWARD} | {
        ("down", type_of(model)) for model in DOWNWARD
    }
    by_the_parser = {code for code in ErrorCode if 102 <= code <= 113}
    assert {row.values[0]["code"] for row in rows("bad")} == by_the_parser
