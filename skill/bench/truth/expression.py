"""Measures of an expression, from landmarks, and the animator's curves that lead from one expression to another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float
from pipeline.faces import mesh_topology as mesh
from pipeline.faces.head_pose import POINTS, STEADY, Pose, fit_head
from pipeline.motion.channels import CHANNELS, LIMITS, CurveValues

# (upper margin, lower margin) of the person's right and left eye, the middle three of each lid
_LIDS: Final = (((160, 144), (159, 145), (158, 153)), ((387, 373), (386, 374), (385, 380)))
_CORNERS: Final = (
    (mesh.RIGHT_EYE_OUTER, mesh.RIGHT_EYE_INNER),
    (mesh.LEFT_EYE_INNER, mesh.LEFT_EYE_OUTER),
)  # of each eye, from the picture's left to its right
_EYE_CORNERS: Final = tuple(landmark for pair in _CORNERS for landmark in pair)
_PUPILS: Final = (mesh.RIGHT_PUPIL, mesh.LEFT_PUPIL)
_BROWS: Final = (70, 63, 105, 66, 107, 300, 293, 334, 296, 336)
_LIPS: Final = (13, 14)  # the inner edges in the middle
_LOWER_LIP: Final = (17, 84, 314)  # its lower edge in the middle
_CHIN: Final = (152, 148, 377)
_SHUT: Final = 0.075  # openness that the tracker reads of an eye that is quite shut
# what a curve of 1 does to a real face: growth of the mouth's width, rise of its corners, of the brows (lengths)
_FULL_WIDTH, _FULL_LIFT, _FULL_BROW = 0.13, 0.065, 0.08
_FULL_FROWN: Final = 0.048  # by which the inner ends of the brows come together (lengths) …
_FROWN_DROP: Final = 0.015  # … and by which the brows come down in the mean
_INNER_BROWS: Final = ((107, 336), (55, 285))
_FULL_WIDEN: Final = 0.15  # share of the openness
_OPEN: Final = 0.6  # of the openness: a narrower eye does not say where it looks


@dataclass(frozen=True, slots=True)
class Expression:
    """Measures of one face, turned to the front. Lengths are in distances of the outer corners of the eyes."""

    pose: Pose
    """The head's pose, degrees."""
    openness: tuple[float, float]
    """Distance of the lids by the width of the eye, of the person's right and left eye."""
    mouth_width: float
    """Distance of the mouth's corners."""
    mouth_lift: float
    """Height of the mouth's corners, upwards, from the corners of the eyes. They stay where they are when the brows
    rise, which the middle of the rigid points does not: the forehead's are among them."""
    brow_lift: float
    """Height of the brows, upwards, from the same."""
    brow_tilt: float
    """By how much the person's left brow is higher than the middle of both; below 0 where the right one is higher."""
    brow_gap: float
    """Distance of the brows' inner ends."""
    mouth_tilt: float
    """By how much the mouth's corner at the person's left is higher than the middle of both."""
    lip_gap: float
    """Distance of the lips' inner edges."""
    lip_drop: float
    """Depth of the lower lip's lower edge below the mouth's corners: lips that part a little are read as shut, but the
    lower one as lower."""
    chin_back: float
    """Depth of the chin behind the middle of the rigid points: it goes back when the jaw sinks."""
    gaze_x: float
    """Place of the irises between the corners of the eyes, eye widths, > 0 to the photo's right."""
    gaze_y: float
    """The same downwards."""


