"""The official checkpoints: their place of publication, their lengths and hashes.

The hashes are those that the hub states for its files (Git LFS), read in a public mirror of its pointers and in seven
further public repositories that pin them; all agree. They were not verify_checkpoints against the files themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from weights.download import download
from weights.errors import CheckpointMissing, HashMismatch
from weights.hashing import sha256_of
from weights.progress import Progress

HUB: Final = "https://huggingface.co/KwaiVGI/LivePortrait/resolve/main"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A published file."""

    name: str
    """The file's name."""
    folder: str
    """Its folder inside the hub's repository."""
    size: int
    """Bytes."""
    sha256: str
    """The hash that the hub states for it, hex."""

    @property
    def path(self) -> str:
        """Its path inside the hub's repository."""
        return f"{self.folder}/{self.name}"


_BASE: Final = "liveportrait/base_models"
CHECKPOINTS: Final = {
    "appearance": Checkpoint(
        "appearance_feature_extractor.pth",
        _BASE,
        3_387_959,
        "5279bb8654293dbdf327030b397f107237dd9212fb11dd75b83dfb635211ceb5",
    ),
    "motion": Checkpoint(
        "motion_extractor.pth",
        _BASE,
        112_545_506,
        "251e6a94ad667a1d0c69526d292677165110ef7f0cf0f6d199f0e414e8aa0ca5",
    ),
    "warping": Checkpoint(
        "warping_module.pth",
        _BASE,
        182_180_086,
        "2f61a6f265fe344f14132364859a78bdbbc2068577170693da57fb96d636e282",
    ),
    "generator": Checkpoint(
        "spade_generator.pth",
        _BASE,
        221_813_590,
        "4780afc7909a9f84e24c01d73b31a555ef651521a1fe3b2429bd04534d992aee",
    ),
    "corrections": Checkpoint(
        "stitching_retargeting_module.pth",
        "liveportrait/retargeting_models",
        2_393_098,
        "3652d5a3f95099141a56986aaddec92fadf0a73c87a20fac9a2c07c32b28b611",
    ),
}
_ADVICE: Final = (
    "it is not the published file: delete it and download it anew, "
    "or take it as it is with --trust if you know where it is from"
)
_AGAIN: Final = "what came is not the published file and was deleted: try again, or another mirror with --from"


def gather_checkpoints(source: Path | str | None, downloads: Path, progress: Progress) -> dict[str, Path]:
    """Find the five files in a folder, or download them.

    A download must be the published file; files of a folder are judged by `verify_checkpoints`.

    Args:
        source: A folder, flat or as the official download lays it out; the address of a mirror; None for the hub.
        downloads: The folder for downloads.
        progress: Called with the step and the share done.

    Returns:
        Key of CHECKPOINTS → file.

    Raises:
        CheckpointMissing: The folder lacks a file.
        DownloadFailed: A file could not be brought.
        HashMismatch: A download is not the published file; it was deleted.
    """
    if isinstance(source, Path):
        return {key: _find(source, checkpoint) for key, checkpoint in CHECKPOINTS.items()}
    return _download_all(source or HUB, downloads, progress)


def verify_checkpoints(files: Mapping[str, Path], *, trusted: bool) -> tuple[dict[str, str], bool]:
    """Hash the five files, see `gather_checkpoints`.

    Returns:
        File name → sha256, and whether all are the published ones.

    Raises:
        HashMismatch: One is not the published file, and files are not `trusted`.
        OSError: One can't be read.
    """
    hashes = {}
    published = True
    for key, checkpoint in CHECKPOINTS.items():
        hashes[checkpoint.name] = actual = sha256_of(files[key])
        if actual != checkpoint.sha256:
            published = False
            if not trusted:
                raise HashMismatch(checkpoint.name, checkpoint.sha256, actual, _ADVICE)
    return hashes, published


def _find(folder: Path, checkpoint: Checkpoint) -> Path:
    """The checkpoint's file in any of the known layouts. Raises CheckpointMissing."""
    nested = PurePosixPath(checkpoint.path)
    for place in (nested, PurePosixPath("pretrained_weights") / nested, PurePosixPath(*nested.parts[1:])):
        if (folder / place).is_file():
            return folder / place
    if (folder / checkpoint.name).is_file():
        return folder / checkpoint.name
    raise CheckpointMissing(checkpoint.name, folder)


def _download_all(address: str, folder: Path, progress: Progress) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files, before = {}, 0
    for key, checkpoint in CHECKPOINTS.items():
        url = f"{address.rstrip('/')}/{quote(checkpoint.path)}"
        step = partial(_report, progress, checkpoint.name, before)
        files[key] = download(url, folder / checkpoint.name, checkpoint.size, step)
        if (actual := sha256_of(files[key])) != checkpoint.sha256:
            files[key].unlink()
            raise HashMismatch(checkpoint.name, checkpoint.sha256, actual, _AGAIN)
        before += checkpoint.size
    return files


def _report(progress: Progress, name: str, before: int, done: int) -> None:
    """Report `done` bytes of one file, of which `before` bytes were brought earlier."""
    total = sum(checkpoint.size for checkpoint in CHECKPOINTS.values())
    progress(f"downloading {name}, {(before + done) / 1e6:.0f} of {total / 1e6:.0f} MB", (before + done) / total)
