"""The private folder of photos on their way in."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from skill.clock import steady_time

STALE_SECONDS: Final = 3600.0
"""Age at which an unfinished upload is the remains of a crash."""


def sweep_incoming(folder: Path, seconds: float = STALE_SECONDS) -> None:
    """Delete uploads that were begun at least so long ago."""
    latest = steady_time() - seconds
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < latest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
