"""What bench_desk.py reads of processes and of Python's own table of imports."""

import os

from scripts import bench_desk

TABLE = """import time: self [us] | cumulative | imported package
import time:       100 |        100 |   encodings
import time:        40 |         40 |       attr._make
import time:        10 |         50 |     attr
import time:       200 |        250 |   aiohttp
import time:       300 |        300 |     pydantic_core
import time:       600 |        900 |   pydantic
import time:        50 |       1200 | companion.serving
other words
import time:        20 |         20 | stamina
"""


def test_an_import_of_others_counts_once_with_all_that_it_imports() -> None:
    assert bench_desk.imports(TABLE) == {"aiohttp": 0.25, "pydantic": 0.9, "stamina": 0.02}


def test_memory_and_stirring_are_read_of_a_running_process() -> None:
    memory = bench_desk.memory(os.getpid())
    assert 1 < memory["Pss"] <= memory["Rss"]
    before = bench_desk.stirred(os.getpid())
    os.sched_yield()
    after = bench_desk.stirred(os.getpid())
    assert before["threads"] >= 1
    assert after["cpu_s"] > before["cpu_s"]
