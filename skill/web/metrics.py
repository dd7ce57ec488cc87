"""Metrics of a process for Prometheus, and the memory of the graphics cards that it asks for."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Final, NamedTuple

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from skill.jobs.model import JobState

_SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
_TURN_SECONDS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 2.5, 3, 4.5)
_GPU_QUERY: Final = ("--query-gpu=index,memory.used,memory.total", "--format=csv,noheader,nounits")  # MiB
_GPU_EVERY: Final = 60.0
"""Seconds between two queries: each takes a moment of the driver's time."""
_GPU_TIMEOUT: Final = 5.0
"""Seconds to wait for an answer."""


class GpuMemory(NamedTuple):
    """The memory of a graphics card."""

    card: str
    """Number that the driver gives it."""
    used: float
    """Bytes in use."""
    total: float
    """Bytes in all."""


class Metrics:
    """Counters of one process, in a registry of its own.

    The service counts requests and the queue; whoever renders counts steps and ends of jobs.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        """All of them."""
        self._requests = Counter(
            "ozhivi_requests", "Answered requests", ["route", "method", "status"], registry=self.registry
        )
        self._request_seconds = Histogram(
            "ozhivi_request_seconds", "Time to an answer", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._steps = Histogram(
            "ozhivi_step_seconds", "Time of a step of a job", ["step"], buckets=_SECONDS, registry=self.registry
        )
        self._jobs = Counter("ozhivi_jobs", "Jobs that ended", ["state"], registry=self.registry)
        self._refusals = Counter(
            "ozhivi_refusals", "Photos not animated, by reason", ["reason"], registry=self.registry
        )
        self._turns = Counter(
            "ozhivi_turns", "Turns of conversations", ["assistant", "outcome"], registry=self.registry
        )
        self._turn_seconds = Histogram(
            "ozhivi_turn_seconds", "Time to a reply", ["assistant"], buckets=_TURN_SECONDS, registry=self.registry
        )
        self._broken_turns = Counter(
            "ozhivi_broken_turns", "Turns that ended in an apology", ["assistant"], registry=self.registry
        )
        self.registry.register(GpuMemoryCollector())
        self._queue: tuple[Gauge, ...] = ()
        self._swept: Gauge | None = None

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request.

        Args:
            route: The route's pattern, never an address with a ticket in it.
            method: HTTP method.
            status: HTTP status of the answer.
            seconds: Time to the answer.
        """
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def observe_step(self, step: str, seconds: float) -> None:
        """Count a step of a job, and its seconds."""
        self._steps.labels(step).observe(seconds)

    def count_job(self, state: str, reason: str = "") -> None:
        """Count a job that ended in a state; a refused one has its reason."""
        self._jobs.labels(state).inc()
        if state == JobState.REFUSED:
            self._refusals.labels(reason).inc()

    def count_refusal(self, reason: str) -> None:
        """Count a photo that was turned away before it became a job."""
        self._refusals.labels(reason).inc()

    def count_turn(self, assistant: str, outcome: str, seconds: float) -> None:
        """Count a turn of a conversation.

        Args:
            assistant: The assistant's name.
            outcome: answered, again, late, failed, unclear, ping or silent.
            seconds: Time to the reply.
        """
        self._turns.labels(assistant, outcome).inc()
        self._turn_seconds.labels(assistant).observe(seconds)

    def count_broken_turn(self, assistant: str) -> None:
        """Count a turn that ended in an apology."""
        self._broken_turns.labels(assistant).inc()

    def set_queue(self, length: float, seconds: float, oldest: float, workers: float) -> None:
        """Set the state of the queue. A process that never does has no such line: a worker's 0 would look as if nobody
        waited.

        Args:
            length: Jobs that wait; NaN, as the others, where nobody knows.
            seconds: Estimated seconds that a new job would wait.
            oldest: Seconds that the oldest has waited.
            workers: Workers that were heard of in the last minute.
        """
        if not self._queue:
            gauges = {
                "ozhivi_queue_length": "Jobs that wait",
                "ozhivi_queue_wait_seconds": "Estimated wait of a new job",
                "ozhivi_queue_oldest_seconds": "Age of the oldest that waits",
                "ozhivi_workers": "Workers that were heard of in the last minute",
            }
            self._queue = tuple(Gauge(name, text, registry=self.registry) for name, text in gauges.items())
        for gauge, value in zip(self._queue, (length, seconds, oldest, workers), strict=True):
            gauge.set(value)

    def note_sweep(self) -> None:
        """Note that what is past its time has just been deleted. A process that never does has no such line."""
        if self._swept is None:
            text = "When what is past its time was last deleted"
            self._swept = Gauge("ozhivi_last_sweep_timestamp_seconds", text, registry=self.registry)
        self._swept.set_to_current_time()

    async def response(self) -> web.Response:
        """All metrics in Prometheus's text format."""
        text = await asyncio.to_thread(generate_latest, self.registry)  # the cards are asked, which takes a moment
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


def query_gpu_memory() -> tuple[GpuMemory, ...]:
    """Ask nvidia-smi for the memory of all cards; empty without it, without a card, or without an answer in time.
    Blocks."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        done = subprocess.run([program, *_GPU_QUERY], capture_output=True, text=True, timeout=_GPU_TIMEOUT, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_gpu_memory(done.stdout)


def parse_gpu_memory(output: str) -> tuple[GpuMemory, ...]:
    """The cards in nvidia-smi's output; those without numbers ("[N/A]", a card cut into slices) are left out."""
    cards = []
    for line in output.splitlines():
        parts = [part.strip() for part in line.split(",")]
        if len(parts) == 3 and all(part.isdecimal() for part in parts):
            cards.append(GpuMemory(parts[0], float(parts[1]) * 2**20, float(parts[2]) * 2**20))
    return tuple(cards)


class GpuMemoryCollector(Collector):
    """Asks the cards when Prometheus asks, at most once a minute. Blocks: to be read in a thread.

    Args:
        query: Asks the cards.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        query: Callable[[], tuple[GpuMemory, ...]] = query_gpu_memory,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._query, self._clock, self._lock = query, clock, Lock()
        self._cards: tuple[GpuMemory, ...] = ()
        self._next = -_GPU_EVERY

    def describe(self) -> Sequence[GaugeMetricFamily]:
        """The families without values, so that nothing is asked when they are registered."""
        return self._families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Both families, or none where there is no card."""
        with self._lock:
            if self._clock() >= self._next:
                self._cards, self._next = self._query(), self._clock() + _GPU_EVERY
            cards = self._cards
        used, total = self._families()
        for one in cards:
            used.add_metric([one.card], one.used)
            total.add_metric([one.card], one.total)
        yield from (used, total) if cards else ()

    @staticmethod
    def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily("ozhivi_gpu_memory_used_bytes", "Memory of a card in use", labels=["gpu"]),
            GaugeMetricFamily("ozhivi_gpu_memory_bytes", "Memory of a card", labels=["gpu"]),
        )
