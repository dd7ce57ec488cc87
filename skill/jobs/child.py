"""The rendering process: waits for a photo, renders, tells how far it is; ends with the worker that began it."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread

from structlog.contextvars import bound_contextvars

from pipeline.errors import PipelineError
from pipeline.motion.errors import MotionError
from pipeline.run import Wish
from skill.jobs.outcome import Animate, Failed, Made, Outcome, Refused, failure, where
from skill.logs import configure

Order = tuple[str, Path, Wish, Path]  # job, photo, wish, out
Message = tuple[str, float] | Outcome  # (step, share), and at last how it ended


def main(pipe: Connection, animate: str, scratch: Path, log_level: str) -> None:
    """Render one order after the other until the pipe is closed. `animate`: "module:function"."""
    configure(log_level)  # a new process knows nothing of the worker's log; its lines carry the job's id
    _stay_small()
    watch = Thread(target=_end_with_parent, args=(scratch,), daemon=True)
    watch.start()
    module, _, name = animate.partition(":")
    function: Animate = getattr(importlib.import_module(module), name)
    try:
        while True:
            order: Order = pipe.recv()
            with bound_contextvars(job=order[0]):
                pipe.send(_outcome(pipe, function, order))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        watch.join(5.0)  # a worker that was killed closes the pipe too: the photo is deleted before we end


def _outcome(pipe: Connection, animate: Animate, order: Order) -> Outcome:
    _, source, wish, out = order
    try:
        return Made(tuple(animate(source, wish, out, lambda step, share: pipe.send((step, float(share))))))
    except PipelineError as error:
        return Refused(error.code)
    except MotionError as error:
        return Failed("wish", again=False, where=where(error))
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001  (whatever one photo does, the next one is rendered)
        return failure(error)


def _stay_small() -> None:
    """The first to go when memory ends, the last to get a core that the server wants."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # sent to the whole group; the worker decides how a job ends
    os.nice(5)
    with suppress(OSError):  # not on every system
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_parent(scratch: Path) -> None:
    """A worker that was killed leaves nothing: no process, no photo on the disk."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)