def measure_expression(landmarks: Float) -> Expression:
    """Measure a face.

    Args:
        landmarks: float32 (478, 3), in pixels of any picture.
    """
    fit = fit_head(landmarks)
    points = landmarks.astype(np.float64)
    front = (points - points[list(POINTS)].mean(0)) @ fit.rotation / (100.0 * fit.scale)
    irises = np.array([_iris_place(front, eye) for eye in (0, 1)])
    right, left = front[mesh.RIGHT_MOUTH_CORNER], front[mesh.LEFT_MOUTH_CORNER]
    eye_line = float(front[list(_EYE_CORNERS), 1].mean())
    mouth_line = float(right[1] + left[1]) / 2.0
    return Expression(
        pose=replace(fit.pose, pitch=fit_head(landmarks, STEADY).pose.pitch),
        openness=(_openness(front, 0), _openness(front, 1)),
        mouth_width=float(np.linalg.norm(left[:2] - right[:2])),
        mouth_lift=eye_line - mouth_line,
        brow_lift=eye_line - float(front[list(_BROWS), 1].mean()),
        brow_tilt=float(front[list(_BROWS[:5]), 1].mean() - front[list(_BROWS[5:]), 1].mean()) / 2.0,
        brow_gap=float(np.mean([np.linalg.norm(front[a, :2] - front[b, :2]) for a, b in _INNER_BROWS])),
        mouth_tilt=float(right[1] - left[1]) / 2.0,
        lip_gap=float(np.linalg.norm(front[_LIPS[0], :2] - front[_LIPS[1], :2])),
        lip_drop=float(front[list(_LOWER_LIP), 1].mean()) - mouth_line,
        chin_back=float(front[list(_CHIN), 2].mean()),
        gaze_x=float(irises[:, 0].mean()),
        gaze_y=float(irises[:, 1].mean()),
    )


def read_curves(neutral: Expression, now: Expression) -> CurveValues:
    """The curves' values that should turn one expression of a face into another one of the same face."""
    values = dict.fromkeys(CHANNELS, 0.0)
    for name in ("yaw", "pitch", "roll"):
        values[name] = getattr(now.pose, name) - getattr(neutral.pose, name)
    wider = now.mouth_width / neutral.mouth_width - 1.0
    higher = now.mouth_lift - neutral.mouth_lift
    values["smile"] = (wider / _FULL_WIDTH + higher / _FULL_LIFT) / 2.0
    values["smile_side"] = (now.mouth_tilt - neutral.mouth_tilt) / _FULL_LIFT
    values["frown"] = float(np.clip((neutral.brow_gap - now.brow_gap) / _FULL_FROWN, *LIMITS["frown"]))
    values["brow"] = (now.brow_lift - neutral.brow_lift + _FROWN_DROP * values["frown"]) / _FULL_BROW
    values["brow_side"] = (now.brow_tilt - neutral.brow_tilt) / _FULL_BROW
    shares = [own / max(before, 1e-6) for own, before in zip(now.openness, neutral.openness, strict=True)]
    for name, own, before in zip(("blink_r", "blink_l"), now.openness, neutral.openness, strict=True):
        values[name] = (before - own) / max(before - _SHUT, 0.02)
    values["widen"] = (min(shares) - 1.0) / _FULL_WIDEN
    if min(shares) > _OPEN:
        values["gaze_x"], values["gaze_y"] = now.gaze_x - neutral.gaze_x, now.gaze_y - neutral.gaze_y
    return {name: float(np.clip(value, *LIMITS[name])) for name, value in values.items()}


def _openness(front: Double, eye: int) -> float:
    first, last = _CORNERS[eye]
    width = np.linalg.norm(front[last, :2] - front[first, :2])
    heights = [np.linalg.norm(front[upper, :2] - front[lower, :2]) for upper, lower in _LIDS[eye]]
    return float(np.mean(heights) / max(width, 1e-6))


def _iris_place(front: Double, eye: int) -> Double:
    """Offset (2,) of an iris from the middle of its eye's corners, in eye widths, along and across the eye."""
    first, last = front[_CORNERS[eye][0], :2], front[_CORNERS[eye][1], :2]
    width = float(np.linalg.norm(last - first))
    along = (last - first) / width
    offset = front[_PUPILS[eye], :2] - (first + last) / 2.0
    return np.array([offset @ along, offset @ np.array([-along[1], along[0]])]) / width
