"""What Prometheus reads at /metrics."""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from skill.jobs.model import JobState
from skill.web.gpu import GpuMemory

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
