"""Scratch folders of workers, private, for photos at work; what a killed process left is deleted by the next one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "worker-"


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """A new folder below `root`, mode 0700, locked while it is in use and deleted afterwards."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(root):  # nobody sweeps between the making of a folder and its lock
        _sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def job_folder(scratch: Path) -> Iterator[Path]:
    """A new folder for one job, mode 0700, deleted afterwards."""
    with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _sweep(root: Path) -> None:
    """Delete folders that no living process holds: a lock ends with its process, however that ends."""
    for folder in root.glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
