"""Defects of a photo's surface, scratches, cracks, folds, dust, torn corners: found by a net, features left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.mesh_topology import EYES
from pipeline.image_ops import ellipse_kernel, gaussian, polygon_mask, resize, single

if TYPE_CHECKING:
    from pipeline.faces.finder import Face
    from pipeline.runtime import Runtime

MODEL: Final = "photo_defects"
"""Name of the net, weights/defects.onnx, trained by weights/train/defects.py."""
DAMAGED_SHARE: Final = 0.02
"""Share of an old print's area from which its defects ask for a repair."""

_BROWS: Final = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
_MOUTH: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_SIDE: Final = 1024
"""Pixels of the longer side at which the net looks."""
_GRID: Final = 16  # the net's sides are multiples of it
_LIKELY: Final = 0.45  # chance of all pixels of a defect
_LEAST: Final = 6  # pixels of the smallest defect, at the net's size
_AROUND: Final = 4.0  # pixels, σ of what is around a defect
_CONTRAST: Final = 6.0  # levels by which a defect differs at least, and a share of the deviation around it
_LONG: Final = 80.0  # pixels of the net's picture: so long a line is hardly anything else
_LONG_UNEVEN: Final = 8.0  # levels that it may have more around it
_LEAST_SHARE: Final = 0.001
"""Share of the picture below which what is sure is left alone: undamaged photos have so many false alarms."""
_HURT_SHARE: Final = 0.002
"""Share of the picture from which what is sure tells that a photo is damaged, and that the rest is damage, too."""
_WIDEST_IN_FEATURE: Final = 0.22
"""Widths of an eye up to which a defect is closed where it crosses an eye, a brow or the mouth."""
_OUTSIDE: Final = 0.5
"""Share of a defect that has to lie outside the features of faces: a speck on an eye is its catchlight."""


class _Demand(NamedTuple):
    """The demands on a part of a picture that is taken for a defect."""

    chance: float
    """Least mean chance."""
    spread: float
    """Share of the deviation around it by which it differs at least."""
    uneven: float
    """Largest deviation around it, levels: in lace and leaves lines can't be told from scratches."""


# With these and the two shares, 10 of 117 undamaged pictures of 320 to 1,280 pixels fall under 40 dB;
# what a photo's damage is worth is lost where less than _HURT_SHARE is sure.
_SURE, _OF_HURT_PHOTO = _Demand(0.84, 3.0, 18.0), _Demand(0.7, 2.2, 30.0)


@dataclass(frozen=True, slots=True)
class Defects:
    """The defects of a photo."""

    mask: Mask
    """bool H×W of the photo: the pixels that are hidden by them."""

    @property
    def share(self) -> float:
        """Share of the picture's area, 0..1."""
        return float(self.mask.mean())

    @property
    def ask_for_repair(self) -> bool:
        """Whether there are so many that an old print is a damaged one."""
        return self.share >= DAMAGED_SHARE


def find_defects(pixels: Pixels, faces: Sequence[Face], runtime: Runtime) -> Defects:
    """Find the defects of a photo.

    Args:
        pixels: uint8 H×W×3 RGB.
        faces: All its faces, in its pixels: their eyes, brows and mouths are no defects.
        runtime: Has the model.
    """
    height, width = pixels.shape[:2]
    grey = _look(pixels)
    chance = _chance(grey, runtime)
    likely = chance > _LIKELY
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(likely.astype(np.uint8), connectivity=8)
    labels = numbers.astype(np.int64)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    met = _measure_parts(grey, chance, labels, stats.astype(np.int64))
    found = met(_SURE)[labels]
    if found.mean() < _LEAST_SHARE:
        return Defects(np.zeros((height, width), bool))
    if found.mean() >= _HURT_SHARE:
        found = met(_OF_HURT_PHOTO)[labels]
    scale = single(np.array(chance.shape[::-1]) / (width, height))
    for face in faces:
        found &= _spare_features(labels, areas, face, scale)
    return Defects(resize(found.astype(np.float32), (height, width)) > 0.5)


