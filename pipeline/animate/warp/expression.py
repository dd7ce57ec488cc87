"""Expressions as displacement fields: a few landmarks are pulled, a thin-plate spline carries the skin along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from pipeline.animate.warp.depth import Depth
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.slope_limit import limit_slope
from pipeline.arrays import Float
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import gaussian, polygon_mask, single, smoothstep

_Pull = tuple[int, float, float]  # landmark, outwards, down; both in face widths
_Pair = tuple[int, int, float, float]  # the same landmark on the person's right and left

# Sizes of a light closed smile and of a surprise, as filmed faces show them: a mouth wider by 0.12 and corners higher
# by 0.06 of the distance between the outer eye corners, brows higher by 0.07. Corners out and up, lips graded towards
# the middle and thinner, cheeks and nostrils wider, the lower lids a little up.
_SMILE: Final[tuple[_Pair, ...]] = (
    (61, 291, 0.052, -0.043), (76, 306, 0.052, -0.042), (57, 287, 0.047, -0.040),
    (185, 409, 0.040, -0.030), (40, 270, 0.029, -0.020), (39, 269, 0.018, -0.012), (37, 267, 0.009, -0.008),
    (146, 375, 0.041, -0.036), (91, 321, 0.030, -0.028), (181, 405, 0.019, -0.022), (84, 314, 0.009, -0.019),
    (191, 415, 0.043, -0.034), (80, 310, 0.031, -0.024), (81, 311, 0.020, -0.016), (82, 312, 0.010, -0.012),
    (95, 324, 0.043, -0.034), (88, 318, 0.031, -0.024), (178, 402, 0.020, -0.016), (87, 317, 0.010, -0.012),
    (216, 436, 0.032, -0.032), (206, 426, 0.024, -0.026), (205, 425, 0.021, -0.024), (50, 280, 0.015, -0.024),
    (101, 330, 0.009, -0.018), (36, 266, 0.013, -0.018), (117, 346, 0.004, -0.016), (118, 347, 0.002, -0.015),
    (119, 348, 0.001, -0.012), (187, 411, 0.026, -0.022), (123, 352, 0.011, -0.014), (147, 376, 0.015, -0.011),
    (145, 374, 0.0, -0.008), (153, 380, 0.0, -0.007), (144, 373, 0.0, -0.008), (23, 253, 0.0, -0.010),
    (24, 254, 0.0, -0.010), (230, 450, 0.0, -0.011), (229, 449, 0.0, -0.012),
    (129, 358, 0.011, -0.008), (98, 327, 0.011, -0.007), (48, 278, 0.009, -0.004),
    (202, 422, 0.019, -0.024), (212, 432, 0.024, -0.028), (204, 424, 0.012, -0.018), (210, 430, 0.009, -0.014),
)  # fmt: skip
_SMILE_MIDDLE: Final[tuple[_Pull, ...]] = (
    (0, 0.0, -0.006), (17, 0.0, -0.018), (13, 0.0, -0.010), (14, 0.0, -0.010), (18, 0.0, -0.012), (200, 0.0, -0.006),
    (2, 0.0, -0.001),
)  # fmt: skip
_BROW: Final[tuple[_Pair, ...]] = (
    (70, 300, 0.004, -0.043), (63, 293, 0.005, -0.055), (105, 334, 0.005, -0.062), (66, 296, 0.005, -0.062),
    (107, 336, 0.004, -0.055), (46, 276, 0.003, -0.041), (53, 283, 0.004, -0.051), (52, 282, 0.004, -0.056),
    (65, 295, 0.004, -0.056), (55, 285, 0.004, -0.048), (69, 299, 0.003, -0.027), (104, 333, 0.003, -0.027),
    (68, 298, 0.002, -0.016), (27, 257, 0.0, -0.019), (28, 258, 0.0, -0.019), (29, 259, 0.0, -0.016),
    (223, 443, 0.002, -0.035), (222, 442, 0.002, -0.036), (224, 444, 0.002, -0.031),
    (159, 386, 0.0, -0.006), (158, 385, 0.0, -0.005), (160, 387, 0.0, -0.005), (157, 384, 0.0, -0.003),
)  # fmt: skip
_BROW_MIDDLE: Final[tuple[_Pull, ...]] = (
    (9, 0.0, -0.030),
    (8, 0.0, -0.018),
    (151, 0.0, -0.018),
    (10, 0.0, -0.004),
)
# eyes opened wider: the upper lids' margins up, the lower down, at most an eighth of a normal opening
_WIDEN: Final[tuple[_Pair, ...]] = (
    (159, 386, 0.0, -0.009), (158, 385, 0.0, -0.008), (160, 387, 0.0, -0.008), (161, 388, 0.0, -0.005),
    (157, 384, 0.0, -0.005), (145, 374, 0.0, 0.004), (144, 373, 0.0, 0.003), (153, 380, 0.0, 0.003),
    (27, 257, 0.0, -0.008), (223, 443, 0.0, -0.008), (23, 253, 0.0, 0.003), (105, 334, 0.0, -0.006),
)  # fmt: skip

_LIDS: Final = ((158, 159, 160), (385, 386, 387))  # middle of the upper lids' margins, the person's right eye first
_BROWS_BELOW: Final = ((52, 53, 65), (282, 283, 295))  # lower edges of the brows
_USUAL_GAP: Final = 0.09  # face widths between them; 0.04 to 0.15 on portraits
_INNER_LIPS: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_OPEN: Final = 0.02  # face widths between the lips from which teeth may be seen
_TEETH: Final = 0.85  # of the opening's size
_STEEPEST: Final = 0.55  # pixels a pixel: skin doubles its length at most, and `ITERATIONS` find the way back

_NOSE: Final = (168, 6, 197, 195, 5, 4, 1)
_EYES: Final = (33, 133, 362, 263, 159, 386, 157, 160, 384, 387)
_BROWS: Final = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
_JAW: Final = (58, 288, 132, 361, 172, 397, 136, 365, 150, 379)


def build_expression_fields(head: Head, grid: Grid, depth: Depth) -> Mapping[str, Float]:
    """Displacement of each full expression.

    Args:
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).
        depth: The head's depth on it.

    Returns:
        Name of `formula.EXPRESSIONS` → float32 (h, w, 2), x and y on the picture in pixels.
    """
    soft = gaussian((1.0 - smoothstep(depth.outside, 0.0, 0.16)).astype(np.float32), 1.0)
    fixed_oval = [i for i in OVAL if i not in _JAW]
    smile_fixed = _fix([*fixed_oval, *_NOSE, *_EYES, *_BROWS, 8, 9, 151, 199, 175])
    forehead = {10, 109, 338, 67, 297, 103, 332}
    brow_fixed = _fix([*(i for i in OVAL if i not in forehead), 6, 197, 4, 61, 291, 145, 374, 50, 280, *_EYES])
    widen_fixed = _fix([*OVAL, *_NOSE, 33, 133, 362, 263, 61, 291, 50, 280, 8, 9, 468, 473])
    smile = _spline(head, grid, soft, [*smile_fixed, *_mirror(_SMILE), *_SMILE_MIDDLE]) * _smile_scale(head)
    smile = _hold_teeth(smile, head, grid)
    brow = _spline(head, grid, soft, [*brow_fixed, *_raise_brows(head)])
    widen = _spline(head, grid, soft, [*widen_fixed, *_mirror(_WIDEN)])
    return {
        "smile": limit_slope(smile, grid.step, _STEEPEST),
        "brow": limit_slope(brow + widen, grid.step, _STEEPEST) - widen,  # a surprise has both
        "breath": _breath(head, grid, depth),
        "widen": widen,
    }


def _fix(landmarks: Iterable[int]) -> list[_Pull]:
    """Pulls that hold landmarks where they are."""
    return [(i, 0.0, 0.0) for i in dict.fromkeys(landmarks)]


def _mirror(pairs: Sequence[_Pair]) -> list[_Pull]:
    """Pulls of both sides: `across` points to the person's left, so outwards is against it on the right side."""
    return [pull for right, left, out, down in pairs for pull in ((right, -out, down), (left, out, down))]


