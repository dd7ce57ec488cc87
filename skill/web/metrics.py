"""What Prometheus reads at /metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from skill.jobs.model import JobState

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


class Metrics:
    """Counters of one application, in a registry of its own."""

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
        self._length = Gauge("ozhivi_queue_length", "Jobs that wait", registry=self.registry)
        self._wait = Gauge("ozhivi_queue_wait_seconds", "Estimated wait of a new job", registry=self.registry)

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

    def queue(self, length: int, seconds: float) -> None:
        self._length.set(length)
        self._wait.set(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
