"""What Prometheus reads at /metrics."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from skill.jobs.model import JobState

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
_TURN_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 2.5, 3, 4.5)


class Metrics:
    """Counters of one process, in a registry of its own: the service counts requests and the queue, whoever renders
    counts steps and ends of jobs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
        self.registry.register(GpuMemory())
        self._queue: tuple[Gauge, ...] = ()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """`route`: its pattern, never an address with a ticket in it."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def step(self, step: str, seconds: float) -> None:
        self._steps.labels(step).observe(seconds)

    def ended(self, state: str, reason: str = "") -> None:
        self._jobs.labels(state).inc()
        if state == JobState.REFUSED:
            self._refusals.labels(reason).inc()

    def refusal(self, reason: str) -> None:
        """A photo that was turned away before it became a job."""
        self._refusals.labels(reason).inc()

    def turn(self, assistant: str, outcome: str, seconds: float) -> None:
        """`outcome`: answered, again, late, failed, unclear, ping or silent."""
        self._turns.labels(assistant, outcome).inc()
        self._turn_seconds.labels(assistant).observe(seconds)

    def broken_turn(self, assistant: str) -> None:
        self._broken_turns.labels(assistant).inc()

    def queue(self, length: float, seconds: float, oldest: float) -> None:
        """How many wait, how long a new one would, how long the oldest has; NaN where nobody knows. Who never tells
        has no such line: a worker's 0 would look as if nobody waited."""
        if not self._queue:
            told = {
                "ozhivi_queue_length": "Jobs that wait",
                "ozhivi_queue_wait_seconds": "Estimated wait of a new job",
                "ozhivi_queue_oldest_seconds": "Age of the oldest that waits",
            }
            self._queue = tuple(Gauge(name, what, registry=self.registry) for name, what in told.items())
        for gauge, value in zip(self._queue, (length, seconds, oldest), strict=True):
            gauge.set(value)

    async def answer(self) -> web.Response:
        """What Prometheus gets."""
        text = await asyncio.to_thread(generate_latest, self.registry)  # the cards are asked, which takes a moment
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


_QUERY = ("--query-gpu=index,memory.used,memory.total", "--format=csv,noheader,nounits")  # MiB
_EVERY = 60.0  # seconds between two questions: each takes a moment of the driver's time
_LONGEST = 5.0  # seconds to wait for an answer

Cards = tuple[tuple[str, float, float], ...]  # (index, bytes used, bytes in all)


def read(answer: str) -> Cards:
    """The cards in what nvidia-smi said; those that do not tell ("[N/A]", a card cut into slices) are left out."""
    cards = []
    for line in answer.splitlines():
        parts = [part.strip() for part in line.split(",")]
        if len(parts) == 3 and all(part.isdecimal() for part in parts):
            cards.append((parts[0], float(parts[1]) * 2**20, float(parts[2]) * 2**20))
    return tuple(cards)


def ask() -> Cards:
    """None where there is no nvidia-smi, no card, or no answer in time. Blocks."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        done = subprocess.run([program, *_QUERY], capture_output=True, text=True, timeout=_LONGEST, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return read(done.stdout)


class GpuMemory(Collector):
    """Asks when Prometheus does, at most once a minute; blocks, so that a thread must read it."""

    def __init__(self, cards: Callable[[], Cards] = ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock, self._lock = cards, clock, Lock()
        self._cards: Cards = ()
        self._next = -_EVERY

    def describe(self) -> Sequence[GaugeMetricFamily]:
        """Empty ones, so that nothing is asked when it is registered."""
        return self._families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if self._clock() >= self._next:
                self._cards, self._next = self._ask(), self._clock() + _EVERY
            cards = self._cards
        used, total = self._families()
        for index, taken, whole in cards:
            used.add_metric([index], taken)
            total.add_metric([index], whole)
        yield from (used, total) if cards else ()

    @staticmethod
    def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily("ozhivi_gpu_memory_used_bytes", "Memory of a card in use", labels=["gpu"]),
            GaugeMetricFamily("ozhivi_gpu_memory_bytes", "Memory of a card", labels=["gpu"]),
        )
