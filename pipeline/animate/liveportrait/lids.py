"""Opening and closing of the eyes: by the eye net, or along a vector of their own where that net answers oddly."""

from __future__ import annotations

from typing import Final

import numpy as np
import structlog

from pipeline.animate.liveportrait.source import KEYPOINTS, Source
from pipeline.arrays import Float
from pipeline.runtime import Runtime

EYES: Final = "liveportrait_eyes"
# Facts of the nets, from the official editor: keypoints 11, 13 belong to one eye, 15, 16 to the other, 18 to both.
ONE_EYE: Final = (11, 13)
OTHER_EYE: Final = (15, 16)
SHUT_RATIO: Final = 0.05
"""Openness of an eye that the nets draw quite shut; less changes nothing, so a lid's way ends here."""
LID_SLOPE: Final = 0.39
"""Shift of an eye's first keypoint down, in heights of the open eye, when it shuts: 0.26–0.41 on real blinks."""
_LID_POINTS: Final = (ONE_EYE[0], OTHER_EYE[0])
_PLAUSIBLE: Final = 5.0  # factor by which the net's answer may differ from the vector's, a wrong net's is far off
_OPEN_RATIO: Final = 0.12  # of an eye that has a way to go, on which the net can be judged

log = structlog.get_logger(__name__)


def lid_offsets(runtime: Runtime, source: Source, opening: Float) -> Float:
    """Offsets (n, 21, 3) of keypoints that open the photo's eyes by `opening`.

    Args:
        runtime: Has the model liveportrait_eyes.
        source: The face on the photo.
        opening: (n, 2): of the person's right and left eye, 0 shut, 1 as on the photo.
    """
    if _net_is_plausible(runtime, source):
        return _net_offsets(runtime, source, opening)
    log.warning("odd_eye_net")
    return vector_offsets(source, opening)


def vector_offsets(source: Source, opening: Float) -> Float:
    """The same without a net: each eye's first keypoint goes down with its lid."""
    out = np.zeros((len(opening), KEYPOINTS, 3), np.float32)
    for side, points in enumerate(_points_of_sides(source)):
        first = next(point for point in points if point in _LID_POINTS)
        out[:, first, 1] = LID_SLOPE * source.eye_heights[side] * (1.0 - opening[:, side])
    return out


def wanted_ratio(own: float, opening: Float) -> Float:
    """Openness (n,) to ask the nets for: `own` at opening 1, shut at 0; an eye that is shut on the photo stays so."""
    shut = min(own, SHUT_RATIO)
    return np.asarray(shut + opening * (own - shut), np.float32)


def _net_is_plausible(runtime: Runtime, source: Source) -> bool:
    """Whether the net's answer for shut eyes goes down, about as far as the lid's own vector."""
    shut = np.zeros((1, 2), np.float32)
    answer = _net_offsets(runtime, source, shut)[0, :, 1]
    for side, points in enumerate(_points_of_sides(source)):
        if source.eyes[side] < _OPEN_RATIO:
            continue
        expected = LID_SLOPE * source.eye_heights[side]
        found = float(max(answer[list(points)], key=abs))
        if not expected / _PLAUSIBLE <= found <= expected * _PLAUSIBLE:
            return False
    return True


def _points_of_sides(source: Source) -> tuple[tuple[int, int], tuple[int, int]]:
    """The keypoints of the person's right eye, which lies at the left of the picture, and of the left eye."""
    canonical = source.info.keypoints[0]
    one_is_left = canonical[list(ONE_EYE), 0].mean() < canonical[list(OTHER_EYE), 0].mean()
    return (ONE_EYE, OTHER_EYE) if one_is_left else (OTHER_EYE, ONE_EYE)


def _net_offsets(runtime: Runtime, source: Source, opening: Float) -> Float:
    """The eye net's offsets (n, 21, 3) for `opening` (n, 2).

    The net takes one ratio for both eyes; it is run twice, and each eye's points take their own answer. The answer for
    the photo's own ratio is subtracted, so that an eye that stays as it is does not move.
    """
    answers = [_delta(runtime, source, own, opening[:, side]) for side, own in enumerate(source.eyes)]
    delta = (answers[0] + answers[1]) / 2
    for answer, points in zip(answers, _points_of_sides(source), strict=True):
        delta[:, list(points)] = answer[:, list(points)]
    return np.asarray(delta, np.float32)


def _delta(runtime: Runtime, source: Source, own: float, opening: Float) -> Float:
    """The net's offsets (n, 21, 3) for both eyes at `opening` (n,) of an eye, less those for its `own` ratio."""
    wanted = np.append(wanted_ratio(own, opening), own)
    ratios = np.column_stack([np.tile(source.eyes, (len(wanted), 1)), wanted]).astype(np.float32)
    delta = runtime.run(EYES, {"kp_source": source.points[None], "ratios": ratios})["delta"]
    return np.asarray(delta[:-1] - delta[-1:], np.float32)
