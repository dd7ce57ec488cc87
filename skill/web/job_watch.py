"""Jobs that pages look at: each is asked of the queue by one poller, however many look at it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final
from zlib import crc32

import structlog

from skill.database.errors import DatabaseDownError
from skill.media.store import MediaError
from skill.web.errors import too_many_watchers
from skill.web.schemas import JobView

JOB_WATCHERS: Final = 8
"""Pages that may look at one job at a time. A phone leaves some behind when it goes from one cell to another."""
NETWORK_WATCHERS: Final = 64
"""Pages of one network that may look at jobs at a time; others ask now and then."""
_EVERY: Final = 0.25
"""Seconds between two looks at a job."""
_LOOKS: Final = 100.0
"""Looks at the queue a second, of all jobs together: with more jobs, each is looked at less often."""

View = Callable[[], Awaitable[JobView]]

log: Final = structlog.get_logger(__name__)


class JobWatch:
    """A job that pages look at, as it was lately."""

    def __init__(self) -> None:
        self._latest: JobView | None = None
        self._over = False
        self._changed = asyncio.Event()

    async def next(self, seen: JobView | None, seconds: float) -> JobView | None:
        """Wait for a change.

        Args:
            seen: The job as it was known last; None before the first.
            seconds: The longest that a change is waited for.

        Returns:
            The job as it is now, the very object `seen` where nothing changed in that time; None where the job is not
            looked at any more.
        """
        if self._latest is seen and not self._over:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
        return None if self._over and self._latest is seen else self._latest

    def publish(self, view: JobView) -> None:
        """Pass on the job as it is now, if that is news."""
        if self._latest is None or _news(view) != _news(self._latest):
            self._latest = view
            self._wake()

    def end(self) -> None:
        """Let nobody wait any more."""
        self._over = True
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class JobWatches:
    """All jobs that pages look at.

    Args:
        stop: Ends all of it.
    """

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._watches: dict[str, tuple[JobWatch, asyncio.Task[None]]] = {}
        self._jobs, self._networks = Counter[str](), Counter[str]()

    @asynccontextmanager
    async def join(self, job: str, network: str, find: Callable[[], Awaitable[View]]) -> AsyncIterator[JobWatch]:
        """Look at a job for the block.

        Args:
            job: Public id of the job.
            network: Network of whoever looks.
            find: Finds the job; asked only where nobody looks at it yet. Its result is called for the job as it is now,
                again and again and for all.

        Raises:
            ApiError: 429; as many look as may, or what `find` raises.
        """
        if self._jobs[job] >= JOB_WATCHERS or self._networks[network] >= NETWORK_WATCHERS:
            raise too_many_watchers()
        self._jobs[job] += 1
        self._networks[network] += 1
        try:
            if job not in self._watches:
                view = await find()
                if job not in self._watches:  # another may have come meanwhile
                    watch = JobWatch()
                    self._watches[job] = watch, asyncio.create_task(self._poll(watch, view))
            yield self._watches[job][0]
        finally:
            self._leave(job, network)

    def _leave(self, job: str, network: str) -> None:
        for counter, name in ((self._jobs, job), (self._networks, network)):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]
        if job not in self._jobs and job in self._watches:
            _, polling = self._watches.pop(job)
            polling.cancel()

    async def _poll(self, watch: JobWatch, view: View) -> None:
        """Look at a job until it has ended, the queue or the store fails, or everything stops."""
        try:
            while not self._stop.is_set():
                current = await view()
                watch.publish(current)
                if current.state.ended:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(_EVERY, len(self._watches) / _LOOKS)):
                        await self._stop.wait()
        except (DatabaseDownError, MediaError) as error:
            log.error("unavailable", error=type(error).__name__)  # the pages come again, and are told
        except Exception:
            log.exception("unexpected")
        finally:
            watch.end()


def name_news(view: JobView) -> str:
    """A name of what is new about a job, the same at every node."""
    return f"{crc32(repr(_news(view)).encode()):08x}"


def _news(view: JobView) -> tuple[object, ...]:
    """The parts of a job whose change is news; the wait in steps of five seconds."""
    return view.state, view.step, view.progress, round(view.wait / 5)
