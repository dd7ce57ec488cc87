"""The log: JSON lines with nothing personal, whoever writes them."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from aiohttp.http_exceptions import BadStatusLine

from skill import logs
from skill.logs import configure
from skill.rare_log import RareLines
from tests.fake_clock import FakeClock

ADDRESS = "203.0.113.77"


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_other_libraries_arguments_are_not_logged(log: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").warning("bad request from %s", ADDRESS)
    try:
        raise ValueError(ADDRESS)
    except ValueError:
        logging.getLogger("other").exception("oh")
    assert ADDRESS not in log.getvalue()
    assert "bad request from %s" in log.getvalue()
    assert "ValueError" in log.getvalue()


def test_an_error_is_its_type_and_the_places_it_passed(log: io.StringIO) -> None:
    try:
        raise ValueError(ADDRESS)
    except ValueError:
        structlog.get_logger().exception("oh")
    (line,) = lines(log)
    assert (line["event"], line["level"], line["error"]) == ("oh", "error", "ValueError")
    assert "test_logs.py" in line["places"][0] and ADDRESS not in str(line)


def test_nonsense_of_strangers_is_no_alarm_and_requests_are_not_logged_twice(log: io.StringIO) -> None:
    try:
        raise BadStatusLine("nonsense")
    except BadStatusLine:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    logging.getLogger("aiohttp.access").info("GET /u/secret")
    (line,) = lines(log)
    assert (line["event"], line["level"], line["error"]) == ("not HTTP", "info", "BadStatusLine")


def test_what_strangers_cause_again_and_again_is_one_line_a_minute(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, logs._Libraries)]
    monkeypatch.setattr(handler, "_lines", RareLines(clock=clock))
    for number in range(1000):
        logging.getLogger("asyncio").error("socket.accept() out of system resource\nsocket: <%d>" % number)  # noqa: UP031
    clock.advance(61)
    logging.getLogger("asyncio").error("socket.accept() out of system resource\nsocket: <1>")
    logging.getLogger("asyncio").error("something else")
    assert [(line["event"][:6], line.get("times", 1)) for line in lines(log)] == [
        ("socket", 1), ("socket", 1000), ("someth", 1)
    ]  # fmt: skip


def test_lines_below_the_level_are_left_out(log: io.StringIO) -> None:
    stream = io.StringIO()
    configure("warning", stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud", number=1)
    (line,) = lines(stream)
    assert (line["event"], line["number"]) == ("loud", 1)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("level", ["loud", ""])
def test_a_level_that_does_not_exist_is_refused(level: str) -> None:
    with pytest.raises(KeyError):
        configure(level)
