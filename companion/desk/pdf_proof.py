"""Is this file the policy that was wanted? Its number must stand in the text of a PDF (I-5.2).

A file from a portal may be broken, huge or hostile: a process of its own reads it, which may not take more
than so much time and memory, and through a stream that decrypts only what is looked at.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final, get_args

from companion.desk import pdf_reading
from companion.desk.pdf_reading import Finding
from companion.desk.spool import Whole

WITHIN: Final = 60.0
"""Seconds."""
HERE: Final = Path(__file__).parents[2]


def begins_as_pdf(head: bytes) -> bool:
    """Whether these first bytes are those of a PDF. Some have a few others before; a page has none of it."""
    before, found, _ = head.partition(b"%PDF-")
    return bool(found) and b"<" not in before


async def prove(file: Whole, number: str) -> Finding:
    """Look into a file that has come whole."""
    task = {"path": str(file.path), "key": file.key.hex(), "size": file.size, "number": number}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", pdf_reading.__name__),
        cwd=HERE,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(WITHIN):
            said, _ = await process.communicate(json.dumps(task).encode())
    except TimeoutError:
        return "unreadable_pdf"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    word = said.decode().strip()
    return next((finding for finding in get_args(Finding) if finding == word), "unreadable_pdf")
