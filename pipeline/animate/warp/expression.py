"""Expressions as displacement fields: a few landmarks are pulled, a thin-plate spline carries the skin along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from pipeline.animate.warp.depth import Depth
from pipeline.animate.warp.expression_pulls import (
    BROW,
    BROW_MIDDLE,
    CHEEK,
    FROWN,
    FROWN_MIDDLE,
    INNER_BROW,
    INNER_BROW_MIDDLE,
    JAW,
    JAW_MIDDLE,
    OPEN_SMILE,
    OPEN_SMILE_MIDDLE,
    PUCKER,
    PUCKER_MIDDLE,
    SMILE,
    SMILE_LIPS,
    SMILE_MIDDLE,
    SQUINT,
    WIDEN,
    Pair,
    Pull,
)
from pipeline.animate.warp.formula import EXPRESSIONS
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.slope_limit import limit_slope
from pipeline.arrays import Float
from pipeline.faces.mesh_topology import LEFT_MOUTH_CORNER, OVAL, RIGHT_MOUTH_CORNER
from pipeline.image_ops import gaussian, polygon_mask, sample, single, smoothstep
from pipeline.interpolation import bend_plate

_LIDS: Final = ((158, 159, 160), (385, 386, 387))  # middle of the upper lids' margins, the person's right eye first
_BROWS_BELOW: Final = ((52, 53, 65), (282, 283, 295))  # lower edges of the brows
_USUAL_GAP: Final = 0.09  # face widths between them; 0.04 to 0.15 on portraits
_INNER_LIPS: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_OPEN: Final = 0.02  # face widths between the lips from which teeth may be seen
_OPENED: Final = (0.006, 0.024)  # … and over which a smile becomes that of an open mouth
_TEETH: Final = 0.85  # of the opening's size
# Open lips that pucker come together by twice this share of their gap, as far as a field can lead back, and grow less
# full …
_PURSED: Final = 0.26
_PURSED_FULLNESS: Final = 0.5
# … and corners that a smile has lifted sink by so much of what lies above a calm mouth's, with the lips beside them.
_PURSED_CORNERS: Final = 0.6
_CORNER_SHARES: Final = MappingProxyType(
    {61: 1.0, 76: 1.0, 57: 0.95, 185: 0.75, 40: 0.45, 39: 0.2, 146: 0.75, 91: 0.45, 181: 0.2, 191: 0.85, 80: 0.55,
     81: 0.25, 95: 0.85, 88: 0.55, 178: 0.25, 216: 0.5, 206: 0.2, 212: 0.6, 202: 0.5}
)  # fmt: skip
# Inner edge of the upper and of the lower lip, and the outer edges that go with each.
_LIP_PAIRS: Final = (
    (13, 14, 0, 17), (82, 87, 37, 84), (312, 317, 267, 314), (81, 178, 39, 181), (311, 402, 269, 405),
    (80, 88, 40, 91), (310, 318, 270, 321), (191, 95, 185, 146), (415, 324, 409, 375),
)  # fmt: skip
_LINE_OF_LIPS: Final = (13, 14)
_UPPER_LIP: Final = frozenset({185, 409, 40, 270, 39, 269, 37, 267, 0, 191, 415, 80, 310, 81, 311, 82, 312, 13, 2})
# Mouth widths that a corner lies above the middle of the lips on a calm face; one that is lower, by `_HANGS` at most,
# rises more: by so many times its rise a mouth width.
_LIFTED: Final = 0.03
_HANGS: Final = 0.15
_CORNER_RISES: Final = 4.5
_STEEPEST: Final = 0.55  # pixels a pixel: skin doubles its length at most, and `ITERATIONS` find the way back

_BOTH_SIDES: Final = 0.12  # face widths beside the nose, over which one side of the face passes into the other
_NOSE: Final = (168, 6, 197, 195, 5, 4, 1)
_EYE_ENDS: Final = (33, 133, 362, 263)
_UPPER_LIDS: Final = (159, 386, 157, 160, 384, 387)
_EYES: Final = (*_EYE_ENDS, *_UPPER_LIDS)
_BROWS: Final = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
_FOREHEAD: Final = (10, 109, 338, 67, 297, 103, 332)
_BELOW_BROWS: Final = (
    *(i for i in OVAL if i not in _FOREHEAD), 6, 197, 4, 61, 291, 145, 374, 50, 280, *_EYES,
)  # fmt: skip
_JAW: Final = (58, 288, 132, 361, 172, 397, 136, 365, 150, 379)


def build_expression_fields(head: Head, grid: Grid, depth: Depth, teeth: float = 0.0) -> dict[str, Float]:
    """Displacement of each full expression.

    Args:
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).
        depth: The head's depth on it.
        teeth: How surely upper teeth are seen where the lips are open, 0..1, see `measure_upper_teeth`.

    Returns:
        Name of `formula.EXPRESSIONS` → float32 (h, w, 2), x and y on the picture in pixels.
    """
    soft = gaussian((1.0 - smoothstep(depth.outside, 0.0, 0.16)).astype(np.float32), 1.0)
    rows, columns = np.nonzero(soft > 0)
    area = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    face = Grid(grid.x[area], grid.y[area], grid.step)
    fields = {**_major_fields(head, face, soft[area], teeth), **_minor_fields(head, face, soft[area])}
    side = _side(head, face)
    fields |= {"smile_side": fields["smile"] * side, "brow_side": fields["brow"] * side}
    whole = {name: np.zeros((*grid.size, 2), np.float32) for name in fields}
    for name, field in fields.items():
        whole[name][area] = field
    whole["breath"] = _breath(head, grid, depth)
    return {name: whole[name] for name in EXPRESSIONS}


def _major_fields(head: Head, grid: Grid, mask: Float, teeth: float) -> dict[str, Float]:
    """A smile, raised brows and wide eyes, each (h, w, 2) on the part of the grid where mask (h, w) is not 0."""
    smile_fixed = [*(i for i in OVAL if i not in _JAW), *_NOSE, *_EYES, *_BROWS, 8, 9, 151, 199, 175]
    smile = _spline(head, grid, mask, [*_fix(smile_fixed), *_smile_pulls(head, teeth)]) * _smile_scale(head)
    smile = limit_slope(_hold_teeth(smile, head, grid), grid.step, _STEEPEST)
    widen_fixed = [*OVAL, *_NOSE, *_EYE_ENDS, 61, 291, 50, 280, 8, 9, 468, 473]
    widen = _spline(head, grid, mask, [*_fix(widen_fixed), *_mirror(WIDEN)])
    brow = _spline(head, grid, mask, [*_fix(_BELOW_BROWS), *_raise_brows(head, BROW, BROW_MIDDLE)])
    brow = limit_slope(brow + widen, grid.step, _STEEPEST) - widen  # a surprise has both
    return {"smile": smile, "brow": brow, "widen": widen}


def _minor_fields(head: Head, grid: Grid, mask: Float) -> dict[str, Float]:
    """The smaller movements, as of `_major_fields`."""
    upper_face = [*OVAL, *_NOSE, *_EYES, 50, 280]
    around_lower_lids = [*OVAL, *_NOSE, *_EYE_ENDS, *_UPPER_LIDS, 468, 473]
    pulls: dict[str, tuple[Iterable[int], list[Pull]]] = {
        "jaw": ([*upper_face, 205, 425], [*_mirror(JAW), *JAW_MIDDLE]),
        "pucker": ([*upper_face, 199, 175], _pucker_pulls(head)),
        "frown": (_BELOW_BROWS, [*_mirror(FROWN), *FROWN_MIDDLE]),
        "inner_brow": (_BELOW_BROWS, _raise_brows(head, INNER_BROW, INNER_BROW_MIDDLE)),
        "squint": ([*around_lower_lids, 61, 291, 9, 151], _mirror(SQUINT)),
        "cheek": ([*around_lower_lids, *_BROWS, 0, 17], _mirror(CHEEK)),
    }
    fields = {name: _spline(head, grid, mask, [*_fix(fixed), *moved]) for name, (fixed, moved) in pulls.items()}
    return {name: limit_slope(field, grid.step, _STEEPEST) for name, field in fields.items()}


def _side(head: Head, grid: Grid) -> Float:
    """1 on the person's left half of the face, -1 on the right one, (h, w, 1)."""
    middle = head.landmarks[list(_NOSE), :2].mean(0)
    across = (grid.points - middle) @ head.across / head.width
    return single(2.0 * smoothstep(across, -_BOTH_SIDES, _BOTH_SIDES) - 1.0)[..., None]


