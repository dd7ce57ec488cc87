"""The contours of an eye's lids, open and shut, as curves over the eye's own axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.warp.formula import LID_SAMPLES
from pipeline.arrays import Double, Float
from pipeline.faces import mesh_topology
from pipeline.image_ops import gaussian, sample, single, smoothstep
from pipeline.interpolation import follow_curve

# The line of shut lashes from the outer to the inner corner: eye widths below the line through the corners, the mean of
# 14 eyes of three filmed people. It is lowest in the outer third and rises to the nose.
_SHUT_AT: Final = np.linspace(0.0, 1.0, 9)
_SHUT_LINE: Final = np.array([0.047, 0.087, 0.088, 0.079, 0.061, 0.037, 0.005, -0.030, -0.020])
_USUAL_DROP: Final = 0.08  # eye widths: fall of the lower margin of such an eye below its corners, weighted
_DROP: Final = (0.5, 1.5)  # of the usual: what is taken into account
_USUAL_OPENNESS: Final = 0.3  # eye widths: a narrower eye has less room for the line's slant
_WIDE: Final = 0.5  # of an eye's openness beyond the usual: by so much the line of a wide eye lies lower, by 14 eyes …
_LOWER: Final = (-0.035, 0.05)  # … eye widths: at least and at most …
_NARROW: Final = (0.15, 0.25)  # … and from openness to openness: a narrow eye's two lids share the way as they do
_WING: Final = 14.0  # times that, the share by which what is beyond the outer corner goes farther along
# The outer corner comes down with the line, which has no hook there: how far inwards, by how much.
_OUTER: Final = (0.16, 0.03)
# … and the lashes and a liner's wing beyond it turn down with it: by how much so far outwards, eye widths.
_BEYOND: Final = ((0.0, 0.1, 0.18, 0.27, 0.36), (0.03, 0.055, 0.055, 0.02, 0.0))
_BRIDGE: Final = (0.14, 0.3)  # of its length: the line crosses the corner smoothly from so far within to so far beyond
_RISE: Final = 0.10  # share of the opening by which the lower lid comes up at least when the eye shuts
_MOST_RISE: Final = 0.7  # … and at most
_OVERLAP: Final = 0.05  # eye widths: a shut upper lid covers the lower margin with its wet line and lashes


@dataclass(frozen=True)
class EyeLandmarks:
    """MediaPipe's landmark numbers of one eye."""

    upper: tuple[int, ...]
    """The upper lid's margin, from corner to corner."""
    lower: tuple[int, ...]
    """The lower lid's margin, from corner to corner."""
    brow: tuple[int, ...]
    """The brow's lower edge."""
    iris: tuple[int, ...]
    """The iris: its centre first, then four points of its rim."""
    outer: int
    """The corner at the temple."""
    inner: int
    """The corner at the nose."""


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
    """One eye in its own frame: u along the corners (rightwards on the picture), v downwards, pixels.

    The origin lies between the corners. A curve is float64 (LID_SAMPLES,), values of v at the places `at`.
    """

    centre: Double
    """(2,), the origin on the picture, x and y."""
    axis_u: Double
    """(2,), unit vector of u on the picture."""
    axis_v: Double
    """(2,), unit vector of v on the picture."""
    width: float
    """Distance of the corners, pixels."""
    at: Double
    """(LID_SAMPLES,), values of u at which the curves are given: -width..width."""
    upper: Double
    """Curve: margin of the open upper lid."""
    lower: Double
    """Curve: margin of the open lower lid."""
    opening: Double
    """Curve: distance of the two margins, tapered to 0 at the corners."""
    travel: Double
    """Curve: way of the upper margin down when the eye shuts."""
    rise: Double
    """Curve: way of the lower margin up when the eye shuts."""
    top: Double
    """Curve: height at which the upper lid's skin begins to stretch, below the brow."""
    left_end: float
    """u of the corner at the picture's left."""
    right_end: float
    """u of the corner at the picture's right."""
    outer_is_left: bool
    """Whether the corner at the temple is the one at the picture's left."""
    iris: Double
    """(2,), u and v of the iris' centre."""
    openness: float
    """Largest opening in eye widths."""

    @property
    def inner_corner(self) -> Double:
        """(2,), the corner at the nose, x and y on the picture."""
        u = self.right_end if self.outer_is_left else self.left_end
        v = float(np.interp(u, self.at, (self.upper + self.lower) / 2))
        return np.asarray(self.centre + u * self.axis_u + v * self.axis_v)

    def local(self, x: Float, y: Float) -> tuple[Float, Float]:
        """The eye's coordinates (u, v) of photo positions x, y of any shape."""
        dx, dy = x - np.float32(self.centre[0]), y - np.float32(self.centre[1])
        u = dx * np.float32(self.axis_u[0]) + dy * np.float32(self.axis_u[1])
        v = dx * np.float32(self.axis_v[0]) + dy * np.float32(self.axis_v[1])
        return u, v

    def unroll(self, grey: Float, along: Double, at_u: Double, at_d: Double) -> Float:
        """Straighten the picture along a curve.

        Args:
            grey: The picture (H, W).
            along: A curve.
            at_u: (n,), places along the eye.
            at_d: (m,), distances from the curve, downwards, pixels.

        Returns:
            (m, n), the picture at those places; beyond its borders they are repeated.
        """
        u, d = np.meshgrid(at_u, at_d)
        v = np.interp(u, self.at, along) + d
        x = (self.centre[0] + u * self.axis_u[0] + v * self.axis_v[0]).astype(np.float32)
        y = (self.centre[1] + u * self.axis_u[1] + v * self.axis_v[1]).astype(np.float32)
        return single(sample(grey, x, y))

    def curve(self, values: Double, u: Float) -> Float:
        """A curve at places u of any shape, linear between its samples."""
        return np.interp(u, self.at, values).astype(np.float32)


