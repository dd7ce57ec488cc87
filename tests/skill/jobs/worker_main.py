"""A worker in a process of its own, to be killed, frozen, stopped: `worker_main WHERE MEDIA FOLDER ANIMATE LEASE`."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from skill.jobs.worker import Worker, WorkerTiming
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.opening import open_queue


async def main(where: str, media: str, folder: str, animate: str, lease: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    queue = await open_queue(where)
    pace = WorkerTiming(lease=float(lease), beat=0.1, poll=0.05, grace=1.0, pause=0.05)
    await Worker(queue, FolderStore(Path(media)), animate, folder=Path(folder), keep=60.0, pace=pace).run(stop)
    await queue.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
