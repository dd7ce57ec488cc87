"""From curve values to the backward map, which says where each pixel of a frame comes from.

Both renderers use these formulas; the exported graph has them in `weights/convert/warp/displacement.py`.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.displacement_fields import DisplacementFields
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import ITERATIONS, STILL
from pipeline.arrays import Float
from pipeline.image_ops import sample, single
from pipeline.motion.channels import CurveValues

CAMERA: Final = 7.0  # distance of the camera in face widths: a portrait lens


class ForwardField:
    """Displacement of one face's points, with all that is the same in each frame.

    Args:
        maps: The face's maps.
    """

    def __init__(self, maps: WarpMaps) -> None:
        self._head, self._border = maps.head, maps.border
        self._fields = DisplacementFields(maps.expressions)
        self._local = single(cv2.merge([maps.local_x, maps.local_y, maps.local_z]))
        self._follow = single(cv2.merge([maps.follow, maps.follow]))
        self._axes = np.stack([maps.head.across, maps.head.down], 1)
        self._still = single(cv2.transform(self._local, np.hstack([self._axes, np.zeros((2, 1))])))

    def at(self, curve_values: CurveValues) -> Float:
        """The displacement in one frame, see `forward_field`."""
        moved = self._fields.sum(curve_values)
        if not any(curve_values[name] for name in ("yaw", "pitch", "roll", "sway_x", "sway_y")):
            return moved * self._border
        rigid = self._turn(moved, curve_values)
        shift = cv2.multiply(rigid, self._follow, dst=rigid)
        return single(cv2.multiply(cv2.add(shift, moved, dst=shift), self._border, dst=shift))

    def _turn(self, moved: Float, curve_values: CurveValues) -> Float:
        """Yaw, pitch, a portrait lens' perspective, then roll about the neck, as matrices: a fourth of numpy's time.

        Args:
            moved: (h, w, 2), pixels on the picture by which the points have moved already.
            curve_values: One value of each channel; turns and sway are used.

        Returns:
            float32 (h, w, 2), the further way of each point, pixels on the picture.
        """
        head, local, axes = self._head, self._local, self._axes
        focal = CAMERA * head.width
        points = cv2.add(local, cv2.transform(moved, np.vstack([axes.T, np.zeros((1, 2))])))
        yaw, pitch, roll = (float(np.deg2rad(curve_values[name])) for name in ("yaw", "pitch", "roll"))
        by_yaw = np.array([[np.cos(yaw), 0.0, -np.sin(yaw)], [0.0, 1.0, 0.0], [np.sin(yaw), 0.0, np.cos(yaw)]])
        by_pitch = np.array(
            [[1.0, 0.0, 0.0], [0.0, np.cos(pitch), -np.sin(pitch)], [0.0, np.sin(pitch), np.cos(pitch)]]
        )
        by_roll = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        from_camera = np.array([[0.0], [0.0], [focal]])
        x, y, distance = cv2.split(cv2.transform(points, np.hstack([by_pitch @ by_yaw, from_camera])))
        nearer = cv2.divide(local[..., 2] + np.float32(focal), distance)
        neck = axes.T @ (head.neck - head.pivot)
        sway = head.width * np.array([curve_values["sway_x"], curve_values["sway_y"]])
        start = axes @ (neck - by_roll @ neck + sway)
        turned = cv2.merge([cv2.multiply(x, nearer, dst=x), cv2.multiply(y, nearer, dst=y)])
        place = cv2.transform(turned, np.hstack([axes @ by_roll, start[:, None]]))
        return single(cv2.subtract(cv2.subtract(place, self._still, dst=place), moved, dst=place))


def forward_field(maps: WarpMaps, curve_values: CurveValues) -> Float:
    """Displacement of the photo's points in one frame; of many frames `ForwardField` computes it in less time.

    Args:
        maps: The face's maps.
        curve_values: One value of each channel.

    Returns:
        float32 (h, w, 2) on the motion grid: x and y in pixels of the region.
    """
    return ForwardField(maps).at(curve_values)


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
    way = single(cv2.magnitude(*cv2.split(back)))
    share = np.minimum(way / np.float32(STILL), np.float32(1.0), out=way)
    return single(share * share * (np.float32(3.0) - np.float32(2.0) * share))
