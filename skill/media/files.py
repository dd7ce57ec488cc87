"""Files that are written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import IO

CHUNK = 1 << 20  # bytes
PART = ".part"  # how the name of an unfinished file ends


def write_whole(source: IO[bytes], to: Path) -> None:
    """Copy what is left of `source` to a temporary name beside `to`, then give it its name. Raises OSError, and
    whatever reading raises; nothing stays behind then."""
    part = to.with_name(f".{secrets.token_hex(8)}{PART}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  (a descriptor: the mode is right from the first moment)
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Let a name that was just given survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
