"""The official checkpoints: where they are published, how long they are, what their bytes must be.

The hashes are those that the hub states for its files (Git LFS), read in a public mirror of its pointers and in seven
further public repositories that pin them; all agree. They were not checked against the files themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from weights.download import download
from weights.errors import CheckpointMissing, HashMismatch

Progress = Callable[[str, float], None]
"""What is being done, and the share of it that is done, 0..1."""

HUB: Final = "https://huggingface.co/KwaiVGI/LivePortrait/resolve/main"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A published file. `folder`: inside the hub's repository; `size` in bytes; `sha256` in hex."""

    name: str
    folder: str
    size: int
    sha256: str

    @property
    def path(self) -> str:
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


def gathered(source: Path | str | None, downloads: Path, progress: Progress) -> dict[str, Path]:
    """The five files: those of a folder as they lie there, or downloaded to `downloads` from a hub's address.

    `source`: a folder, flat or as the official download lays it out; the address of a mirror; None for the hub.
    What is downloaded must be the published file; what lies in a folder is judged by `checked`.
    Raises CheckpointMissing, DownloadFailed or HashMismatch.
    """
    if isinstance(source, Path):
        return {key: _found(source, checkpoint) for key, checkpoint in CHECKPOINTS.items()}
    return _downloaded(source or HUB, downloads, progress)


def checked(files: Mapping[str, Path], *, trusted: bool) -> tuple[dict[str, str], bool]:
    """File name → sha256, and whether all are the published ones. Raises HashMismatch unless `trusted`."""
    hashes = {}
    published = True
    for key, checkpoint in CHECKPOINTS.items():
        hashes[checkpoint.name] = actual = _sha256(files[key])
        if actual != checkpoint.sha256:
            published = False
            if not trusted:
                raise HashMismatch(checkpoint.name, checkpoint.sha256, actual, _ADVICE)
    return hashes, published


def _found(folder: Path, checkpoint: Checkpoint) -> Path:
    nested = PurePosixPath(checkpoint.path)
    for place in (nested, PurePosixPath("pretrained_weights") / nested, PurePosixPath(*nested.parts[1:])):
        if (folder / place).is_file():
            return folder / place
    if (folder / checkpoint.name).is_file():
        return folder / checkpoint.name
    raise CheckpointMissing(checkpoint.name, folder)


def _downloaded(address: str, folder: Path, progress: Progress) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files, before = {}, 0
    for key, checkpoint in CHECKPOINTS.items():
        url = f"{address.rstrip('/')}/{quote(checkpoint.path)}"
        step = partial(_step, progress, checkpoint.name, before)
        files[key] = download(url, folder / checkpoint.name, checkpoint.size, step)
        if (actual := _sha256(files[key])) != checkpoint.sha256:
            files[key].unlink()
            raise HashMismatch(checkpoint.name, checkpoint.sha256, actual, _AGAIN)
        before += checkpoint.size
    return files


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _step(progress: Progress, name: str, before: int, done: int) -> None:
    total = sum(checkpoint.size for checkpoint in CHECKPOINTS.values())
    here = (before + done) / total
    progress(f"downloading {name}, {(before + done) / 1e6:.0f} of {total / 1e6:.0f} MB", here)
