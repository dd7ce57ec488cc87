"""The lids' contours as curves over the eye's own axis, open and shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from pipeline.arrays import Double, Float
from pipeline.faces import mesh_topology
from pipeline.image_ops import gaussian, smoothstep

TABLE: Final = 400  # samples of each curve over [-width, +width] along the eye
_RISE: Final = 0.16  # share of the opening by which the lower lid comes up when the eye shuts
_OVERLAP: Final = 0.05  # eye widths: a shut upper lid covers the lower margin with its wet line and lashes


@dataclass(frozen=True)
class EyeLandmarks:
    """MediaPipe numbers of one eye; `outer` and `inner` are its corners, `iris` has its centre first."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    brow: tuple[int, ...]
    iris: tuple[int, ...]
    outer: int
    inner: int


RIGHT: Final = EyeLandmarks(
    upper=mesh_topology.RIGHT_UPPER_LID,
    lower=mesh_topology.RIGHT_LOWER_LID,
    brow=(46, 53, 52, 65, 55),
    iris=mesh_topology.RIGHT_IRIS,
    outer=mesh_topology.RIGHT_EYE_OUTER,
    inner=mesh_topology.RIGHT_EYE_INNER,
)
LEFT: Final = EyeLandmarks(
    upper=mesh_topology.LEFT_UPPER_LID,
    lower=mesh_topology.LEFT_LOWER_LID,
    brow=(285, 295, 282, 283, 276),
    iris=mesh_topology.LEFT_IRIS,
    outer=mesh_topology.LEFT_EYE_OUTER,
    inner=mesh_topology.LEFT_EYE_INNER,
)


@dataclass(frozen=True)
class Contour:
    """One eye in its own frame: u along the corners (rightwards on the picture), v downwards, origin between the
    corners, pixels. Curves are float64 (TABLE,) over `at`; `left_end`, `right_end` are the corners' u.

    upper, lower: margins of the open lids. opening: their distance, tapered to 0 at the corners. travel: way of the
    upper lid's margin down when it shuts; rise: that of the lower one up. top: where the lid's skin begins to
    stretch, below the brow.
    """

    centre: Double
    axis_u: Double
    axis_v: Double
    width: float
    at: Double
    upper: Double
    lower: Double
    opening: Double
    travel: Double
    rise: Double
    top: Double
    left_end: float
    right_end: float
    outer_is_left: bool
    iris: Double
    openness: float

    def local(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Photo positions → (u, v)."""
        dx, dy = x - np.float32(self.centre[0]), y - np.float32(self.centre[1])
        u = dx * np.float32(self.axis_u[0]) + dy * np.float32(self.axis_u[1])
        v = dx * np.float32(self.axis_v[0]) + dy * np.float32(self.axis_v[1])
        return u, v

    def curve(self, values: Double, u: Float) -> Float:
        return np.interp(u, self.at, values).astype(np.float32)


def trace(landmarks: Float, eye: EyeLandmarks) -> Contour:
    """Contour of one eye from landmarks float32 (478, ≥ 2) in pixels."""
    points = landmarks[:, :2].astype(np.float64)
    left, right = sorted((points[eye.outer], points[eye.inner]), key=lambda p: float(p[0]))
    width = float(np.linalg.norm(right - left))
    axis_u = (right - left) / width
    axis_v = np.array([-axis_u[1], axis_u[0]])
    centre = (left + right) / 2

    def local(numbers: tuple[int, ...]) -> Double:
        offset = points[list(numbers)] - centre
        return np.stack([offset @ axis_u, offset @ axis_v], -1)

    at = np.linspace(-width, width, TABLE)
    upper_points, lower_points = _monotone(local(eye.upper), width), _monotone(local(eye.lower), width)
    ends = float(upper_points[0, 0]), float(upper_points[-1, 0])
    upper, lower = _through(upper_points, at), _through(lower_points, at)
    taper = smoothstep(at, ends[0] - 0.02 * width, ends[0] + 0.14 * width)
    taper = taper * (1.0 - smoothstep(at, ends[1] - 0.14 * width, ends[1] + 0.02 * width))
    opening = np.maximum(lower - upper, 0.0) * taper
    seam = _shut_line(upper, lower, opening, at, ends)
    travel = _smooth(np.maximum(seam - upper, 0.0) * taper + _OVERLAP * width * taper, 0.035)
    rise = _smooth(np.maximum(lower - seam, 0.0) * taper, 0.035)
    upper, lower = _smooth(upper, 0.015), _smooth(lower, 0.015)
    brow = _brow_line(local(eye.brow), at)
    top = _smooth(upper - np.clip(0.75 * (upper - brow), 0.12 * width, 0.34 * width), 0.05)
    return Contour(
        centre=centre,
        axis_u=axis_u,
        axis_v=axis_v,
        width=width,
        at=at,
        upper=upper,
        lower=lower,
        opening=opening,
        travel=travel,
        rise=rise,
        top=top,
        left_end=ends[0],
        right_end=ends[1],
        outer_is_left=bool(points[eye.outer][0] < points[eye.inner][0]),
        iris=local(eye.iris[:1])[0],
        openness=float(opening.max() / width),
    )


def _shut_line(upper: Double, lower: Double, opening: Double, at: Double, ends: tuple[float, float]) -> Double:
    """Where the lids meet: a shallow arc between the corners, low near the lower lid. The lower contour itself drops
    too steeply at the corners, and a line along it ends in hooks."""
    share = np.clip((at - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0)
    first, last = np.interp(ends, at, 0.5 * (upper + lower))
    chord = first + (last - first) * share
    arc = 4.0 * share * (1.0 - share)
    wanted = lower - _RISE * opening - chord
    depth = float((wanted * arc * opening).sum() / max(float((arc * arc * opening).sum()), 1e-9))
    line = chord + depth * arc
    return np.clip(line, upper + 0.35 * opening, lower + 0.1 * opening)


def _monotone(points: Double, width: float) -> Double:
    """Points ordered along u, without those that stand (almost) above each other: a turned far eye has some."""
    ordered = points[np.argsort(points[:, 0])]
    kept = [ordered[0]]
    for point in ordered[1:]:
        if point[0] > kept[-1][0] + 0.02 * width:
            kept.append(point)
    return np.array(kept)


def _through(points: Double, at: Double) -> Double:
    curve = PchipInterpolator(points[:, 0], points[:, 1])(np.clip(at, points[0, 0], points[-1, 0]))
    return np.asarray(curve, np.float64)


def _brow_line(points: Double, at: Double) -> Double:
    ordered = points[np.argsort(points[:, 0])]
    parabola = np.polyfit(ordered[:, 0], ordered[:, 1], 2)
    return np.asarray(np.polyval(parabola, np.clip(at, ordered[0, 0], ordered[-1, 0])))


def _smooth(curve: Double, widths: float) -> Double:
    """Gaussian of `widths` eye widths along the curve; the table spans two eye widths."""
    return np.asarray(gaussian(curve[None], widths * TABLE / 2.0)[0])
