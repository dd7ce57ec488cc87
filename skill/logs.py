"""The log: one JSON object a line, with a request's or job's id and nothing personal."""

from __future__ import annotations

import logging
import sys
import traceback
import warnings
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from skill.rare_log import RareLines


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send our log and that of the libraries to `stream` (stdout) as JSON lines, from `level` up."""
    number = logging.getLevelNamesMapping()[level.upper()]
    out = stream or sys.stdout
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    if "aiohttp" in sys.modules:  # not in a rendering process, which would be larger and later for it
        _quiet_forms()
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Libraries)]:
        root.removeHandler(handler)
    root.addHandler(_Libraries())
    root.setLevel(max(number, logging.WARNING))


def _quiet_forms() -> None:
    """Warnings of forms quote what was sent: a file's name."""
    from aiohttp import BadContentDispositionHeader, BadContentDispositionParam  # noqa: PLC0415

    for kind in (BadContentDispositionHeader, BadContentDispositionParam):
        warnings.simplefilter("ignore", kind)


def _is_not_http(error: BaseException | None) -> bool:
    """A stranger's nonsense, or a line cut in the middle, which aiohttp logs as errors; found by `make fuzz`."""
    from aiohttp.http_exceptions import HttpProcessingError  # noqa: PLC0415  (as above)
    from aiohttp.web import RequestPayloadError  # noqa: PLC0415

    return isinstance(error, HttpProcessingError | RequestPayloadError)


class _Libraries(logging.Handler):
    """Lines of other libraries. Only the template of a message is kept: its arguments may be addresses, paths, names
    (aiohttp writes who sent a bad request). Of equal ones there is one a minute, with a count: strangers cause them."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = RareLines()

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "aiohttp.access":
            return  # addresses and tickets, put into the text already; ours is skill.web.middleware's
        template = str(record.msg).split("\n", 1)[0]
        times = self._lines.take((record.name, template, record.exc_info and record.exc_info[0]))
        if not times:
            return
        log = structlog.get_logger().bind(library=record.name, **({"times": times} if times > 1 else {}))
        if record.name.startswith("aiohttp") and record.exc_info and _is_not_http(record.exc_info[1]):
            log.info("not HTTP", error=type(record.exc_info[1]).__name__)  # a stranger's fault, and no alarm
            return
        log.log(record.levelno, template, exc_info=record.exc_info)


def _without_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it went through, without its words: they may quote what came in."""
    info: Any = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return event