def trace_contour(landmarks: Float, eye: EyeLandmarks) -> Contour:
    """Trace one eye.

    Args:
        landmarks: float32 (478, ≥ 2), in pixels of any one picture.
        eye: RIGHT or LEFT, of the person.

    Returns:
        The contour in pixels of the same picture.
    """
    points = landmarks[:, :2].astype(np.float64)
    left, right = sorted((points[eye.outer], points[eye.inner]), key=lambda p: float(p[0]))
    width = float(np.linalg.norm(right - left))
    axis_u = (right - left) / width
    axis_v = np.array([-axis_u[1], axis_u[0]])
    centre = (left + right) / 2

    def local(numbers: tuple[int, ...]) -> Double:
        offset = points[list(numbers)] - centre
        return np.stack([offset @ axis_u, offset @ axis_v], -1)

    at = np.linspace(-width, width, LID_SAMPLES)
    upper_points, lower_points = _sort_along_u(local(eye.upper), width), _sort_along_u(local(eye.lower), width)
    ends = float(upper_points[0, 0]), float(upper_points[-1, 0])
    outer_is_left = bool(points[eye.outer][0] < points[eye.inner][0])
    upper, lower = _interpolate(upper_points, at), _interpolate(lower_points, at)
    curves = _lid_curves(upper, lower, local(eye.brow), at, ends, outer_is_left)
    return Contour(
        centre=centre,
        axis_u=axis_u,
        axis_v=axis_v,
        width=width,
        at=at,
        **curves,
        left_end=ends[0],
        right_end=ends[1],
        outer_is_left=outer_is_left,
        iris=local(eye.iris[:1])[0],
        openness=float(curves["opening"].max() / width),
    )


def _lid_curves(
    upper: Double, lower: Double, brow: Double, at: Double, ends: tuple[float, float], outer_is_left: bool
) -> dict[str, Double]:
    """Every curve of a `Contour` by its name; upper, lower: the open margins at `at`, brow (n, 2) in (u, v)."""
    width = float(at[-1])
    taper = smoothstep(at, ends[0] - 0.02 * width, ends[0] + 0.14 * width)
    taper = taper * (1.0 - smoothstep(at, ends[1] - 0.14 * width, ends[1] + 0.02 * width))
    opening = np.maximum(lower - upper, 0.0) * taper
    line = _shut_line(upper, lower, opening, at, ends, outer_is_left)
    travel = _smooth(np.maximum(line - upper, 0.0), 0.02)
    overlap = np.minimum(_OVERLAP * width, 0.25 * opening)
    rise = _smooth(np.maximum(lower - line + overlap, 0.0) * taper, 0.03)
    upper, lower = _smooth(upper, 0.015), _smooth(lower, 0.015)
    top = _smooth(upper - np.clip(0.75 * (upper - _brow_line(brow, at)), 0.12 * width, 0.34 * width), 0.05)
    return {"upper": upper, "lower": lower, "opening": opening, "travel": travel, "rise": rise, "top": top}


