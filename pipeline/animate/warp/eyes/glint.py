"""Glints of lamps and windows on the eyes: they stay where the light is while the head and the gaze turn."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import channel_mean, ellipse_kernel, gaussian, single
from pipeline.motion.channels import CurveValues

# Lengths in eye widths.
_IRIS: Final = (0.15, 0.20)  # from its centre: so near lies the middle of a glint, so far may it reach
_BROADEST: Final = 0.065  # its half width at most
_SMALLEST: Final = 24.0  # pixels: in a narrower eye a glint is a pixel, and moving it would flicker
_LIGHTER: Final = (25.0, 0.5)  # than what is around it: at least so many of 255, and that share of the strongest's
_AROUND: Final = 0.02  # its soft rim
_FILL: Final = 3.0  # pixels by which the inpainting looks around


def lift_glints(eye: EyeBox, rim: Mask) -> Float:
    """The light of the glints on one eye, to be taken off the photo and laid on elsewhere.

    Args:
        eye: The eye's box.
        rim: bool (h, w): a rim of glasses or hair before the eye.

    Returns:
        float32 (h, w, 3), 0..255; 0 away from glints, and everywhere where none is seen.
    """
    width = eye.contour.width
    none = np.zeros(eye.pixels.shape, np.float32)
    if width < _SMALLEST:
        return none
    iris_u, iris_v = eye.contour.iris
    away = np.hypot(eye.u - iris_u, eye.v - iris_v) / width
    inside = (away < _IRIS[1]) & (eye.v > eye.upper) & (eye.v < eye.lower) & ~rim
    grey = channel_mean(eye.pixels)
    lighter = grey - cv2.morphologyEx(grey, cv2.MORPH_OPEN, ellipse_kernel(max(1, round(_BROADEST * width))))
    least, share = _LIGHTER
    light = (lighter > max(least, share * float(lighter[inside].max(initial=0.0)))) & inside
    _, labels = cv2.connectedComponents(light.astype(np.uint8))
    near = [label for label in np.unique(labels[light]) if away[labels == label].mean() < _IRIS[0]]
    hole = cv2.dilate(np.isin(labels, near).astype(np.uint8), ellipse_kernel(max(1, round(_AROUND * width))))
    if not near or hole.mean() > 0.5:
        return none
    photo: Pixels = np.asarray(np.rint(eye.pixels), np.uint8)
    dark = gaussian(cv2.inpaint(photo, hole, _FILL, cv2.INPAINT_TELEA), 0.7).astype(np.float32)
    soft = gaussian(hole.astype(np.float32), 0.7)[..., None]
    return single(np.maximum(photo - dark, 0.0) * soft)


def glint_shift(curve_values: CurveValues) -> tuple[float, float]:
    """The shift of glints against the iris, along the eye and down, eye widths.

    The cornea is a ball before the eye's own: when that turns, the light's mirror image goes 5/12 of the iris' way.
    """
    return (
        _shift(curve_values["yaw"], curve_values["gaze_x"]),
        _shift(curve_values["pitch"], curve_values["gaze_y"]),
    )


def _shift(degrees: float, gaze: float) -> float:
    """One of both, by a turn of the head and a shift of the iris in eye widths."""
    by_sine, by_gaze, most = formula.GLINT
    return float(np.clip(-by_sine * np.sin(np.deg2rad(degrees)) - by_gaze * gaze, -most, most))
