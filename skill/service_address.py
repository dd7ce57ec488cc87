"""The address of the service that runs on a data folder, noted there for the other commands of this machine."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_FILE: Final = "address"
_TRIES: Final = 5
_PAUSE: Final = 0.01  # seconds between two tries


@contextmanager
def note_address(folder: Path, address: str) -> Iterator[None]:
    """Note the address of a running service for as long as the block runs.

    The file is locked meanwhile, and the lock ends with the process however that ends: nobody takes a dead service's
    note for true. Of two services on one folder the first one's address stays.

    Args:
        folder: data folder of the service.
        address: by which people reach it: "https://photo.example.ru".
    """
    descriptor = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(descriptor):
            yield
            return
        os.ftruncate(descriptor, 0)
        os.write(descriptor, address.encode())
        try:
            yield
        finally:
            (folder / _FILE).unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Whether the file is ours now; a reader holds it for a moment only, another service for as long as it runs."""
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_PAUSE)
    return False


def running_address(folder: Path) -> str | None:
    """The address of the service that runs on a data folder now; None where none does."""
    with suppress(FileNotFoundError):
        descriptor = os.open(folder / _FILE, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.read(descriptor, 4096).decode()
        finally:
            os.close(descriptor)
    return None
