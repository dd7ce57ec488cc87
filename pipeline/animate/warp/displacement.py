"""Curves → backward map: where each pixel of a frame comes from. The one set of formulas behind both renderers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.head_frame import Head
from pipeline.arrays import Float
from pipeline.image_ops import sample, single, smoothstep

CAMERA: Final = 7.0  # distance of the camera in face widths: a portrait lens
ITERATIONS: Final = 6  # of the fixed point below: the rest is < 0.03 px for natural poses, < 0.2 px at all limits
STILL: Final = 0.35  # pixels of displacement below which the photo itself shines through, at 0 alone


def forward_field(maps: WarpMaps, pose: Mapping[str, float]) -> Float:
    """Displacement (h, w, 2) in pixels of the photo's points on the motion grid, for one frame's curve values."""
    head = maps.head
    moved = np.zeros_like(maps.expressions["smile"])
    for name, field in maps.expressions.items():
        if pose[name]:
            moved += np.float32(pose[name]) * field
    if not any(pose[name] for name in ("yaw", "pitch", "roll", "sway_x", "sway_y")):
        return moved * maps.border
    x, y = maps.local_x + _along(moved, head.across), maps.local_y + _along(moved, head.down)
    turned_x, turned_y = _turn(x, y, maps.local_z, pose, head)
    shift_x, shift_y = turned_x - x, turned_y - y
    rigid = np.stack(
        [
            shift_x * np.float32(head.across[0]) + shift_y * np.float32(head.down[0]),
            shift_x * np.float32(head.across[1]) + shift_y * np.float32(head.down[1]),
        ],
        -1,
    )
    return single((rigid * maps.follow[..., None] + moved) * maps.border)


def moving(back: Float) -> Float:
    """How far a cell has left the photo, 0..1, (h, w): 0 where nothing moves, so that what stands still stays the photo
    bit by bit, and the first moving frame doesn't replace all of its grain at once."""
    return single(smoothstep(np.hypot(back[..., 0], back[..., 1]), 0.0, STILL))


def _along(field: Float, axis: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Float:
    return field[..., 0] * np.float32(axis[0]) + field[..., 1] * np.float32(axis[1])


def _turn(x: Float, y: Float, z: Float, pose: Mapping[str, float], head: Head) -> tuple[Float, Float]:
    """Yaw, pitch, a portrait lens' perspective, then roll about the neck. Face frame, pixels, z away from us."""
    yaw, pitch, roll = (np.float32(np.deg2rad(pose[name])) for name in ("yaw", "pitch", "roll"))
    x1 = x * np.cos(yaw) - z * np.sin(yaw)
    z1 = x * np.sin(yaw) + z * np.cos(yaw)
    y1 = y * np.cos(pitch) - z1 * np.sin(pitch)
    z2 = y * np.sin(pitch) + z1 * np.cos(pitch)
    focal = np.float32(CAMERA * head.width)
    nearer = (focal + z) / (focal + z2)
    neck = head.neck - head.pivot
    neck_x, neck_y = np.float32(neck @ head.across), np.float32(neck @ head.down)
    x1, y1 = x1 * nearer - neck_x, y1 * nearer - neck_y
    width = np.float32(head.width)
    return (
        x1 * np.cos(roll) - y1 * np.sin(roll) + neck_x + np.float32(pose["sway_x"]) * width,
        x1 * np.sin(roll) + y1 * np.cos(roll) + neck_y + np.float32(pose["sway_y"]) * width,
    )


def backward_field(forward: Float, step: int) -> Float:
    """Displacement d with source = target − d: the fixed point d(p) = D(p − d(p)) on the grid."""
    cells = forward / np.float32(step)
    rows, columns = forward.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    back: Float = cells
    for _ in range(ITERATIONS):
        back = single(sample(cells, x - back[..., 0], y - back[..., 1]))
    return np.asarray(back * np.float32(step))