def _hold_teeth(field: Float, head: Head, grid: Grid) -> Float:
    """The field without its part between open lips: teeth are rigid, and lips move over them."""
    points = head.landmarks[list(_INNER_LIPS), :2]
    if np.linalg.norm(head.landmarks[13, :2] - head.landmarks[14, :2]) < _OPEN * head.width:
        return field
    middle = points.mean(0)
    held = middle + (points - middle) * np.float32(_TEETH)  # the corners are dark and stretch
    mask = polygon_mask(grid.size, (held + 0.5) / grid.step - 0.5)
    return single(field * (1.0 - gaussian(single(mask), 0.8))[..., None])


def _raise_brows(head: Head) -> list[_Pull]:
    """Pulls of the brows; one that lies close above its eye rises less, for it would draw the eye up with it."""
    points = head.landmarks[:, :2]
    gaps = [
        float((points[list(lid)].mean(0) - points[list(brow)].mean(0)) @ head.down) / head.width
        for lid, brow in zip(_LIDS, _BROWS_BELOW, strict=True)
    ]
    right, left = (float(np.clip(0.25 + 0.75 * gap / _USUAL_GAP, 0.45, 1.0)) for gap in gaps)
    shares = [share for _ in _BROW for share in (right, left)] + [0.5 * (right + left)] * len(_BROW_MIDDLE)
    pulls = [*_mirror(_BROW), *_BROW_MIDDLE]
    return [(i, share * out, share * down) for (i, out, down), share in zip(pulls, shares, strict=True)]


