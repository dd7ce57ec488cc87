"""Functions of a few lines for a sandboxed process of a test; what they do is in their names."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from skill.sandbox.access import Access
from skill.sandbox.messages import Answer, Entry, Report

_HELD: Final[list[object]] = []


def answering(name: str, access: str = "") -> Entry:
    """The entry of a process that answers as the function of that name does."""
    return Entry(f"{__name__}:open_answer", name, f"{__name__}:{access}" if access else "")


def open_answer(name: str) -> Answer:
    """The function of that name below."""
    answer: Answer = globals()[name]
    return answer


def reads_home(name: str) -> Access:
    """A FindAccess for a folder that a test names by the environment."""
    return Access((Path(os.environ["HOME"]) / "models",), (Path(os.environ["HOME"]) / "notes",))


def echo(request: Any, report: Report) -> Any:
    report("begun")
    return request


def environment(request: Any, report: Report) -> Any:
    return dict(os.environ)


def sleep(request: Any, report: Report) -> Any:
    """Reports each step of `request`, a list of (step, seconds)."""
    for step, seconds in request:
        report(step)
        time.sleep(seconds)
    return "slept"


def flood(request: Any, report: Report) -> Any:
    """Report so many times."""
    for number in range(request):
        report(number)
    return "flooded"


def die(request: Any, report: Report) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def say(request: Any, report: Report) -> Any:
    """Write these bytes to the parent in place of an answer."""
    for number in Path("/proc/self/fd").iterdir():
        try:
            connection = socket.socket(fileno=os.dup(int(number.name)))
        except OSError:
            continue
        if connection.family == socket.AF_UNIX:
            connection.sendall(request)
        _HELD.append(connection)
    time.sleep(60)


def own_memory(request: Any, report: Report) -> Any:
    """Take so many bytes and keep them."""
    _HELD.append(b"x" * request)
    return len(_HELD)


def limits(request: Any, report: Report) -> Any:
    return {
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE),
        "file": resource.getrlimit(resource.RLIMIT_FSIZE),
        "processor": resource.getrlimit(resource.RLIMIT_CPU)[0],
        "folder": str(Path.cwd()),
        "nice": os.nice(0),
        "own session": os.getsid(0) == os.getpid(),
    }


def threads(request: Any, report: Report) -> Any:
    """State of every thread: (privileges forbidden, mode of seccomp, capabilities)."""
    import numpy as np  # noqa: PLC0415  (starts threads)

    started = threading.Thread(target=time.sleep, args=(0.2,))
    started.start()
    np.ones((300, 300)) @ np.ones((300, 300))
    found = []
    for status in Path("/proc/self/task").glob("*/status"):
        fields = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
        found.append([int(fields["NoNewPrivs"]), int(fields["Seccomp"]), int(fields["CapEff"], 16)])
    started.join()
    return found


def attempts(request: Any, report: Report) -> Any:
    """Name of what is tried → the error's name, or "" where it succeeded. `request`: paths by what is done to them."""
    parent = os.getppid()
    tried: dict[str, Callable[[], object]] = {
        "a program": lambda: subprocess.run([sys.executable, "-V"], check=False),
        "a fork": os.fork,
        "the internet": lambda: socket.socket(socket.AF_INET),
        "the internet 6": lambda: socket.socket(socket.AF_INET6),
        "a raw socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "a local socket": lambda: socket.socket(socket.AF_UNIX).connect("/run/postgresql/.s.PGSQL.5432"),
        "a signal to the parent": lambda: os.kill(parent, 0),
        "the parent's environment": Path(f"/proc/{parent}/environ").read_bytes,
        "the parent's memory": lambda: Path(f"/proc/{parent}/mem").read_bytes(),
        "a trace": lambda: _call(101 if os.uname().machine == "x86_64" else 117, 16, parent),
        "a namespace": lambda: _call(272 if os.uname().machine == "x86_64" else 97, 0x10000000),
        "io_uring": lambda: _call(425, 1, 0),
        "a terminal": lambda: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY),
        **{f"reading {name}": Path(path).read_bytes for name, path in request["read"].items()},
        **{f"writing {name}": _writer(Path(path)) for name, path in request["write"].items()},
        **{f"linking {name}": _linker(Path(path)) for name, path in request["read"].items()},
        "a thread": lambda: threading.Thread(target=int).start(),
        "a signal to itself": lambda: os.kill(os.getpid(), 0),
        "a pair of sockets": socket.socketpair,
        "chance": lambda: os.open("/dev/urandom", os.O_RDONLY),
    }
    return {name: _error_of(function) for name, function in tried.items()}


def _writer(path: Path) -> Callable[[], object]:
    return lambda: path.write_bytes(b"x")


def _linker(path: Path) -> Callable[[], object]:
    return lambda: Path(f"link to {path.name}").hardlink_to(path)


def _call(number: int, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


def _error_of(function: Callable[[], object]) -> str:
    try:
        function()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "?")
    return ""


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"
