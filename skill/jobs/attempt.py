"""One attempt at a job: the photo is fetched, rendered, and the files are stored; nothing is left but those."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Final

import structlog

from pipeline.limits import STILLS
from skill.credentials.signing import Sign, leave_unsigned
from skill.jobs.model import Deferred, Failed, Job, Outcome, Rendered, failure, where
from skill.jobs.render_process import RenderProcess
from skill.media.store import MediaError, MediaMissingError, MediaStore
from skill.sandbox.process import run_to_end
from skill.tracing.spans import record

log: Final = structlog.get_logger(__name__)

CONTENT_TYPES: Final = {"mp4": "video/mp4", "gif": "image/gif", "webp": "image/webp", "jpg": "image/jpeg"}
"""File format → media type."""


class Progress:
    """The progress of an attempt."""

    def __init__(self, job: str) -> None:
        self.step = ""
        """Of pipeline.run.STEPS, or "store"; empty before the first."""
        self.share = 0.0
        """Part of the step that is done, 0..1."""
        self.seconds: dict[str, float] = {}
        """Seconds by step, of those that are over."""
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
            record(self.step, seconds)
        self.step, self._since = "", now


class Attempt:
    """One attempt at a job, from its photo to stored files."""

    def __init__(
        self, job: Job, store: MediaStore, process: RenderProcess, folder: Path, *, keep: float,
        sign: Sign = leave_unsigned,
    ) -> None:  # fmt: skip
        """Args:
        job: the job.
        store: where its photo is and its files go.
        process: renders the photo.
        folder: an empty one, for this attempt alone.
        keep: seconds that the store holds the results.
        sign: gives the files their credentials.
        """
        self.progress = Progress(job.id)
        """Where the attempt is."""
        self.results: list[tuple[str, str]] = []
        """(format, media key) of each file, as soon as it is stored."""
        self._job, self._store, self._process, self._folder, self._keep = job, store, process, folder, keep
        self._sign = sign

    async def run(self) -> Outcome:
        """Do it; whatever happens is an outcome. When it is cancelled, the rendering process is killed and `results`
        holds what was stored until then."""
        photo, clip = self._folder / "photo", self._folder / "clip"
        try:
            await self._store.fetch(self._job.source, photo)
            outcome = await self._process.render(self._job.id, photo, self._job.wish, clip, self.progress.on_step)
            if isinstance(outcome, Rendered) and not outcome.files:
                return Failed("error", where="no files")
            if isinstance(outcome, Rendered):
                await self._store_files(outcome)
            return outcome
        except MediaMissingError as error:
            return Failed("source_gone", where=where(error))
        except MediaError as error:
            return Deferred(where(error))
        except Exception as error:  # noqa: BLE001  (whatever one job does, the worker goes on)
            return failure(error)
        finally:
            self.progress.end()

    async def delete_results(self) -> None:
        """Delete what was stored: the job is not ours any more, or is done anew."""
        while self.results:
            _, key = self.results.pop()
            with suppress(MediaError):  # it goes with its time in the store
                await self._store.delete(key)

    async def _store_files(self, rendered: Rendered) -> None:
        self.progress.on_step("store", 0.0)
        for name, path in rendered.files:
            await run_to_end(self._store_file(name, path, rendered.restored))

    async def _store_file(self, name: str, path: Path, restored: tuple[str, ...]) -> None:
        await asyncio.to_thread(self._sign, path, name, restored)
        key = await self._store.put(path, content_type=CONTENT_TYPES[STILLS.get(name, name)], seconds=self._keep)
        self.results.append((name, key))


async def cancel(task: asyncio.Task[Outcome]) -> None:
    """Cancel an attempt and wait until it is over."""
    task.cancel()
    await asyncio.wait({task})
