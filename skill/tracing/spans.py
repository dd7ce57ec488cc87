"""Spans: a turn, a photo, a job, its steps, as the code names what it does. They go nowhere without a tracer.

Attributes tell routes, steps, states, reasons and ids of jobs, as the log does; never words, addresses, tokens, users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import Final, Protocol

Attributes = Mapping[str, str | int | float]
"""What a span tells: name → value."""
NO_ATTRIBUTES: Final[Attributes] = MappingProxyType({})


class Span(Protocol):
    """Something that is being done."""

    def note(self, attributes: Attributes, *, failed: bool = False) -> None:
        """Add attributes.

        Args:
            attributes: What became known meanwhile.
            failed: Whether it went wrong by our fault.
        """
        ...


class Tracer(Protocol):
    """Whoever collects spans."""

    def span(self, name: str, attributes: Attributes, parent: str) -> AbstractContextManager[Span]:
        """As the function `span`."""
        ...

    def record(self, name: str, seconds: float) -> None:
        """As the function `record`."""
        ...

    def traceparent(self) -> str:
        """As the function `traceparent`."""
        ...


class _Nothing:
    """A span that nobody collects."""

    def note(self, attributes: Attributes, *, failed: bool = False) -> None:
        """Forget it."""


class _Process:
    """Of this process: its tracer, None where there is none."""

    tracer: Tracer | None = None
    """Collects the spans of this process."""


_NOTHING: Final = _Nothing()


@contextmanager
def collected_by(tracer: Tracer) -> Iterator[None]:
    """Let a tracer collect the spans of this process for as long as the block runs."""
    before, _Process.tracer = _Process.tracer, tracer
    try:
        yield
    finally:
        _Process.tracer = before


@contextmanager
def span(name: str, attributes: Attributes = NO_ATTRIBUTES, *, parent: str = "") -> Iterator[Span]:
    """Do something as part of what is being done; tasks that are begun in the block belong to it.

    Args:
        name: Of few values: a route's pattern, "photo", "job".
        attributes: What is known at the begin.
        parent: The `traceparent` of what it belongs to, which another request or process began; empty for the span
            around it.
    """
    tracer = _Process.tracer
    if tracer is None:
        yield _NOTHING
        return
    with tracer.span(name, attributes, parent) as one:
        yield one


def record(name: str, seconds: float) -> None:
    """Note something that is over now and took so many seconds, as part of what is being done."""
    if _Process.tracer is not None:
        _Process.tracer.record(name, seconds)


def traceparent() -> str:
    """The span around it, as W3C Trace Context writes it, for `span` elsewhere; empty where nobody collects."""
    return _Process.tracer.traceparent() if _Process.tracer is not None else ""
