"""The command `ozhivi weights add liveportrait`: checkpoints are brought here, and converted where torch is."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from weights.errors import ExtraMissing, StoreFailed
from weights.liveportrait.pack import ADD, PackRecord
from weights.liveportrait.sources import CHECKPOINTS, gather_checkpoints
from weights.progress import Progress

_DOWNLOADS: Final = "downloads"
_MODEL_BYTES: Final = 1_500_000_000  # of the ten models, about
_DOWNLOAD_SHARE: Final = 0.5  # of the progress


def parse_source(source: str | None) -> Path | str | None:
    """Read `--from`: an http or https address stays one, everything else is a folder."""
    if source is None or urlsplit(source).scheme in ("http", "https"):
        return source
    return Path(source).expanduser()


def install(root: Path, source: Path | str | None, *, trusted: bool, progress: Progress) -> PackRecord:
    """Bring the checkpoints, convert them, check the models and place them.

    Downloads stay until all is done, and are deleted then.

    Args:
        root: The store's folder.
        source: A folder with the checkpoints, the address of a mirror, or None for the hub.
        trusted: Take files of a folder that are not the published ones, too.
        progress: Called with the step and the share done.

    Returns:
        The record of what was added.

    Raises:
        ExtraMissing: torch is not installed.
        WeightsError: See `gather_checkpoints` and `convert_checkpoints`.
        OSError: The folder can't be written.
    """
    if find_spec("torch") is None:
        raise ExtraMissing(ADD)
    downloads = root / _DOWNLOADS
    _check_free_space(root, downloads, source)
    share = 0.0 if isinstance(source, Path) else _DOWNLOAD_SHARE
    files = gather_checkpoints(source, downloads, lambda step, done: progress(step, done * share))
    # the only place outside of weights.convert that leads to torch
    from weights.convert.liveportrait.conversion import convert_checkpoints  # noqa: PLC0415

    record = convert_checkpoints(
        root, files, trusted=trusted, progress=lambda step, done: progress(step, share + done * (1.0 - share))
    )
    if not isinstance(source, Path):
        shutil.rmtree(downloads, ignore_errors=True)
    return record


def _check_free_space(root: Path, downloads: Path, source: Path | str | None) -> None:
    """Refuse a disk that is too full at once and not after half an hour. Raises StoreFailed."""
    root.mkdir(parents=True, exist_ok=True)
    needed = _MODEL_BYTES
    if not isinstance(source, Path):
        downloaded = sum(file.stat().st_size for file in downloads.glob("*.pth*"))
        needed += max(0, sum(checkpoint.size for checkpoint in CHECKPOINTS.values()) - downloaded)
    free = shutil.disk_usage(root).free
    if free < needed:
        raise StoreFailed(root, f"{needed / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free")
