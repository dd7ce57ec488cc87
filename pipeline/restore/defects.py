"""Defects of a photo's surface, scratches, cracks, folds, dust, torn corners: found by a net, features left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.mesh_topology import EYES, OVAL
from pipeline.image_ops import dilate_within, ellipse_kernel, gaussian, polygon_mask, resize, single
from pipeline.restore.torn_corners import find_torn_corners

if TYPE_CHECKING:
    from pipeline.faces.finder import Face
    from pipeline.runtime import Runtime

MODEL: Final = "photo_defects"
"""Name of the net, weights/defects.onnx, trained by weights/train/defects.py."""
FINE_MODEL: Final = "photo_hairlines"
"""Name of the same net trained on, weights/hairlines.onnx, that looks at the faces of small wrecked pictures
enlarged."""
DAMAGED_SHARE: Final = 0.001
"""Share of an old print's area from which what is surely damaged asks for a repair; the most of 117 whole pictures is
0.0005."""

_BROWS: Final = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
_MOUTH: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_NOSE: Final = (1, 48, 64, 98, 97, 2, 326, 327, 294, 278)
"""The underside of the nose with its wings: nostrils are as dark and as small as dust."""
_SIDE: Final = 1024
"""Pixels of the longer side at which the net looks."""
_GRID: Final = 16  # the net's sides are multiples of it
_LIKELY: Final = 0.45  # chance of all pixels of a defect
_LEAST: Final = 6  # pixels of the smallest defect, at the net's size
_AROUND: Final = 4.0  # pixels, σ of what is around a defect
_FIELD: Final = 12.0  # pixels, σ of the picture's part in which it lies
_CROWD: Final = 24.0  # pixels, σ in which others of its kind are counted
_GAP: Final = 5  # pixels on each side of a part over which the next one is of the same line
# Weights of a logistic regression on 15,000 parts of 117 whole pictures and of the same with drawn damage, by
# skill.train.defect_parts; the order is that of `_measure_parts`.
_WEIGHTS: Final = (2.463, 1.308, -1.468, 0.667, 8.21, -1.061, -0.247)
_BIAS: Final = -16.066
_SURE: Final = 1.5
"""Log odds from which a part is surely damage: of whole pictures 7 in 117 have any such part."""
_HURT_SHARE: Final = 0.0005
"""Share of the picture from which what is sure tells that a photo is damaged, and that the rest is damage, too."""
_TAKEN: Final = 1.0
"""Log odds from which a part is mended on a photo that is hardly damaged: of whole pictures 13 in 117 have any, 2 more
than 150 pixels."""
_TAKEN_OF_HURT: Final = -0.5
"""The same on a damaged photo, where nine tenths of what is taken are damage."""
_WRECKED_SHARE: Final = 0.004
"""Share of the picture by _TAKEN_OF_HURT from which cracks lie so close that each makes the others less likely; the
most of 117 whole pictures is 0.002, the least of three torn and creased prints 0.007."""
_TAKEN_OF_WRECKED: Final = -1.5
_FAINT: Final = 0.1
"""Chance from which a line that joins a defect of a damaged photo is its continuation: cracks fade out and go on."""
_WIDEST_LINE: Final = 3
"""Half the width of such a line, pixels at the net's size, at most: an ear or a collar beside a crack is wider."""
_FARTHEST: Final = 30  # pixels at the net's size over which a defect goes on so
_FINE: Final = 2.0
"""Times by which a small wrecked picture is enlarged for a second look: the net begins at half the size, so that cracks
of a pixel's width are lost to it, dark ones on light skin above all."""
_LEAST_GROWTH: Final = 1.3
_AROUND_FACE: Final = 0.12  # of a face's width around its outline in which fine cracks are looked for
_FINE_SHARE: Final = 0.3  # of a pixel that such a crack covers
_WIDEST_IN_FEATURE: Final = 0.22
"""Widths of an eye up to which a defect is closed where it crosses an eye, a brow, the nose or the mouth."""
_OUTSIDE: Final = 0.5
"""Share of a defect that has to lie outside the features of faces: a speck on an eye is its catchlight."""


class Parts(NamedTuple):
    """The parts of a picture that may be defects."""

    labels: NDArray[np.int64]
    """The number of each pixel's part, h×w, 0 for none."""
    chance: Float
    """The net's chance of damage, float32 h×w, 0..1."""
    areas: NDArray[np.int64]
    """Pixels of each part, (parts,); the first are those of none."""
    met: NDArray[np.float64]
    """The measures of each part, (parts, 7), which a logistic regression weighs."""


@dataclass(frozen=True, slots=True)
class Defects:
    """The defects of a photo."""

    mask: Mask
    """bool H×W of the photo: the pixels that are hidden by them."""
    sure: float = 0.0
    """Share of the picture's area, 0..1, that is surely damaged."""
    wrecked: bool = False
    """Whether cracks lie close over the whole picture."""

    @property
    def share(self) -> float:
        """Share of the picture's area, 0..1."""
        return float(self.mask.mean())

    @property
    def ask_for_repair(self) -> bool:
        """Whether there are so many that an old print is a damaged one."""
        return self.wrecked or self.sure >= DAMAGED_SHARE


