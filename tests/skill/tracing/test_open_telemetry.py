"""Spans as OpenTelemetry has them."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from skill.settings import Settings, WrongSettings
from skill.tracing.open_telemetry import OpenTelemetryTracer, open_tracing
from skill.tracing.spans import collected_by, record, span, traceparent


@pytest.fixture
def finished() -> Iterator[Any]:
    """The spans that are over."""
    pytest.importorskip("opentelemetry.sdk", reason="no OpenTelemetry: pip install '.[tracing]'")
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: PLC0415

    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with collected_by(OpenTelemetryTracer(provider)):
        yield lambda: {one.name: one for one in exporter.get_finished_spans()}


def test_what_another_process_began_goes_on(finished: Any) -> None:
    with span("turn"):
        carried = traceparent()
    with span("POST /animations") as request, span("photo", parent=carried):
        request.note({"http.response.status_code": 202})
    spans = finished()
    turn, request_span, photo = spans["turn"], spans["POST /animations"], spans["photo"]
    assert carried.startswith(f"00-{turn.context.trace_id:032x}-{turn.context.span_id:016x}-")
    assert photo.context.trace_id == turn.context.trace_id != request_span.context.trace_id
    assert photo.parent.span_id == turn.context.span_id
    assert [link.context.span_id for link in photo.links] == [request_span.context.span_id]
    assert dict(request_span.attributes) == {"http.response.status_code": 202}


@pytest.mark.asyncio
async def test_a_task_belongs_to_what_began_it_and_a_step_has_its_time(finished: Any) -> None:
    async def decode() -> None:
        record("decode", 2.0)

    with span("job"):
        await asyncio.create_task(decode())
    job, step = finished()["job"], finished()["decode"]
    assert step.parent.span_id == job.context.span_id
    assert step.end_time - step.start_time == 2_000_000_000


def test_an_error_has_no_words(finished: Any) -> None:
    with pytest.raises(ValueError, match="бабушка"), span("turn") as one:
        one.note({"ozhivi.outcome": "failed"}, failed=True)
        raise ValueError("бабушка")
    turn = finished()["turn"]
    assert (turn.status.is_ok, turn.status.description, turn.events) == (False, None, ())


def test_a_traceparent_that_is_none_begins_a_trace(finished: Any) -> None:
    with span("job", parent="nonsense"):
        pass
    assert finished()["job"].parent is None


@pytest.mark.asyncio
async def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(WrongSettings, match="tracing"):
        async with open_tracing(Settings(traces="http://127.0.0.1:4318"), "serve"):
            pass


@pytest.mark.asyncio
async def test_a_collector_that_hangs_holds_nobody() -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="no exporter: pip install '.[tracing]'")
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        address = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        async with asyncio.timeout(5), open_tracing(Settings(traces=address), "serve"):
            with span("job"):
                assert traceparent()
    assert traceparent() == ""


@pytest.mark.asyncio
async def test_the_thread_that_sends_ends() -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="no exporter: pip install '.[tracing]'")
    before = set(threading.enumerate())  # another test's may still be ending
    async with open_tracing(Settings(traces="http://127.0.0.1:9"), "serve"):
        assert [one for one in set(threading.enumerate()) - before if "BatchSpan" in one.name]
    assert not [one for one in set(threading.enumerate()) - before if "BatchSpan" in one.name]
