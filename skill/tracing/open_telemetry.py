"""OpenTelemetry: spans go to a collector, by OTLP over HTTP. Its packages are imported only where there is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from skill.settings import Settings, WrongSettings
from skill.tracing.spans import Attributes, Span, collected_by

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_TIMEOUT: Final = 2.0
"""Seconds that the collector may take for an answer, and for the last spans at the end."""
_NANO: Final = 1e9


@asynccontextmanager
async def open_tracing(settings: Settings, process: str) -> AsyncIterator[None]:
    """Send the spans of this process to the collector of the settings; nothing where they name none.

    Args:
        settings: Of the service.
        process: What it does: "serve" or "worker".

    Raises:
        WrongSettings: OpenTelemetry is not installed.
    """
    if not settings.traces:
        yield
        return
    provider = _to_collector(settings.traces, process)
    try:
        with collected_by(OpenTelemetryTracer(provider)):
            yield
    finally:
        # a collector that does not answer takes three times its time, and would hold up the stop
        closing = Thread(target=_close, args=(provider,), daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, _TIMEOUT)


def build_provider(exporter: SpanExporter, process: str) -> TracerProvider:
    """A provider that sends what is over, now and then, from a thread of its own."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (as the module says)
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.name": "ozhivi", "ozhivi.process": process})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return provider


def _to_collector(address: str, process: str) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    except ImportError:
        raise WrongSettings("OZHIVI_TRACES: needs the extra tracing: pip install '.[tracing]'") from None
    return build_provider(OTLPSpanExporter(f"{address}/v1/traces", timeout=_TIMEOUT), process)


def _close(provider: TracerProvider) -> None:
    """Send what is left, and end the thread that sends."""
    provider.force_flush(int(_TIMEOUT * 1000))
    provider.shutdown()


class OpenTelemetryTracer:
    """A tracer of the code's spans over OpenTelemetry's.

    Args:
        provider: Makes the spans and sends them.
    """

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import trace  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        self._api, self._propagator = trace, TraceContextTextMapPropagator()
        self._tracer = provider.get_tracer("ozhivi")

    @contextmanager
    def span(self, name: str, attributes: Attributes, parent: str) -> Iterator[Span]:
        """As `skill.tracing.spans.span`. A span with a parent elsewhere is linked to the one around it."""
        context, links = None, []
        if parent:
            context = self._propagator.extract({"traceparent": parent})
            around = self._api.get_current_span().get_span_context()
            links = [self._api.Link(around)] if around.is_valid else []
        # no exceptions: their words may quote what came in
        with self._tracer.start_as_current_span(
            name, context, attributes=attributes, links=links, record_exception=False, set_status_on_exception=False
        ) as one:
            yield _CollectedSpan(one, self._api.StatusCode.ERROR)

    def record(self, name: str, seconds: float) -> None:
        """As `skill.tracing.spans.record`."""
        end = time.time_ns()
        self._tracer.start_span(name, start_time=end - int(seconds * _NANO)).end(end)

    def traceparent(self) -> str:
        """As `skill.tracing.spans.traceparent`."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get("traceparent", "")


class _CollectedSpan:
    """A span of OpenTelemetry's."""

    def __init__(self, span: Any, error: Any) -> None:
        self._span, self._error = span, error

    def note(self, attributes: Attributes, *, failed: bool = False) -> None:
        """As `Span.note`."""
        self._span.set_attributes(attributes)
        if failed:
            self._span.set_status(self._error)