def _fix(landmarks: Iterable[int]) -> list[Pull]:
    """Pulls that hold landmarks where they are."""
    return [(i, 0.0, 0.0) for i in dict.fromkeys(landmarks)]


def _mirror(pairs: Sequence[Pair]) -> list[Pull]:
    """Pulls of both sides: `across` points to the person's left, so outwards is against it on the right side."""
    return [pull for right, left, out, down in pairs for pull in ((right, -out, down), (left, out, down))]


def _hold_teeth(field: Float, head: Head, grid: Grid) -> Float:
    """The field without its part between open lips: teeth are rigid, and lips move over them."""
    points = head.landmarks[list(_INNER_LIPS), :2]
    if not _shows_teeth(head):
        return field
    middle = points.mean(0)
    held = middle + (points - middle) * np.float32(_TEETH)  # the corners are dark and stretch
    mask = polygon_mask(grid.size, (held - grid.points[0, 0]) / grid.step)
    return single(field * (1.0 - gaussian(single(mask), 0.8))[..., None])


def _shows_teeth(head: Head) -> bool:
    """Whether the lips are so far open that teeth may be seen."""
    return _gap_of_lips(head) >= _OPEN


def _lifts(head: Head) -> list[tuple[float, float]]:
    """Heights of the right and the left corner of the mouth above its middle, each with its width, face widths."""
    points = head.landmarks[:, :2]
    right, left, middle = points[RIGHT_MOUTH_CORNER], points[LEFT_MOUTH_CORNER], points[list(_LINE_OF_LIPS)].mean(0)
    width = float(np.linalg.norm(left - right)) / head.width
    return [(float((middle - corner) @ head.down) / head.width, width) for corner in (right, left)]


