"""One attempt at a job: the photo is fetched, rendered, and the files are stored; nothing is left but those."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Final

import structlog

from skill.jobs.model import Deferred, Failed, Job, Outcome, Rendered, failure, where
from skill.jobs.render_process import Renderer, through
from skill.media.store import MediaError, MediaMissingError, MediaStore

log: Final = structlog.get_logger(__name__)

TYPES: Final = {"mp4": "video/mp4", "gif": "image/gif", "webp": "image/webp", "jpg": "image/jpeg"}


class Progress:
    """Where a job is. `seconds`: by step, of those that are over."""

    def __init__(self, job: str) -> None:
        self.step, self.share = "", 0.0
        self.seconds: dict[str, float] = {}
        self._job, self._since = job, perf_counter()

    def on_step(self, step: str, share: float) -> None:
        if step != self.step:
            self.end()
            self.step = step
        self.share = share

    def end(self) -> None:
        """The step is over."""
        now = perf_counter()
        if self.step:
            seconds = now - self._since
            self.seconds[self.step] = self.seconds.get(self.step, 0.0) + seconds
            log.info("job_step", job=self._job, step=self.step, seconds=round(seconds, 3))
        self.step, self._since = "", now


class Attempt:
    """`place`: an empty folder of its own. `keep`: seconds that the store holds the results."""

    def __init__(self, job: Job, store: MediaStore, renderer: Renderer, place: Path, *, keep: float) -> None:
        self.progress = Progress(job.id)
        self.results: list[tuple[str, str]] = []  # (format, media key), as soon as each is stored
        self._job, self._store, self._renderer, self._place, self._keep = job, store, renderer, place, keep

    async def run(self) -> Outcome:
        """How it ended; whatever happens is an outcome. When it is cancelled, the rendering process is killed and
        `results` holds what was stored until then."""
        try:
            await self._store.fetch(self._job.source, self._place / "photo")
            outcome = await self._renderer.render(
                self._job.id, self._place / "photo", self._job.wish, self._place / "clip", self.progress.on_step
            )
            if isinstance(outcome, Rendered) and not outcome.files:
                return Failed("error", again=False, where="no files")
            if isinstance(outcome, Rendered):
                await self._keep_files(outcome)
            return outcome
        except MediaMissingError as error:
            return Failed("source_gone", again=False, where=where(error))
        except MediaError as error:
            return Deferred(where(error))
        except Exception as error:  # noqa: BLE001  (whatever one job does, the worker goes on)
            return failure(error)
        finally:
            self.progress.end()

    async def drop(self) -> None:
        """Delete what was stored: the job is not ours any more, or is done anew."""
        while self.results:
            _, key = self.results.pop()
            with suppress(MediaError):  # it goes with its time in the store
                await self._store.delete(key)

    async def _keep_files(self, made: Rendered) -> None:
        self.progress.on_step("store", 0.0)
        for name, path in made.files:
            await through(self._keep_file(name, path))

    async def _keep_file(self, name: str, path: Path) -> None:
        key = await self._store.put(path, content_type=TYPES[name], seconds=self._keep)
        self.results.append((name, key))


async def stopped(task: asyncio.Task[Outcome]) -> None:
    """Cancel an attempt and wait until it is over."""
    task.cancel()
    await asyncio.wait({task})
