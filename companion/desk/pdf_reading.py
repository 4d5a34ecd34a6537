"""Looks for a policy's number in the text of a PDF: a process of its own (see pdf_proof), light to start.

`python -m companion.desk.pdf_reading` reads {path, key, size, number} and prints a Finding.
"""

import io
import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import IO, Final, Literal

from companion.db.sealed import Seal, SealedReader, read_part

Finding = Literal["good", "number_missing", "unreadable_pdf"]
MEMORY: Final = 768 * 1024 * 1024
"""Bytes of address space this process may take."""
PAGES: Final = 30
"""A policy has its number on the first one."""
BUFFER: Final = 64 * 1024


def look(stream: IO[bytes], number: str) -> Finding:
    """Read a PDF until the number is found."""
    from pypdf import PdfReader

    try:
        pages = PdfReader(stream).pages
        found = (stands_in(number, pages[at].extract_text()) for at in range(min(len(pages), PAGES)))
        return "good" if any(found) else "number_missing"
    except Exception:  # noqa: BLE001 - over the files of so many broken writers a reader stumbles in any way
        return "unreadable_pdf"


def stands_in(number: str, text: str) -> bool:
    """Whether a number stands in a text, by itself and not as a part of a longer one.

    Texts of PDFs are torn apart by blanks, wherever two letters were set with a gap.
    """
    torn = r"\s*".join(re.escape(letter) for letter in number)
    return re.search(rf"(?<![0-9A-Za-z]){torn}(?![0-9A-Za-z])", text) is not None


def main() -> None:
    """The process of its own."""
    task = json.load(sys.stdin)
    _limit()
    logging.disable()
    path, seal = Path(task["path"]), Seal(bytes.fromhex(task["key"]))
    content = SealedReader(seal, task["size"], lambda number: read_part(path, number))
    os.write(1, look(io.BufferedReader(content, BUFFER), task["number"]).encode())


def _limit() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    main()
