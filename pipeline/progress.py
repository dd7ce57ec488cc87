"""Whose time it is: seconds by step, also where one step pulls the frames of another through an iterator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

OnStep = Callable[[str, float], None]  # (step, share of it that is done, 0..1)
_Item = TypeVar("_Item")


class Steps:
    """Own seconds of each step, without those of the steps inside it; tells `on_step` how far each is."""

    def __init__(self, on_step: OnStep) -> None:
        self.seconds: dict[str, float] = {}
        self._on_step = on_step
        self._running: list[str] = []
        self._since = perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step that is done when its block is; `on_step` hears 0 before and 1 after."""
        self._on_step(name, 0.0)
        with self.within(name):
            yield
        self._on_step(name, 1.0)

    def each(self, name: str, items: Iterator[_Item], total: int | None = None, *, then: str) -> Iterator[_Item]:
        """`items`, with the time it takes to make them counted for `name`.

        With `total`, how many they are, each is told. After the last one `name` is done and `then` begins.
        """
        done = 0
        while True:
            with self.within(name):
                try:
                    item = next(items)
                except StopIteration:
                    break
            done += 1
            if total is not None:
                self._on_step(name, min(1.0, done / total))
            yield item
        self._on_step(name, 1.0)
        self._on_step(then, 0.0)

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Count the block's time for `name`, and not for the step around it."""
        self._charge()
        self._running.append(name)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def _charge(self) -> None:
        now = perf_counter()
        if self._running:
            name = self._running[-1]
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now