def _shut_line(
    upper: Double, lower: Double, opening: Double, at: Double, ends: tuple[float, float], outer_is_left: bool
) -> Double:
    """The curve on which the upper margin lies when the eye is shut: that of real eyes, fitted to this one.

    The lower contour itself drops too steeply at the corners, and a line along it ends in hooks.
    """
    width = float(at[-1])
    place = (at - ends[0]) / (ends[1] - ends[0])
    share = np.clip(place, 0.0, 1.0)
    first, last = np.interp(ends, at, 0.5 * (upper + lower))
    chord = first + (last - first) * share
    arc = 4.0 * share * (1.0 - share)
    wanted = lower - _RISE * opening - chord
    drop = float((wanted * arc * opening).sum() / max(float((arc * arc * opening).sum()), 1e-9)) / width
    from_outer = share if outer_is_left else 1.0 - share
    real, mirrored = (follow_curve(_SHUT_AT, _SHUT_LINE, one) for one in (from_outer, 1.0 - from_outer))
    bow, slant = (real + mirrored) / 2.0, (real - mirrored) / 2.0
    bow = bow * np.clip(drop / _USUAL_DROP, *_DROP)
    openness = float(opening.max()) / width
    open_share = min(1.0, openness / _USUAL_OPENNESS)
    lower_by = float(smoothstep(openness, *_NARROW) * np.clip(_WIDE * (openness - _USUAL_OPENNESS), *_LOWER))
    bow = bow + lower_by * arc * arc
    slant = slant * open_share
    gap = np.maximum(lower - upper, 0.0)
    beyond = -(place if outer_is_left else 1.0 - place)
    corner = (1.0 - smoothstep(-beyond, 0.0, _OUTER[0])) * (beyond < 0.0)
    highest = np.maximum(upper + 0.1 * gap, lower - _MOST_RISE * gap)
    lowest = np.maximum(highest, lower + 0.1 * gap + (_OUTER[1] + 1.2 * max(lower_by, 0.0)) * width * corner)
    line = np.clip(chord + width * (bow + slant), highest, lowest)
    turned = (open_share + _WING * max(lower_by, 0.0)) * np.interp(beyond, *_BEYOND)
    line = np.where(beyond < 0.0, line, upper + width * turned)
    return _bridge_corner(np.asarray(line, np.float64), beyond)


def _bridge_corner(line: Double, beyond: Double) -> Double:
    """A shut line without the hump at the outer corner, where landmarks lie as high as the upper lid's lashes.

    Args:
        line: A curve.
        beyond: How far each of its places lies beyond the outer corner, shares of the eye's length.
    """
    begin, end = _BRIDGE
    across = np.flatnonzero((beyond > -begin) & (beyond < end))
    if across.size < 4 or across[0] < 2 or across[-1] > len(line) - 3:
        return line
    first, last = across[0] - 1, across[-1] + 1
    slopes = line[first] - line[first - 1], line[last + 1] - line[last]
    length = float(last - first)
    t = (across - first) / length
    bridged = (1.0 + 2.0 * t) * (1.0 - t) ** 2 * line[first] + t * (1.0 - t) ** 2 * length * slopes[0]
    bridged += t * t * (3.0 - 2.0 * t) * line[last] + t * t * (t - 1.0) * length * slopes[1]
    out = line.copy()
    out[across] = np.maximum(bridged, line[across])
    return out


def _sort_along_u(points: Double, width: float) -> Double:
    """Points (n, 2) in order of u, without those that stand (almost) above each other: a turned far eye has some."""
    ordered = points[np.argsort(points[:, 0])]
    apart = [ordered[0]]
    for point in ordered[1:]:
        if point[0] > apart[-1][0] + 0.02 * width:
            apart.append(point)
    return np.array(apart)


def _interpolate(points: Double, at: Double) -> Double:
    """A curve through points (n, 2), level beyond the first and the last."""
    return follow_curve(points[:, 0], points[:, 1], np.clip(at, points[0, 0], points[-1, 0]))


def _brow_line(points: Double, at: Double) -> Double:
    """A parabola through the brow's points (n, 2), level beyond the first and the last."""
    ordered = points[np.argsort(points[:, 0])]
    parabola = np.polyfit(ordered[:, 0], ordered[:, 1], 2)
    return np.asarray(np.polyval(parabola, np.clip(at, ordered[0, 0], ordered[-1, 0])))


def _smooth(curve: Double, widths: float) -> Double:
    """Blur a curve by a Gaussian of `widths` eye widths; the samples span two eye widths."""
    return np.asarray(gaussian(curve[None], widths * LID_SAMPLES / 2.0)[0])
