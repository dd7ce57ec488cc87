"""The frames and the pixels in which an eye is drawn, beside what the face's motion alone draws."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.eyes.glint import glint_shift
from pipeline.arrays import AnyArray, Float
from pipeline.image_ops import single
from pipeline.motion.channels import CurveValues

_STILL: Final = 0.03  # pixels by which an eyeball or a lower lid moves unseen


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
