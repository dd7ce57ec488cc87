"""A render by the running service where there is no network but this machine itself, and who was looked up meanwhile.

A program for a network namespace of its own: `unshare --net --mount python -m tests.closed_network FOLDER RESOLV_CONF`.
It prints each host name that anything in the namespace asked for.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

from skill.demo_portrait import astronaut
from skill.web.auth import TICKET_HEADER
from tests.service_process import ServiceProcess

_SECONDS = 13.0
"""Seconds that the rendering process lives: onnxruntime's telemetry asks for its vendor's host after nine."""
_SIOCSIFFLAGS, _UP, _RUNNING = 0x8914, 0x1, 0x40


def main(folder: Path, resolver: Path) -> None:
    """Render one photo.

    Args:
        folder: Empty; for the service's data.
        resolver: A resolv.conf that names this machine.
    """
    # what libraries look up goes to us, and nothing else can go anywhere
    subprocess.run(["mount", "--bind", str(resolver), "/etc/resolv.conf"], check=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loopback:
        fcntl.ioctl(loopback, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _UP | _RUNNING))
    questions = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    questions.bind(("127.0.0.1", 53))
    Thread(target=_print_names, args=(questions,), daemon=True).start()
    began = time.monotonic()
    service = ServiceProcess(folder / "data", long_side="320")
    try:
        _render(service)
        time.sleep(max(0.0, began + _SECONDS - time.monotonic()))
    finally:
        service.stop()


def _render(service: ServiceProcess) -> None:
    token = service.ticket()[0].rpartition("/")[2]
    body = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' + astronaut() + b"\r\n--x--\r\n"
    headers = {TICKET_HEADER: token, "Content-Type": "multipart/form-data; boundary=x"}
    job = _ask(Request(f"{service.address}/api/v1/animations", body, headers))
    _ask(Request(f"{service.address}/api/v1/faces", body, headers))
    while job["state"] in {"waiting", "running"}:
        time.sleep(0.2)
        job = _ask(f"{service.address}/api/v1/animations/{job['id']}")
    assert job["state"] == "done", job


def _ask(request: Request | str) -> dict[str, str]:
    with urlopen(request) as answer:
        view: dict[str, str] = json.load(answer)
        return view


def _print_names(questions: socket.socket) -> None:
    while True:
        question = questions.recv(2000)
        labels, at = [], 12
        while size := question[at]:
            labels.append(question[at + 1 : at + 1 + size].decode("ascii", "replace"))
            at += 1 + size
        sys.stdout.write(f"{'.'.join(labels)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.environ.pop("OZHIVI_CONFIG", None)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
