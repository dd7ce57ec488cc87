"""Limits that fit the files which a process may open."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from skill import http_limits
from skill.http_limits import ConnectionLimits, connection_limits
from skill.tickets import UPLOAD_SECONDS


@pytest.mark.parametrize(
    ("files", "total", "network"),
    [(1024, 768, 192), (8192, 4096, 512), (1_000_000, 4096, 512), (100, 64, 16), (resource.RLIM_INFINITY, 4096, 512)],
)
def test_connections_are_fewer_than_files(
    monkeypatch: pytest.MonkeyPatch, files: int, total: int, network: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    limits = connection_limits()
    assert (limits.total, limits.network) == (total, network)
    behind = connection_limits(behind_proxy=True)
    assert (behind.total, behind.network) == (total, total)
    assert behind.idle_seconds > limits.idle_seconds


def test_a_slow_phone_gets_its_photo_through() -> None:
    """GPRS has 8 kbit/s at its slowest, and 20 as a rule."""
    limits = ConnectionLimits()
    assert limits.body_pace < 8000 / 8
    assert 3_000_000 / (20_000 / 8) < limits.body_seconds <= UPLOAD_SECONDS


def test_more_files_may_be_opened_where_the_system_lets_us() -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, min(5000, "
        "resource.getrlimit(resource.RLIMIT_NOFILE)[1]))); from skill.http_limits import raise_file_limit; "
        "raise_file_limit(); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    soft, hard = map(int, done.stdout.split())
    assert soft == min(hard, http_limits._WANTED_FILES)
