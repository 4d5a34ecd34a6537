"""Blows at programs that may have ended before the blow falls."""

import subprocess
import sys
from typing import cast

import psutil
import pytest

from scripts.stage import blows
from scripts.stage.theatre import Theatre


def test_a_host_that_has_just_ended_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as host:
        found = psutil.Process(host.pid)
    monkeypatch.setattr(blows, "hosts_of", lambda _theatre: [found])
    blows.kill_hosts(cast(Theatre, None))
    assert not found.is_running()