def _look(pixels: Pixels) -> Float:
    """The picture as the net sees it: grey, float32 h×w, 0..255, no larger than _SIDE."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    height, width = grey.shape
    share = min(1.0, _SIDE / max(height, width))
    return single(resize(grey, (max(1, round(height * share)), max(1, round(width * share)))) if share < 1 else grey)


def _chance(grey: Float, runtime: Runtime) -> Float:
    """The net's answer, float32 h×w, 0..1."""
    rows, columns = (-length % _GRID for length in grey.shape)
    padded = cv2.copyMakeBorder(grey, 0, rows, 0, columns, cv2.BORDER_REPLICATE)
    (answer,) = runtime.run(MODEL, {"pixels": padded[None, None]}).values()
    return np.asarray(answer[0, 0, : grey.shape[0], : grey.shape[1]], np.float32)


def _measure_parts(
    grey: Float, chance: Float, labels: NDArray[np.int64], stats: NDArray[np.int64]
) -> Callable[[_Demand], Mask]:
    """Measure the parts of a picture that look like defects.

    A line of a pattern lies among others of its kind, and an edge of a thing between two levels: what is around them is
    as uneven as they are.

    Returns:
        demand → whether each part meets it, bool (parts,).
    """
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    reach = np.minimum(stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) / _LONG, 1)
    known = single(1 - cv2.dilate((labels > 0).astype(np.uint8), ellipse_kernel(1)))
    weight = np.maximum(gaussian(known, _AROUND), 1e-3)
    mean = gaussian(grey * known, _AROUND) / weight
    spread = np.sqrt(np.maximum(gaussian(grey * grey * known, _AROUND) / weight - mean * mean, 0))

    def average(values: Float) -> NDArray[np.float64]:
        return np.bincount(labels.ravel(), values.ravel(), minlength=len(areas)) / np.maximum(areas, 1)

    uneven, contrast, sure = average(spread), average(np.abs(grey - mean)), average(chance)

    def meets(demand: _Demand) -> Mask:
        kept = (sure > demand.chance) & (uneven < demand.uneven + _LONG_UNEVEN * reach)
        kept &= areas >= _LEAST
        kept &= contrast > _CONTRAST + demand.spread * uneven
        kept[0] = False
        return np.asarray(kept, bool)

    return meets


def _spare_features(labels: NDArray[np.int64], areas: NDArray[np.int64], face: Face, scale: Float) -> Mask:
    """The pixels in which a defect may be mended, bool h×w: outside a face's eyes, brows and mouth, and within them
    along a thin defect that comes from outside."""
    points = face.landmarks[:, :2] * scale
    eye = float(np.ptp(points[list(EYES[0]), 0]) + np.ptp(points[list(EYES[1]), 0])) / 2
    drawn = np.zeros(labels.shape, np.uint8)
    for contour in (*EYES, *_BROWS, _MOUTH):
        hull = cv2.convexHull(points[list(contour)].astype(np.float32))[:, 0].astype(np.float32)
        drawn |= polygon_mask((labels.shape[0], labels.shape[1]), hull)
    features: Pixels = np.asarray(cv2.dilate(drawn, ellipse_kernel(max(1, round(0.12 * eye)))), np.uint8)
    inside = np.bincount(labels[features > 0], minlength=len(areas))
    crossing = inside <= (1 - _OUTSIDE) * areas
    part = (crossing[labels] & (labels > 0) & (features > 0)).astype(np.uint8)
    wide = cv2.morphologyEx(part, cv2.MORPH_OPEN, ellipse_kernel(max(1, round(_WIDEST_IN_FEATURE * eye / 2))))
    return np.asarray((features == 0) | ((part > 0) & (wide == 0)), bool)