def find_defects(pixels: Pixels, faces: Sequence[Face], runtime: Runtime) -> Defects:
    """Find the defects of a photo.

    Args:
        pixels: uint8 H×W×3 RGB.
        faces: All its faces, in its pixels: their eyes, brows, noses and mouths are no defects.
        runtime: Has the model.
    """
    height, width = pixels.shape[:2]
    grey = _look(pixels)
    parts = find_parts(grey, runtime)
    labels, odds = parts.labels, _judge(parts)
    sure = float((odds > _SURE)[labels].mean())
    wrecked = float((odds > _TAKEN_OF_HURT)[labels].mean()) >= _WRECKED_SHARE
    least = _TAKEN_OF_HURT if sure >= _HURT_SHARE else _TAKEN
    found = (odds > (_TAKEN_OF_WRECKED if wrecked else least))[labels]
    scale = single(np.array(labels.shape[::-1]) / (width, height))
    free = np.ones(labels.shape, bool)
    for face in faces:
        found &= _spare_features(labels, parts.areas, face, scale)
        free &= ~_draw_features((labels.shape[0], labels.shape[1]), face, scale)
    chance = parts.chance
    if wrecked:
        fine, fine_chance = _find_fine(grey, faces, scale, runtime)
        found, chance = found | fine, np.maximum(chance, fine_chance)
    if wrecked or sure >= _HURT_SHARE:
        found = _continue_lines(found, free & (chance > _FAINT))
    corners = find_torn_corners(grey, faces, scale)
    mask = resize((found | corners).astype(np.float32), (height, width)) > 0.5
    return Defects(mask, sure + float(corners.mean()), wrecked)


def _continue_lines(found: Mask, faint: Mask) -> Mask:
    """Defects, bool h×w, with the thin faint lines that go on from them, of `faint`, bool h×w."""
    wide = cv2.morphologyEx(faint.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(_WIDEST_LINE)) > 0
    allowed = ((faint & ~wide) | found).astype(np.uint8)
    return np.asarray(dilate_within(found.astype(np.uint8), allowed, _FARTHEST), bool)


def _find_fine(grey: Float, faces: Sequence[Face], scale: Float, runtime: Runtime) -> tuple[Mask, Float]:
    """The defects of a small wrecked picture that are finer than the net sees at its size.

    Args:
        grey: The picture as the net sees it, float32 h×w, 0..255.
        faces: In pixels of the photo.
        scale: Pixels of the picture by those of the photo, across and down.
        runtime: Has the models.

    Returns:
        The defects, bool h×w, and on faces the chance of fine cracks, float32 h×w, 0..1. Elsewhere seams and rims look
        too much like them, and only the first net is asked.
    """
    found, chance = np.zeros(grey.shape, bool), np.zeros(grey.shape, np.float32)
    growth = min(_FINE, _SIDE / max(grey.shape))
    if growth < _LEAST_GROWTH:
        return found, chance
    large = single(cv2.resize(grey, None, fx=growth, fy=growth, interpolation=cv2.INTER_CUBIC))
    heads = _draw_heads(grey.shape, faces, scale)
    for model, place in ((MODEL, None), (FINE_MODEL, heads)):
        if place is not None and not place.any():
            continue
        parts = find_parts(large, runtime, model)
        likely = (_judge(parts) > _TAKEN_OF_WRECKED)[parts.labels]
        for face in faces:
            likely &= _spare_features(parts.labels, parts.areas, face, single(scale * growth))
        fine = np.asarray(resize(likely.astype(np.float32), grey.shape) > _FINE_SHARE, bool)
        found |= fine if place is None else fine & place
        if place is not None:
            chance = single(resize(parts.chance, grey.shape) * place)
    return found, chance


def _draw_heads(size: tuple[int, ...], faces: Sequence[Face], scale: Float) -> Mask:
    """The faces with a little around them, bool of `size`."""
    drawn = np.zeros((size[0], size[1]), bool)
    for face in faces:
        oval = polygon_mask((size[0], size[1]), single(face.landmarks[list(OVAL), :2] * scale)).astype(np.uint8)
        around = max(1, round(_AROUND_FACE * float(np.ptp(face.box[::2]) * scale[0])))
        drawn |= cv2.dilate(oval, ellipse_kernel(around)) > 0
    return drawn


def _judge(parts: Parts) -> NDArray[np.float64]:
    """The log odds of each part that it is damage, (parts,)."""
    odds = np.asarray(parts.met @ np.array(_WEIGHTS) + _BIAS, np.float64)
    odds[(parts.areas < _LEAST) | (np.arange(len(parts.areas)) == 0)] = -np.inf
    return odds