def _smile_scale(head: Head) -> float:
    """The smile's strength, 0.6..1.15: a small or foreshortened mouth smiles less, it grows by a fifth at most."""
    corners = head.landmarks[61] - head.landmarks[291]
    return float(np.clip(np.linalg.norm(corners) / head.width / 0.40, 0.6, 1.15))


def _spline(head: Head, grid: Grid, mask: Float, pulls: Sequence[_Pull]) -> Float:
    """Thin-plate spline through the pulls (the last one of a landmark wins), evaluated only where mask > 0."""
    moves = {i: out * head.across + down * head.down for i, out, down in pulls}
    at = head.landmarks[list(moves), :2].astype(np.float64) / head.width
    spline = RBFInterpolator(at, np.array(list(moves.values())), kernel="thin_plate_spline", smoothing=1e-5, degree=1)
    field = np.zeros((*grid.size, 2), np.float32)
    rows, columns = np.nonzero(mask > 0)
    area = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    points = grid.points[area]
    coarse = points[::2, ::2] / head.width
    values = spline(coarse.reshape(-1, 2)).reshape(coarse.shape).astype(np.float32) * head.width
    # every second cell is enough for a thin plate; affine map because the samples lie on cells 0, 2, 4 …
    height, width = points.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) / 2, np.arange(height, dtype=np.float32) / 2)
    field[area] = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return field * mask[..., None]


def _breath(head: Head, grid: Grid, depth: Depth) -> Float:
    """Shoulders that rise and widen a little and lift the head; still at the region's lower edge and far sides."""
    bottom = float(grid.y.max())
    chest = smoothstep(depth.below, 0.15, 0.8)
    edge = smoothstep(bottom - grid.y, 0.0, 0.5 * head.height)
    sideways = np.clip((grid.x - head.neck[0]) / (2.0 * head.width), -1.0, 1.0)
    field = np.zeros((*grid.size, 2), np.float32)
    field[..., 0] = 0.008 * head.width * sideways * chest * edge
    field[..., 1] = -head.width * (0.016 * chest * edge + 0.006 * (1.0 - chest))
    fade = 1.0 - smoothstep(np.abs(grid.x - head.neck[0]) / head.width, 1.6, 2.7)
    return field * fade[..., None].astype(np.float32)
