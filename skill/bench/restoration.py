"""`ozhivi bench restore`: restoration of drawn damage against the truth, on sharp portraits of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from types import MappingProxyType
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from rich.console import Console
from rich.table import Table

from pipeline.arrays import Pixels
from pipeline.errors import PipelineError
from pipeline.faces.descriptor import describe_face
from pipeline.faces.finder import Face, FaceFinder
from pipeline.image_ops import gaussian
from pipeline.photo.load import read_photo
from pipeline.restore.restoration import restore_photo
from pipeline.runtime import Runtime
from weights.train import damage
from weights.train.defect_samples import Surface, add_damage, add_hairlines, cracks, dust, folds, scratches, tears

SIDE: Final = 1024
"""Pixels of a photo's longer side."""
_HEADINGS: Final = (
    "damage, what is done", "photos", "PSNR, dB", "SSIM", "cosine", "falls at most by", "landmarks, %", "most",
    "worse", "s",
)  # fmt: skip


class _Case(NamedTuple):
    """One kind of damage."""

    wish: str
    """The restoration that is asked for."""
    hurt: Callable[[Pixels, Generator], Pixels]
    """(the photo, uint8 H×W×3 in greys, all that is random) → the damaged photo."""


class Likeness(NamedTuple):
    """The nearness of a picture to the truth."""

    signal: float
    """PSNR in dB."""
    structure: float
    """SSIM, 1 for the same picture."""
    cosine: float
    """Of the face's descriptor to the truth's."""
    moved: float
    """Median shift of the landmarks, in widths of the face; nan where no face is found."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """The restoration of one photo with one kind of damage."""

    name: str
    """The photo's file."""
    damage: str
    """One of DAMAGES."""
    before: Likeness
    """Of the damaged photo."""
    after: Likeness
    """Of the restored photo."""
    seconds: float
    """Seconds of cores that the restoration took."""


def _lay(*kinds: Callable[[tuple[int, ...], Generator], Surface]) -> Callable[[Pixels, Generator], Pixels]:
    def hurt(photo: Pixels, rng: Generator) -> Pixels:
        out = photo[..., 0].astype(np.float32)
        for kind in kinds:
            cover, tone = kind(out.shape, rng)
            out += (tone - out) * cover
        return _three(np.clip(np.rint(out), 0, 255).astype(np.uint8))

    return hurt


def _all_together(photo: Pixels, rng: Generator) -> Pixels:
    surface, _ = add_damage(photo[..., 0], rng)
    aged = damage.add_grain(damage.fade(_three(surface), rng.uniform(0.35, 0.5)), rng, rng.uniform(6, 9), 0.3)
    return damage.compress_jpeg(aged, 60)


DAMAGES: Final[Mapping[str, _Case]] = MappingProxyType(
    {
        "none": _Case("auto", lambda photo, _: photo),
        "specks and hairs": _Case("repair", _lay(dust)),
        "scratches": _Case("repair", _lay(scratches)),
        "cracks": _Case("repair", _lay(cracks)),
        "fine cracks": _Case("repair", lambda photo, rng: _three(add_hairlines(photo[..., 0], rng)[0])),
        "a fold and a torn corner": _Case("repair", _lay(folds, tears)),
        "grain": _Case("denoise", lambda photo, rng: damage.add_grain(photo, rng, rng.uniform(14, 20), 0.3)),
        "faded": _Case("tone", lambda photo, rng: damage.fade(photo, rng.uniform(0.35, 0.5))),
        "all together and JPEG": _Case("auto", _all_together),
    }
)
"""Kinds of damage by name."""


def measure_restorations(
    folder: Path, runtime: Runtime, kinds: Sequence[str] = tuple(DAMAGES)
) -> Iterator[Restoration]:
    """Damage each photo of a folder, in grey as old prints are, and restore it; files without a face are left out."""
    finder = FaceFinder(runtime)
    for number, path in enumerate(sorted(path for path in folder.iterdir() if path.is_file())):
        try:
            photo = read_photo(path, long_side=SIDE)
        except PipelineError:
            continue
        truth = damage.to_grayscale(photo)
        if faces := finder.find(truth):
            for kind in kinds:
                yield _measure(path.name, kind, truth, faces, number, finder, runtime)


