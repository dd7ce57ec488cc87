"""The head's depth, and how firmly each point of the motion grid follows the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.spectacles import flatten_depth
from pipeline.arrays import Double, Float, Mask
from pipeline.faces.mesh_topology import OVAL, SKIN_POINTS
from pipeline.image_ops import gaussian, pixel_grid, polygon_mask, sample, single, smoothstep
from pipeline.interpolation import raise_surface

_SLOPE: Final = 2.0  # steepest depth, pixels a pixel: beyond it the inverse of the field stops converging at ±15°
_BESIDE_LENS: Final = 1.2  # … beside spectacles

_AROUND: Final = 256  # directions from the oval's middle in which depth is looked up …
_RINGS: Final = 96  # … and curves around it
_ALONG: Final = 9.0  # of these directions: by which depth is smoothed along the oval, whose points are 7 apart
_INWARDS: Final = (0.6, 0.85)  # of the oval's radius: from where to where the smoothing sets in …
_OUTWARDS: Final = (1.3, 1.6)  # … and ends


@dataclass(frozen=True)
class Depth:
    """The shape of a head on its motion grid (h, w)."""

    z: Float
    """(h, w), depth in pixels, smaller = nearer the camera."""
    follow: Float
    """(h, w), 0..1: 1 turns with the head, 0 stands still."""
    oval: Mask
    """(h, w), True inside the face oval."""
    outside: Float
    """(h, w), distance from the oval in face widths, 0 inside."""
    below: Double
    """(h, w), distance below the chin along the face, in face heights; negative above it."""


def estimate_depth(head: Head, grid: Grid, alpha: Float, spectacles: bool = False) -> Depth:
    """Shape the head: the face mesh inside the oval, outside a membrane from it to a rim at the turning axis' depth.

    A rim at the axis' depth lets a turn move the FACE and leaves the outline of the hair nearly still, which is what a
    real head on a photo seems to do.

    Args:
        head: The head in region pixels.
        grid: The region's motion grid.
        alpha: The person's matte on the grid, float32 (h, w), 0..1.
        spectacles: Whether the person wears some, whose lenses are rigid.
    """
    points = grid.points
    below = ((points - head.chin) @ head.down) / head.height
    scaled = (head.landmarks[:SKIN_POINTS, :2].astype(np.float64) + 0.5) / grid.step - 0.5
    oval = polygon_mask(grid.size, scaled[list(OVAL)]) > 0
    mesh = raise_surface(scaled, head.landmarks[:SKIN_POINTS, 2].astype(np.float64), grid.size)
    inside = np.minimum(cv2.distanceTransform(oval.astype(np.uint8), cv2.DIST_L2, 5), sum(grid.size)) * grid.step
    outside = cv2.distanceTransform((~oval).astype(np.uint8), cv2.DIST_L2, 5) * (grid.step / head.width)
    known = oval & np.isfinite(mesh) & (inside > 0.012 * head.width)
    rim = ((alpha < 0.5) & (outside > 0.22)) | (outside > 0.75) | (below > 0.35)
    z = np.where(known, np.nan_to_num(mesh), head.ear_z + 0.10 * head.width)
    z = _membrane(z, known | rim)
    z = _envelope(z, _SLOPE * grid.step, int(0.35 * head.width / grid.step))
    z = gaussian(z.astype(np.float32), 0.022 * head.width / grid.step)
    z = _smooth_along_oval(z, scaled[list(OVAL)])
    if spectacles:
        flat = np.asarray(flatten_depth(z, head, grid), np.float64)
        z = single(_envelope(flat, _BESIDE_LENS * grid.step, int(0.35 * head.width / grid.step)))
    return Depth(z, _follow_weight(head, grid, below), oval, outside, below)


def _smooth_along_oval(z: Float, oval: Double) -> Float:
    """Smooth depth (h, w) along the face oval and curves beside it, not across: no notches at the mesh's triangles.

    The mesh falls steeply at the cheeks, where its points lie a tenth of a face apart: a turn would make an edge beside
    them wavy. oval: (n, 2), the oval's points in cells.
    """
    centre = oval.mean(0)
    offset = oval - centre
    order = np.argsort(angles := np.arctan2(offset[:, 1], offset[:, 0]))
    turn = np.linspace(-np.pi, np.pi, _AROUND, endpoint=False)
    rim = np.interp(turn, angles[order], np.hypot(*offset[order].T), period=2.0 * np.pi)
    rim = gaussian(np.tile(rim, 3)[None].astype(np.float32), _ALONG)[0, _AROUND : 2 * _AROUND]
    share = np.linspace(0.0, _OUTWARDS[-1], _RINGS, dtype=np.float32)[:, None]
    ring_x = single(centre[0] + share * rim * np.cos(turn))
    ring_y = single(centre[1] + share * rim * np.sin(turn))
    rings = cv2.GaussianBlur(np.tile(sample(z, ring_x, ring_y), (1, 3)), (8 * round(_ALONG) + 1, 1), _ALONG)
    rings = rings[:, _AROUND - 1 : 2 * _AROUND + 1]
    x, y = pixel_grid(*z.shape[:2])
    at = single((np.arctan2(y - centre[1], x - centre[0]) + np.pi) * (_AROUND / (2.0 * np.pi)) + 1.0)
    out = np.hypot(y - centre[1], x - centre[0]) / sample(np.pad(rim, 1, mode="wrap")[None], at, np.zeros_like(at))
    smooth = sample(single(rings), at, single(out * ((_RINGS - 1) / _OUTWARDS[-1])))
    near = smoothstep(out, *_INWARDS) * (1.0 - smoothstep(out, *_OUTWARDS))
    return single(z + (smooth - z) * near)


def _follow_weight(head: Head, grid: Grid, below: Double) -> Float:
    """Weights (h, w) of 1 on the head, fading away from it and down the neck, which twists while the shoulders stay."""
    offset = grid.points - head.centre
    sideways = (offset @ head.across) / head.width
    upright = ((offset + 0.1 * head.height * head.down) @ head.down) / (1.15 * head.height)
    away = np.hypot(sideways, upright)
    weight = (1.0 - smoothstep(below, 0.02, 0.72)) * (1.0 - smoothstep(away, 1.0, 2.3))
    return gaussian(weight.astype(np.float32), 2.0)


def _membrane(z: Double, fixed: Mask) -> Double:
    """Solve Laplace's equation with z given where fixed, from coarse to fine. z, fixed (h, w)."""
    height, width = z.shape
    if min(height, width) > 24:
        half = ((width + 1) // 2, (height + 1) // 2)
        share = cv2.resize(fixed.astype(np.float32), half, interpolation=cv2.INTER_AREA)
        total = cv2.resize((z * fixed).astype(np.float32), half, interpolation=cv2.INTER_AREA)
        coarse = _membrane(np.where(share > 0, total / np.maximum(share, 1e-6), 0.0), share > 0)
        start = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        out, rounds = np.where(fixed, z, start), 40
    else:
        out, rounds = np.where(fixed, z, z[fixed].mean() if fixed.any() else 0.0), 400
    kernel = np.array([[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]])
    for _ in range(rounds):
        out = np.where(fixed, z, cv2.filter2D(out, -1, kernel, borderType=cv2.BORDER_REPLICATE))
    return out


def _envelope(z: Double, step: float, rounds: int) -> Double:
    """Bound the slope to `step` a cell from above: the nearer surface stays, the farther one bends towards it."""
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
    for _ in range(rounds):
        nearer = np.minimum(z, cv2.erode(z, cross, borderType=cv2.BORDER_REPLICATE) + step)
        if np.abs(nearer - z).max() < 1e-3:
            break
        z = nearer
    return z