def find_parts(grey: Float, runtime: Runtime, model: str = MODEL) -> Parts:
    """Find what may be a defect.

    Args:
        grey: The picture as the net sees it, float32 h×w, 0..255, no larger than 1,024 pixels.
        runtime: Has the model.
        model: MODEL or FINE_MODEL.
    """
    chance = _chance(grey, runtime, model)
    likely = (chance > _LIKELY).astype(np.uint8)
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(likely, connectivity=8)
    labels, areas = numbers.astype(np.int64), stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    return Parts(labels, chance, areas, _measure_parts(grey, chance, labels, len(areas)))


def _look(pixels: Pixels) -> Float:
    """The picture as the net sees it: grey, float32 h×w, 0..255, no larger than _SIDE."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    height, width = grey.shape
    share = min(1.0, _SIDE / max(height, width))
    return single(resize(grey, (max(1, round(height * share)), max(1, round(width * share)))) if share < 1 else grey)


def _chance(grey: Float, runtime: Runtime, model: str) -> Float:
    """A net's answer, float32 h×w, 0..1."""
    rows, columns = (-length % _GRID for length in grey.shape)
    padded = cv2.copyMakeBorder(grey, 0, rows, 0, columns, cv2.BORDER_REPLICATE)
    (answer,) = runtime.run(model, {"pixels": padded[None, None]}).values()
    return np.asarray(answer[0, 0, : grey.shape[0], : grey.shape[1]], np.float32)


def _measure_parts(grey: Float, chance: Float, labels: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """The measures of each part of a picture, (count, len(_WEIGHTS)).

    A line of a pattern lies among others of its kind, an edge of a thing between two levels, and a scratch that breaks
    off goes on: what is around a part, and the line that it is a piece of, tell more than the part itself.
    """
    likely = (labels > 0).astype(np.uint8)
    areas = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    known = single(1 - cv2.dilate(likely, ellipse_kernel(1)))
    around = _deviation(grey, known, _AROUND)
    crowd = gaussian(likely.astype(np.float32), _CROWD)

    def average(values: Float) -> NDArray[np.float64]:
        return np.bincount(labels.ravel(), values.ravel(), minlength=count) / areas

    lines, line_of, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(likely, ellipse_kernel(_GAP)))
    line = np.zeros(count, np.int64)
    line[labels[likely > 0]] = line_of[likely > 0]
    pixels = np.maximum(np.bincount(line_of[likely > 0], minlength=lines), 1)
    chances = np.bincount(line_of[likely > 0], chance[likely > 0], minlength=lines) / pixels
    long = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    field, uneven = _deviation(grey, None, _FIELD), float(np.median(around))
    met = [
        average(chance), np.log(long[line]), np.log(average(around) + 1), np.log(average(field) + 1),
        chances[line], np.log(average(crowd) + 0.01), np.full(count, np.log(uneven + 1)),
    ]  # fmt: skip
    return np.asarray(np.stack(met, axis=1))


def _deviation(grey: Float, known: Float | None, reach: float) -> Float:
    """The deviation of what is known around each pixel, within σ = `reach`, levels."""
    if known is None:
        mean, square = gaussian(grey, reach), gaussian(grey * grey, reach)
    else:
        weight = np.maximum(gaussian(known, reach), 1e-3)
        mean, square = gaussian(grey * known, reach) / weight, gaussian(grey * grey * known, reach) / weight
    return single(np.sqrt(np.maximum(square - mean * mean, 0)))


def _spare_features(labels: NDArray[np.int64], areas: NDArray[np.int64], face: Face, scale: Float) -> Mask:
    """The pixels in which a defect may be mended, bool h×w: outside a face's features, and within them
    along a thin defect that comes from outside."""
    features = _draw_features((labels.shape[0], labels.shape[1]), face, scale)
    inside = np.bincount(labels[features], minlength=len(areas))
    crossing = inside <= (1 - _OUTSIDE) * areas
    part = (crossing[labels] & (labels > 0) & features).astype(np.uint8)
    widest = max(1, round(_WIDEST_IN_FEATURE * _eye_width(face, scale) / 2))
    wide = cv2.morphologyEx(part, cv2.MORPH_OPEN, ellipse_kernel(widest))
    return np.asarray(~features | ((part > 0) & (wide == 0)), bool)


def _draw_features(size: tuple[int, int], face: Face, scale: Float) -> Mask:
    """A face's eyes, brows, nostrils and mouth with a little around them, bool of `size`."""
    points = face.landmarks[:, :2] * scale
    drawn = np.zeros(size, np.uint8)
    for contour in (*EYES, *_BROWS, _NOSE, _MOUTH):
        hull = cv2.convexHull(points[list(contour)].astype(np.float32))[:, 0].astype(np.float32)
        drawn |= polygon_mask(size, hull)
    around = max(1, round(0.12 * _eye_width(face, scale)))
    return np.asarray(cv2.dilate(drawn, ellipse_kernel(around)) > 0, bool)


def _eye_width(face: Face, scale: Float) -> float:
    points = face.landmarks[:, :2] * scale
    return float(np.ptp(points[list(EYES[0]), 0]) + np.ptp(points[list(EYES[1]), 0])) / 2