def _measure(
    name: str, kind: str, truth: Pixels, faces: tuple[Face, ...], seed: int, finder: FaceFinder, runtime: Runtime
) -> Restoration:
    wish, hurt = DAMAGES[kind]
    damaged = hurt(truth, np.random.default_rng(seed))
    began = process_time()
    restored = restore_photo(damaged, wish, faces, runtime).pixels
    took = process_time() - began
    known = describe_face(runtime, truth, faces[0])

    def compare(picture: Pixels) -> Likeness:
        there = finder.find(picture)
        moved = float("nan")
        if there:
            shift = np.linalg.norm(there[0].landmarks[:, :2] - faces[0].landmarks[:, :2], axis=1)
            moved = float(np.median(shift) / np.ptp(faces[0].box[::2]))
        cosine = float(known @ describe_face(runtime, picture, faces[0]))
        return Likeness(_signal(picture, truth), _structure(picture, truth), cosine, moved)

    return Restoration(name, kind, compare(damaged), compare(restored), took)


def _three(grey: Pixels) -> Pixels:
    return np.repeat(grey[..., None], 3, axis=2)


def _signal(picture: Pixels, truth: Pixels) -> float:
    """PSNR in dB, 78 at most."""
    return float(10 * np.log10(255**2 / (np.mean((picture.astype(float) - truth) ** 2) + 1e-3)))


def _structure(picture: Pixels, truth: Pixels) -> float:
    """SSIM (Wang et al. 2004) of the lightness, with its own window, σ = 1.5 pixels."""
    one, other = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float32) for each in (picture, truth))
    mean, goal = gaussian(one, 1.5), gaussian(other, 1.5)
    both = gaussian(one * other, 1.5) - mean * goal
    spread = gaussian(one * one, 1.5) - mean**2 + gaussian(other * other, 1.5) - goal**2
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    each = (2 * mean * goal + low) * (2 * both + high) / ((mean**2 + goal**2 + low) * (spread + high))
    return float(each.mean())


def show(restorations: Sequence[Restoration]) -> None:
    """Print a row for each kind of damage."""
    shown = Table(*_HEADINGS, box=None, pad_edge=False)
    for row in _rows(restorations):
        shown.add_row(*row)
    Console(highlight=False, width=180).print(shown)


def format_markdown(restorations: Sequence[Restoration]) -> str:
    """The same table in Markdown."""
    lines = [_HEADINGS, ["---"] * len(_HEADINGS), *_rows(restorations)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(restorations: Sequence[Restoration]) -> Iterator[list[str]]:
    """Means of all photos, before → after, and the worst of them."""
    for kind, case in DAMAGES.items():
        own = [one for one in restorations if one.damage == kind]
        if own:
            before, after = (np.array([getattr(one, side) for one in own]) for side in ("before", "after"))
            means = [np.nanmean(side, axis=0) for side in (before, after)]
            ways = ("{:.1f}", "{:.4f}", "{:.4f}", "{:.2f}")
            cells = [
                " → ".join(way.format(mean[number] * (100 if number == 3 else 1)) for mean in means)
                for number, way in enumerate(ways)
            ]
            fall = max(0.0, float((before[:, 2] - after[:, 2]).max()))
            worse = int((after[:, 0] < before[:, 0] - 0.05).sum())
            seconds = float(np.mean([one.seconds for one in own]))
            yield [
                f"{kind}, `{case.wish}`", str(len(own)), *cells[:3], f"{fall:.4f}", cells[3],
                f"{100 * np.nanmax(after[:, 3]):.1f}", str(worse), f"{seconds:.1f}",
            ]  # fmt: skip