def _gap_of_lips(head: Head) -> float:
    """Between the lips' middles, face widths."""
    return float(np.linalg.norm(head.landmarks[13, :2] - head.landmarks[14, :2])) / head.width


def _raise_brows(head: Head, pairs: Sequence[Pair], in_the_middle: Sequence[Pull]) -> list[Pull]:
    """Pulls of the brows; one that lies close above its eye rises less, for it would draw the eye up with it."""
    points = head.landmarks[:, :2]
    gaps = [
        float((points[list(lid)].mean(0) - points[list(brow)].mean(0)) @ head.down) / head.width
        for lid, brow in zip(_LIDS, _BROWS_BELOW, strict=True)
    ]
    right, left = (float(np.clip(0.25 + 0.75 * gap / _USUAL_GAP, 0.45, 1.0)) for gap in gaps)
    shares = [share for _ in pairs for share in (right, left)] + [0.5 * (right + left)] * len(in_the_middle)
    pulls = [*_mirror(pairs), *in_the_middle]
    return [(i, share * out, share * down) for (i, out, down), share in zip(pulls, shares, strict=True)]


def _smile_pulls(head: Head, teeth: float) -> list[Pull]:
    """Pulls of a smile; a corner of the mouth that hangs rises more, and the lips beside it with it.

    An open mouth keeps its lower lip, so as not to shut, and lifts the upper one off teeth that are seen.
    """
    more = [1.0 + _CORNER_RISES * float(np.clip(_LIFTED - lift / mouth, 0.0, _HANGS)) for lift, mouth in _lifts(head)]
    opened = float(smoothstep(_gap_of_lips(head), *_OPENED))
    aims = {i: (out, down) for i, out, down in (*_mirror(OPEN_SMILE), *OPEN_SMILE_MIDDLE)}
    lips = {i for pair in SMILE[:SMILE_LIPS] for i in pair[:2]}
    pulls = []
    for number, (i, out, down) in enumerate((*_mirror(SMILE), *SMILE_MIDDLE)):
        open_out, open_down = aims.get(i, (out, down))
        share = opened * (teeth if i in _UPPER_LIP else 1.0)
        side = more[number % 2] if i in lips else 1.0
        pulls.append((i, out + share * (open_out - out), side * (down + share * (open_down - down))))
    return pulls


def _pucker_pulls(head: Head) -> list[Pull]:
    """Pulls of a pucker; lips that are open or smile come together over what they show, as for a kiss."""
    opened = float(smoothstep(_gap_of_lips(head), *_OPENED))
    together = {18: -opened * _PURSED * _gap_of_lips(head)}
    for upper, lower, *outer in _LIP_PAIRS:
        gap = float((head.landmarks[lower, :2] - head.landmarks[upper, :2]) @ head.down) / head.width
        shift = opened * _PURSED * max(gap, 0.0)
        together |= {upper: shift, outer[0]: shift, lower: -shift, outer[1]: -shift}
    sinks = [_PURSED_CORNERS * max(0.0, lift - _LIFTED * mouth) for lift, mouth in _lifts(head)]
    fullness = 1.0 - opened * (1.0 - _PURSED_FULLNESS)
    pulls = []
    for number, (i, out, down) in enumerate([*_mirror(PUCKER), *PUCKER_MIDDLE]):
        corner = PUCKER[number // 2][0] if number < 2 * len(PUCKER) else -1
        sink = sinks[number % 2] * _CORNER_SHARES.get(corner, 0.0)
        pulls.append((i, out, fullness * down + together.get(i, 0.0) + sink))
    return pulls


def _smile_scale(head: Head) -> float:
    """The smile's strength, 0.6..1.15: a small or foreshortened mouth smiles less, it grows by a fifth at most."""
    corners = head.landmarks[61] - head.landmarks[291]
    return float(np.clip(np.linalg.norm(corners) / head.width / 0.40, 0.6, 1.15))


def _spline(head: Head, grid: Grid, mask: Float, pulls: Sequence[Pull]) -> Float:
    """Thin-plate spline through the pulls (the last one of a landmark wins), times mask (h, w)."""
    moves = {i: out * head.across + down * head.down for i, out, down in pulls}
    at = head.landmarks[list(moves), :2].astype(np.float64) / head.width
    points = grid.points
    coarse = points[::2, ::2] / head.width
    plate = bend_plate(at, np.array(list(moves.values())), coarse.reshape(-1, 2), smoothing=1e-5)
    values = single(plate).reshape(coarse.shape) * head.width
    # every second cell is enough for a thin plate; affine map because the samples lie on cells 0, 2, 4 …
    height, width = grid.size
    x, y = (single(half) for half in np.meshgrid(0.5 * np.arange(width), 0.5 * np.arange(height)))
    return single(sample(values, x, y) * mask[..., None])


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
