"""A worker in a process of its own, to be killed, frozen, stopped: `worker_main WHERE MEDIA FOLDER ANIMATE LEASE`."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from skill.jobs.queue import JobQueue
from skill.jobs.worker import Worker, WorkerTiming
from tests.skill.jobs.animations import render_entry
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.queue_fixture import database_at


async def main(queue_address: str, media: str, folder: str, animate: str, lease: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = database_at(queue_address)
    queue = JobQueue(database)
    timing = WorkerTiming(lease=float(lease), beat=0.1, poll=0.05, grace=1.0, pause=0.05)
    worker = Worker(
        queue, FolderStore(Path(media)), render_entry(animate), folder=Path(folder), keep=60.0, timing=timing
    )
    await worker.run(stop)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
