"""How full the graphics cards are, where there are any; nvidia-smi knows, so that no library is needed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

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
