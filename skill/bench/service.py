"""What a person waits for: from the upload to the link, through the real service; its memory and its pages' weight."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from rich.console import Console
from rich.table import Table

from pipeline.limits import MAX_PHOTO_BYTES

_OZHIVI = [sys.executable, "-c", "from skill.cli.main import main; main()"]
_NAMED = re.compile(rb"""["'](/static/[^"'#]+|[.]/[a-z]+[.]js)""")


@dataclass(frozen=True, slots=True)
class _Service:
    """A running service. `key`: of its API; `link`: of a ticket; `pid`: of its process."""

    address: str
    key: str
    link: str
    pid: int


@dataclass(frozen=True, slots=True)
class Served:
    """One photo's way, in seconds: `sent`, `waited` in the queue, `made`, and `all` of it until there is a link."""

    sent: float
    waited: float
    made: float
    all: float


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """`ways`: the first one is cold. `upload_mib`: growth of the server's memory, at its peak, by a file of 40 MiB;
    None where the system does not tell. `page_kib`: the page with all its files, not compressed."""

    ways: tuple[Served, ...]
    upload_mib: float | None
    page_kib: float


def measure(photo: Path, *, runs: int) -> ServiceFigures:
    """Start a service of its own, send it `photo` so often. Raises RuntimeError where that fails."""
    with TemporaryDirectory() as folder, _service(Path(folder)) as service:
        data = photo.read_bytes()
        # another seed each time: the same wish would be answered with the first clip
        ways = tuple(_way(service, data, seed) for seed in range(runs))
        before = _memory(service.pid, reset=True)
        _send(service, data[:64] + bytes(MAX_PHOTO_BYTES - 64), 0)
        peak = _memory(service.pid)
        growth = None if before is None or peak is None else peak - before
        return ServiceFigures(ways, growth, _weight(service.link) / 1024)


@contextmanager
def _service(folder: Path) -> Iterator[_Service]:
    """`ozhivi serve` on a free port, with a key and a ticket of its own."""
    key = secrets.token_hex(32)
    ours = {"OZHIVI_DATA_DIR": str(folder / "data"), "OZHIVI_PORT": "0", "OZHIVI_API_KEYS": key}
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("OZHIVI_")}
    theirs |= {name: os.environ[name] for name in ("OZHIVI_WEIGHTS", "OZHIVI_GALLERY") if name in os.environ}
    environment = theirs | ours
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*_OZHIVI, "serve"], env=environment, stdout=log, stderr=subprocess.PIPE, text=True)
        try:
            found = re.search(r"http://\S+", process.stderr.readline() if process.stderr else "")
            if not found:
                raise RuntimeError("the service did not start: see what `ozhivi serve` says")
            command = [*_OZHIVI, "ticket", "--address", found[0]]
            ticket = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            yield _Service(found[0], key, ticket.stdout.split()[0], process.pid)
        finally:
            process.terminate()
            process.communicate()


def _way(service: _Service, photo: bytes, seed: int) -> Served:
    """Send, then listen to the events until the end."""
    began = time.perf_counter()
    job = _send(service, photo, seed)
    sent = running = time.perf_counter()
    with urlopen(f"{service.address}/api/v1/animations/{job['id']}/events", timeout=600) as events:
        for line in events:
            if not line.startswith(b"data: "):
                continue
            job = json.loads(line[6:])
            if job["state"] == "waiting":
                running = time.perf_counter()
    if job["state"] != "done":
        raise RuntimeError(f"the photo was not animated: {job['reason'] or job['state']}")
    ended = time.perf_counter()
    return Served(sent - began, running - sent, ended - running, ended - began)


def _send(service: _Service, photo: bytes, seed: int) -> dict[str, Any]:
    edge = secrets.token_hex(16)
    head = f'--{edge}\r\nContent-Disposition: form-data; name="seed"\r\n\r\n{seed}\r\n--{edge}\r\n'
    head += 'Content-Disposition: form-data; name="photo"; filename="photo"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{edge}--\r\n".encode()
    headers = {"X-Api-Key": service.key, "Content-Type": f"multipart/form-data; boundary={edge}"}
    with urlopen(Request(f"{service.address}/api/v1/animations", body, headers), timeout=120) as answer:
        job: dict[str, Any] = json.load(answer)
        return job


def _weight(link: str) -> int:
    """Bytes of the page behind a ticket's link, and of every file that it or its modules name."""
    found, files = [link], dict[str, bytes]()
    while found:
        address = found.pop()
        if address in files:
            continue
        with urlopen(address, timeout=60) as answer:
            files[address] = answer.read()
        found += [urljoin(address, name.decode()) for name in _NAMED.findall(files[address])]
    return sum(map(len, files.values()))


def _memory(pid: int, *, reset: bool = False) -> float | None:
    """Peak of a process's memory in MiB since the last `reset`, which makes it what is held now; None without /proc."""
    place = Path(f"/proc/{pid}")
    try:
        if reset:
            (place / "clear_refs").write_text("5", encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", (place / "status").read_text(encoding="ascii"))
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def rows(figures: ServiceFigures) -> list[tuple[str, str, str]]:
    """(what, cold, median of the warm ones)."""
    cold, warm = figures.ways[0], figures.ways[1:] or figures.ways
    told = [
        ("upload to link", cold.all, [way.all for way in warm]),
        ("  sending", cold.sent, [way.sent for way in warm]),
        ("  waiting", cold.waited, [way.waited for way in warm]),
        ("  making", cold.made, [way.made for way in warm]),
    ]
    shown = [(what, f"{first:.2f} s", f"{median(others):.2f} s") for what, first, others in told]
    memory = "–" if figures.upload_mib is None else f"{figures.upload_mib:.1f} MiB"
    return [
        *shown,
        ("memory of a 40 MiB upload", "", memory),
        ("weight of the page", "", f"{figures.page_kib:.1f} KiB"),
    ]


def show(figures: ServiceFigures) -> None:
    shown = Table("service", "cold", "warm", box=None, pad_edge=False)
    for row in rows(figures):
        shown.add_row(*row)
    Console(highlight=False).print(shown)
