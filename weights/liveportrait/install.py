"""From where to where: the way of `ozhivi weights add liveportrait`, up to the door of torch."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from weights.errors import ExtraMissing, StoreFailed
from weights.liveportrait.pack import ADD, Record
from weights.liveportrait.sources import CHECKPOINTS, Progress, gathered

_DOWNLOADS: Final = "downloads"
_MADE: Final = 1_500_000_000  # bytes of the ten models, about
_BRINGING: Final = 0.5  # share of the bar


def parsed(source: str | None) -> Path | str | None:
    """`--from`: an http or https address stays one, everything else is a folder."""
    if source is None or urlsplit(source).scheme in ("http", "https"):
        return source
    return Path(source).expanduser()


def add(root: Path, source: Path | str | None, *, trusted: bool, progress: Progress) -> Record:
    """Bring, convert, check and place. Downloads are kept until all is done, and deleted then.

    Raises WeightsError, OSError.
    """
    if find_spec("torch") is None:
        raise ExtraMissing(ADD)
    downloads = root / _DOWNLOADS
    _check_room(root, downloads, source)
    share = 0.0 if isinstance(source, Path) else _BRINGING
    files = gathered(source, downloads, lambda step, done: progress(step, done * share))
    # the only place outside of weights.convert that leads to torch
    from weights.convert.liveportrait.add import add as convert  # noqa: PLC0415

    record = convert(
        root, files, trusted=trusted, progress=lambda step, done: progress(step, share + done * (1.0 - share))
    )
    if not isinstance(source, Path):
        shutil.rmtree(downloads, ignore_errors=True)
    return record


def _check_room(root: Path, downloads: Path, source: Path | str | None) -> None:
    """Better said now than after half an hour."""
    root.mkdir(parents=True, exist_ok=True)
    needed = _MADE
    if not isinstance(source, Path):
        here = sum(file.stat().st_size for file in downloads.glob("*.pth*"))
        needed += max(0, sum(checkpoint.size for checkpoint in CHECKPOINTS.values()) - here)
    free = shutil.disk_usage(root).free
    if free < needed:
        raise StoreFailed(root, f"{needed / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free")
