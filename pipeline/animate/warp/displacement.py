"""From curve values to the backward map, which says where each pixel of a frame comes from.

Both renderers use these formulas; the exported graph has them in `weights/convert/warp/displacement.py`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp.displacement_fields import DisplacementFields
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import ITERATIONS, STILL
from pipeline.animate.warp.head_frame import Head
from pipeline.arrays import Double, Float
from pipeline.image_ops import sample, single, smoothstep
from pipeline.motion.channels import CurveValues

CAMERA: Final = 7.0  # distance of the camera in face widths: a portrait lens


def forward_field(maps: WarpMaps, curve_values: CurveValues, fields: DisplacementFields | None = None) -> Float:
    """Displacement of the photo's points in one frame.

    Args:
        maps: The face's maps.
        curve_values: One value of each channel.
        fields: Those of `maps.expressions`, where they are at hand.

    Returns:
        float32 (h, w, 2) on the motion grid: x and y in pixels of the region.
    """
    head = maps.head
    moved = (fields or DisplacementFields(maps.expressions)).sum(curve_values)
    if not any(curve_values[name] for name in ("yaw", "pitch", "roll", "sway_x", "sway_y")):
        return moved * maps.border
    x, y = maps.local_x + _component(moved, head.across), maps.local_y + _component(moved, head.down)
    turned_x, turned_y = _turn(x, y, maps.local_z, curve_values, head)
    shift_x, shift_y = turned_x - x, turned_y - y
    rigid = np.stack(
        [
            shift_x * np.float32(head.across[0]) + shift_y * np.float32(head.down[0]),
            shift_x * np.float32(head.across[1]) + shift_y * np.float32(head.down[1]),
        ],
        -1,
    )
    return single((rigid * maps.follow[..., None] + moved) * maps.border)


def backward_field(forward: Float, step: int) -> Float:
    """Invert a displacement by the fixed point d(p) = D(p − d(p)) on the grid.

    Args:
        forward: D, the photo's points' displacement, float32 (h, w, 2) in pixels.
        step: Pixels a grid cell.

    Returns:
        d with source = target − d, float32 (h, w, 2) in pixels.
    """
    rows, columns = forward.shape[:2]
    here = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    # plane by plane: OpenCV samples two channels with weights of 1/32 only
    cells = [single(plane / np.float32(step)) for plane in (forward[..., 0], forward[..., 1])]
    back = cells
    for _ in range(ITERATIONS):
        from_x, from_y = (single(at - plane) for at, plane in zip(here, back, strict=True))
        back = [single(sample(plane, from_x, from_y)) for plane in cells]
    return single(np.stack(back, -1) * np.float32(step))


def motion_share(back: Float) -> Float:
    """The share by which each cell has left the photo, float32 (h, w), 0..1.

    0 where nothing moves, so that what stands still stays the photo bit by bit, and the first frame that moves doesn't
    replace all of its grain at once. `back`: see `backward_field`.
    """
    return single(smoothstep(np.hypot(back[..., 0], back[..., 1]), 0.0, STILL))


def _component(field: Float, axis: Double) -> Float:
    """The field's (h, w, 2) component along a unit vector (2,)."""
    return field[..., 0] * np.float32(axis[0]) + field[..., 1] * np.float32(axis[1])


def _turn(x: Float, y: Float, z: Float, curve_values: CurveValues, head: Head) -> tuple[Float, Float]:
    """Yaw, pitch, a portrait lens' perspective, then roll about the neck. Head frame, pixels, z away from us."""
    yaw, pitch, roll = (np.float32(np.deg2rad(curve_values[name])) for name in ("yaw", "pitch", "roll"))
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
        x1 * np.cos(roll) - y1 * np.sin(roll) + neck_x + np.float32(curve_values["sway_x"]) * width,
        x1 * np.sin(roll) + y1 * np.cos(roll) + neck_y + np.float32(curve_values["sway_y"]) * width,
    )
