"""The process itself: started as `python -P -m skill.sandbox.child SOCKET LIFE`, it answers requests until it ends.

What comes from the parent is pickled. What goes to it is one line of JSON each: whoever takes this process over through
a decoder can't take the parent over by an answer.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from pipeline.heap import give_back_freed_memory
from skill.logs import configure
from skill.sandbox.access import Access
from skill.sandbox.gpu import open_gpu
from skill.sandbox.limits import allow_processor
from skill.sandbox.messages import ANSWER, LENGTH, READY, REPORT, Answer, Setup, import_function
from skill.sandbox.protections import Protection, protect


def main(socket_number: int, life_number: int) -> None:
    """Answer one request after the other until the parent closes the socket.

    Args:
        socket_number: descriptor of the socket to the parent.
        life_number: descriptor of a pipe that closes when the parent dies.
    """
    connection = socket.socket(fileno=socket_number)
    stream = connection.makefile("rb")
    setup: Setup = _receive(stream)
    configure(setup.log_level)
    _stay_small()
    entry = setup.entry
    access = import_function(entry.access)(entry.options) if entry.access else Access()
    protections = _protect(setup, access) if setup.protected else ()
    watch = Thread(target=_end_with_parent, args=(life_number, setup.folder), daemon=True)
    watch.start()

    def send(key: str, value: Any) -> None:
        connection.sendall(json.dumps({key: value}).encode() + b"\n")

    try:
        answer: Answer = import_function(entry.function)(entry.options)
        send(READY, protections)
        while True:
            request = _receive(stream)
            allow_processor(setup.seconds)
            send(ANSWER, answer(request, lambda value: send(REPORT, value)))
            give_back_freed_memory()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        watch.join(5.0)  # a parent that was killed closes the socket too: the photo is deleted before we end


def _protect(setup: Setup, access: Access) -> tuple[Protection, ...]:
    return protect(setup.folder, access + open_gpu(), os.environ.get("LD_LIBRARY_PATH", ""))


def _receive(stream: Any) -> Any:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(head)
    return pickle.loads(stream.read(size))


def _stay_small() -> None:
    """The first to go when memory ends, the last to get a core that the server wants."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent decides how an answer ends
    os.nice(5)
    with suppress(OSError):  # not on every system
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_parent(life_number: int, folder: Path) -> None:
    """A parent that was killed leaves nothing: no process, no photo on the disk."""
    os.read(life_number, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
