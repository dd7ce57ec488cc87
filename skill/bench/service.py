"""`ozhivi bench service`: seconds from the upload to the link, the service's memory, and the weight of its page."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
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
from skill.bench.errors import BenchError
from skill.bench.processes import OZHIVI, peak_memory
from skill.demo_portrait import MEASURED_SIZE, astronaut

_NAMED_FILE = re.compile(rb"""["'](/static/[^"'#]+[.](?:css|js)|[.]/[a-z]+[.]js)""")


@dataclass(frozen=True, slots=True)
class _Service:
    """A running service."""

    address: str
    """The address, "http://…"."""
    key: str
    """A key of its API."""
    link: str
    """The link of a ticket: the page for a photo."""
    pid: int
    """The process."""


@dataclass(frozen=True, slots=True)
class PhotoTimes:
    """The time that one photo took on its way through the service."""

    sending: float
    """Seconds of the upload."""
    waiting: float
    """Seconds in the queue."""
    rendering: float
    """Seconds of the render, until there is a link."""
    total: float
    """Seconds from the begin of the upload to the link."""


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """One measurement of a service."""

    photos: tuple[PhotoTimes, ...]
    """The times of each photo; the first one is cold."""
    upload_mib: float | None
    """The growth of the server's memory, at its peak, by an upload of the largest file, in MiB; None where the system
    does not tell."""
    page_kib: float
    """The page with all its files but pictures and clips, not compressed, in KiB."""


def measure_service(photo: Path | None, *, runs: int) -> ServiceFigures:
    """Start a service, and send it one photo again and again.

    Args:
        photo: The photo; None: the demo portrait.
        runs: The number of times that it is sent.

    Raises:
        BenchError: The service does not start, or the photo is not animated.
        NoPortraitError: The demo portrait is not installed.
    """
    data = astronaut(MEASURED_SIZE) if photo is None else photo.read_bytes()
    with TemporaryDirectory() as folder, _run_service(Path(folder)) as service:
        # another seed each time: the same wish would be answered with the first clip
        photos = tuple(_time_photo(service, data, seed) for seed in range(runs))
        before = peak_memory(service.pid, reset=True)
        _send(service, data[:64] + bytes(MAX_PHOTO_BYTES - 64), 0)
        peak = peak_memory(service.pid)
        growth = None if before is None or peak is None else peak - before
        return ServiceFigures(photos, growth, _page_weight(service.link) / 1024)


def table(figures: ServiceFigures) -> list[tuple[str, str, str]]:
    """Rows of (figure, cold, median of the warm ones)."""
    cold, warm = figures.photos[0], figures.photos[1:] or figures.photos
    times = [
        ("upload to link", cold.total, [one.total for one in warm]),
        ("  sending", cold.sending, [one.sending for one in warm]),
        ("  waiting", cold.waiting, [one.waiting for one in warm]),
        ("  making", cold.rendering, [one.rendering for one in warm]),
    ]
    memory = "–" if figures.upload_mib is None else f"{figures.upload_mib:.1f} MiB"
    return [
        *((what, f"{first:.2f} s", f"{median(others):.2f} s") for what, first, others in times),
        ("memory of a 40 MiB upload", "", memory),
        ("weight of the page", "", f"{figures.page_kib:.1f} KiB"),
    ]


def show(figures: ServiceFigures) -> None:
    """Print the table."""
    shown = Table("service", "cold", "warm", box=None, pad_edge=False)
    for row in table(figures):
        shown.add_row(*row)
    Console(highlight=False).print(shown)


@contextmanager
def _run_service(folder: Path) -> Iterator[_Service]:
    """`ozhivi serve` on a free port, with a key and a ticket of its own."""
    key = secrets.token_hex(32)
    own = {"OZHIVI_DATA_DIR": str(folder / "data"), "OZHIVI_PORT": "0", "OZHIVI_API_KEYS": key}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OZHIVI_")}
    environment |= {name: os.environ[name] for name in ("OZHIVI_WEIGHTS", "OZHIVI_GALLERY") if name in os.environ}
    environment |= own
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*OZHIVI, "serve"], env=environment, stdout=log, stderr=subprocess.PIPE, text=True)
        try:
            found = re.search(r"http://\S+", process.stderr.readline() if process.stderr else "")
            if not found:
                raise BenchError("the service did not start: see what `ozhivi serve` says")
            command = [*OZHIVI, "ticket", "--address", found[0]]
            ticket = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            yield _Service(found[0], key, ticket.stdout.split()[0], process.pid)
        finally:
            process.terminate()
            process.communicate()


def _time_photo(service: _Service, photo: bytes, seed: int) -> PhotoTimes:
    """Send a photo, then listen to its events until the end."""
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
        raise BenchError(f"the photo was not animated: {job['reason'] or job['state']}")
    ended = time.perf_counter()
    return PhotoTimes(sent - began, running - sent, ended - running, ended - began)


def _send(service: _Service, photo: bytes, seed: int) -> dict[str, Any]:
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="seed"\r\n\r\n{seed}\r\n--{boundary}\r\n'
    head += 'Content-Disposition: form-data; name="photo"; filename="photo"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
    headers = {"X-Api-Key": service.key, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    with urlopen(Request(f"{service.address}/api/v1/animations", body, headers), timeout=120) as answer:
        job: dict[str, Any] = json.load(answer)
        return job


def _page_weight(link: str) -> int:
    """The bytes of the page behind a ticket's link, and of its styles and modules, without pictures."""
    addresses, files = [link], dict[str, bytes]()
    while addresses:
        address = addresses.pop()
        if address in files:
            continue
        with urlopen(address, timeout=60) as answer:
            files[address] = answer.read()
        addresses += [urljoin(address, name.decode()) for name in _NAMED_FILE.findall(files[address])]
    return sum(map(len, files.values()))
