"""The frames and the pixels in which an eye is drawn, beside what the face's motion alone draws."""

from __future__ import annotations

from math import ceil, floor
from typing import Final

import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.eyes.glint import glint_shift
from pipeline.arrays import AnyArray, Float
from pipeline.image_ops import single
from pipeline.motion.channels import CurveValues

_STILL: Final = 0.03  # pixels by which an eyeball or a lower lid moves unseen
_MARGIN: Final = 0.04  # eye widths around what moves: a turned head draws an eye out


def eye_window(eye: EyeMaps, x: AnyArray, y: AnyArray) -> Float:
    """The share by which an eye is drawn at positions x, y of the region, where the person is surely seen, 0..1.

    There a frame shows the texture also while the eye rests, so that it does not change when the eye begins to move.
    """
    u, v = eye.contour.local(single(x), single(y))
    half_u, half_v = (np.float32(half * eye.contour.width) for half in formula.EYE_WINDOW)
    along = 1.0 - np.minimum(np.abs(u) / half_u, 1.0) ** 8
    return single(along * (1.0 - np.minimum(np.abs(v) / half_v, 1.0) ** 8))


def eye_moves(eye: EyeMaps, blink: float, curve_values: CurveValues) -> bool:
    """Whether an eye differs from what the face's motion alone draws.

    Args:
        eye: The eye on the photo.
        blink: How far it shuts, 0..1.
        curve_values: One value of each channel; gaze, turns, smile and squint are used.
    """
    by_smile, by_squint = formula.SQUINT
    gaze = max(abs(curve_values["gaze_x"]), abs(curve_values["gaze_y"]))
    lift = abs(by_smile * curve_values["smile"] + by_squint * curve_values["squint"])
    glint = max(map(abs, glint_shift(curve_values))) if eye.has_glint else 0.0
    return blink > formula.LEAST_BLINK or max(gaze, lift, glint) * eye.contour.width > _STILL


def changed_box(eye: EyeMaps, blink: float, curve_values: CurveValues) -> tuple[int, int, int, int]:
    """The part of an eye's box that differs from what the face's motion alone draws; see `eye_moves`.

    A lid that comes down changes the whole box. Without a blink it is the window around the iris in which the eyeball
    moves, and the lower lid down to the cheek where it is lifted.

    Returns:
        Left, top, right, bottom in pixels of the photo.
    """
    if blink > formula.LEAST_BLINK:
        return eye.box
    contour, margin = eye.contour, _MARGIN * eye.contour.width
    (iris_u, iris_v), (half_u, half_v) = contour.iris, (half * contour.width for half in formula.GAZE_WINDOW)
    u, v = [iris_u - half_u, iris_u + half_u], [iris_v - half_v, iris_v + half_v]
    by_smile, by_squint = formula.SQUINT
    lift = by_smile * curve_values["smile"] + by_squint * curve_values["squint"]
    if lift:
        lower = contour.lower[(contour.at >= contour.left_end) & (contour.at <= contour.right_end)]
        u += [contour.left_end, contour.right_end]
        v += [lower.min() - abs(lift) * contour.width, lower.max() + formula.LOWER_LID_REACH * contour.width]
    low, high = [], []
    for start, along, down in zip(
        contour.centre.tolist(), contour.axis_u.tolist(), contour.axis_v.tolist(), strict=True
    ):
        by_u = (min(u) - margin) * along, (max(u) + margin) * along
        by_v = (min(v) - margin) * down, (max(v) + margin) * down
        low.append(floor(start + min(by_u) + min(by_v)))
        high.append(ceil(start + max(by_u) + max(by_v)))
    left, top, right, bottom = eye.box
    return max(left, low[0]), max(top, low[1]), min(right, high[0]), min(bottom, high[1])
