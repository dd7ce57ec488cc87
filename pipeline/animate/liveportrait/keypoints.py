"""Where the 21 keypoints of each frame go: the photo's own, moved by what is wanted, then corrected by three nets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from pipeline.animate.liveportrait.source import Source, placed
from pipeline.arrays import Float
from pipeline.runtime import Runtime

STITCH, EYES, LIPS = "liveportrait_stitch", "liveportrait_eyes", "liveportrait_lips"
# Facts of the nets, from the official editor: points 11, 13 belong to one eye, 15, 16 to the other, 18 to both.
ONE_EYE: Final = (11, 13)
OTHER_EYE: Final = (15, 16)
LIPS_OPEN: Final = 0.03  # from here on the official code closes a mouth before it is driven


@dataclass(frozen=True, slots=True)
class Drive:
    """What n frames differ by from the photo; all zeros (and ones) is the photo itself. float32.

    `rotation` (n, 3, 3): to be multiplied from the left of the photo's. `expression` (n, 21, 3): added.
    `scale` (n,): a factor. `shift` (n, 2): across and down, half crops. `lids` (n, 2): opening of the eyes at the
    left and right of the picture, 0 shut, 1 as on the photo. `lips` (n,): 0..1, how far a mouth that is open on the
    photo is closed first, so that an opening of the donor's mouth does not come on top.
    """

    rotation: Float
    expression: Float
    scale: Float
    shift: Float
    lids: Float
    lips: Float

    def __len__(self) -> int:
        return len(self.scale)

    @classmethod
    def still(cls, count: int) -> Self:
        """The photo, `count` times."""
        eye = np.broadcast_to(np.eye(3, dtype=np.float32), (count, 3, 3)).copy()
        ones = np.ones(count, np.float32)
        expression, shift = np.zeros((count, 21, 3), np.float32), np.zeros((count, 2), np.float32)
        return cls(eye, expression, ones, shift, np.ones((count, 2), np.float32), np.zeros(count, np.float32))


def posed(source: Source, drive: Drive) -> Float:
    """Keypoints (n, 21, 3) before the nets: x = s·(c·R + e) + t, each relative to the photo."""
    seen = source.seen
    shape = seen.keypoints @ (drive.rotation @ source.rotation) + (seen.expression + drive.expression)
    return placed(shape, seen.scale * drive.scale, seen.translation + drive.shift)


def driving(runtime: Runtime, source: Source, drive: Drive) -> Float:
    """Keypoints (n, 21, 3) of n frames, as W takes them: posed, lids moved, stitched, lips closed."""
    points = posed(source, drive)
    if (drive.lids != 1.0).any():
        points = points + _lids(runtime, source, drive.lids)
    feeds = {"kp_source": source.points[None], "kp_driving": points}
    stitched: Float = runtime.run(STITCH, feeds)["kp_stitched"]
    if source.lips < LIPS_OPEN or not drive.lips.any():
        return stitched
    ratios = np.array([[source.lips, 0.0]], np.float32)
    closed = runtime.run(LIPS, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(stitched + drive.lips[:, None, None] * closed, np.float32)


def _lids(runtime: Runtime, source: Source, opening: Float) -> Float:
    """What to add (n, 21, 3) so that the eyes open by `opening` (n, 2) of their own ratio.

    The net knows one wish for both eyes; it is asked twice, and each eye's points take its own answer. What it answers
    for the photo's own ratio is taken off, so that nothing wanted means nothing moved.
    """
    left, right = (_delta(runtime, source, own, opening[:, side]) for side, own in enumerate(source.eyes))
    canonical = source.seen.keypoints[0]
    one_is_left = canonical[list(ONE_EYE), 0].mean() < canonical[list(OTHER_EYE), 0].mean()
    delta = (left + right) / 2
    delta[:, list(ONE_EYE)] = (left if one_is_left else right)[:, list(ONE_EYE)]
    delta[:, list(OTHER_EYE)] = (right if one_is_left else left)[:, list(OTHER_EYE)]
    return np.asarray(delta, np.float32)


def _delta(runtime: Runtime, source: Source, own: float, opening: Float) -> Float:
    wanted = np.append(own * opening, own).astype(np.float32)
    ratios = np.column_stack([np.tile(source.eyes, (len(wanted), 1)), wanted]).astype(np.float32)
    delta = runtime.run(EYES, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(delta[:-1] - delta[-1:], np.float32)
