"""Metrics of the service and of a worker, and the memory of graphics cards."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from skill.database.errors import DatabaseDownError
from skill.jobs.model import JobState
from skill.web.metrics import GpuMemory, GpuMemoryCollector, Metrics, parse_gpu_memory, query_gpu_memory
from tests.fake_clock import FakeClock
from tests.skill.web.conftest import Open

NVIDIA_SMI = "0, 1234, 143771\n1, [N/A], [N/A]\nNo devices were found\n2, 0, 143771\n"


@pytest.mark.asyncio
async def test_a_worker_does_not_pretend_to_know_the_queue() -> None:
    metrics = Metrics()
    metrics.observe_step("animate", 0.5)
    metrics.count_job(JobState.REFUSED, "no_face")
    text = (await metrics.response()).body
    assert isinstance(text, bytes)
    assert b"ozhivi_queue" not in text
    assert b'ozhivi_step_seconds_sum{step="animate"} 0.5' in text
    assert b'ozhivi_jobs_total{state="refused"} 1.0' in text
    assert b'ozhivi_refusals_total{reason="no_face"} 1.0' in text


@pytest.mark.asyncio
async def test_the_service_tells_of_its_queue_and_of_photos_turned_away(service: Open) -> None:
    async with service(limit=1) as s:
        tokens = [(await s.issue(user)).token for user in ("anna", "boris")]
        assert [(await s.send(token)).status for token in tokens] == [202, 503]
        text = await (await s.client.get("/metrics")).text()
        assert "ozhivi_queue_length 1.0" in text and "ozhivi_queue_oldest_seconds 0.0" in text
        assert "ozhivi_workers 2.0" in text
        assert 'ozhivi_refusals_total{reason="queue_full"} 1.0' in text


@pytest.mark.asyncio
async def test_the_service_tells_when_it_last_deleted_what_is_past_its_time(service: Open) -> None:
    async with service() as s, asyncio.timeout(60):
        while "ozhivi_last_sweep_timestamp_seconds" not in (text := await (await s.client.get("/metrics")).text()):
            await asyncio.sleep(0.01)
        (found,) = re.findall(r"^ozhivi_last_sweep_timestamp_seconds (\S+)$", text, re.MULTILINE)
        assert abs(time.time() - float(found)) < 60


@pytest.mark.asyncio
async def test_a_queue_that_is_down_does_not_silence_the_rest(service: Open) -> None:
    async with service() as s:

        async def down() -> tuple[int, float]:
            raise DatabaseDownError("no answer")

        s.queue.waiting = down  # type: ignore[method-assign]
        for _ in range(2):
            answer = await s.client.get("/metrics")
            assert answer.status == 200
        text = await answer.text()
        assert "ozhivi_queue_length NaN" in text
        assert 'ozhivi_requests_total{method="GET",route="/metrics",status="200"} 1.0' in text


def program(folder: Path, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An nvidia-smi that is the only program there is."""
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{lines}", encoding="ascii")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def exposition(collector: GpuMemoryCollector) -> str:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry).decode()


def test_cards_are_read_and_those_that_do_not_tell_are_left_out() -> None:
    assert parse_gpu_memory(NVIDIA_SMI) == (("0", 1234 * 2**20, 143771 * 2**20), ("2", 0, 143771 * 2**20))
    assert parse_gpu_memory("") == ()


def test_the_program_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert query_gpu_memory() == ()
    program(tmp_path, "echo NVIDIA-SMI has failed; exit 9", monkeypatch)
    assert query_gpu_memory() == ()
    program(tmp_path, 'echo "$1" | while read -r asked; do echo "3, 5, ${#asked}"; done', monkeypatch)
    assert query_gpu_memory() == (("3", 5 * 2**20, 42 * 2**20),)  # the letters of the question


def test_it_is_asked_once_a_minute() -> None:
    queries, clock = [], FakeClock(0.0)

    def query() -> tuple[GpuMemory, ...]:
        queries.append(clock.now)
        return (GpuMemory("0", 1.0 * len(queries), 9.0),)

    collector = GpuMemoryCollector(query, clock)
    for clock.now in (0.0, 30.0, 59.0):
        assert 'ozhivi_gpu_memory_used_bytes{gpu="0"} 1.0' in exposition(collector)
    clock.now = 60.0
    text = exposition(collector)
    assert 'ozhivi_gpu_memory_used_bytes{gpu="0"} 2.0' in text and 'ozhivi_gpu_memory_bytes{gpu="0"} 9.0' in text
    assert queries == [0.0, 60.0]


def test_where_there_is_none_there_is_no_line() -> None:
    assert exposition(GpuMemoryCollector(tuple)) == ""
