"""The cells of the motion grid that the person can come to, side by side: only there a frame's motion is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.displacement import forward_field, motion_share
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import ITERATIONS, SHADED_EXPRESSIONS
from pipeline.arrays import AnyArray, Float, Mask
from pipeline.image_ops import remap, single
from pipeline.motion.channels import CurveValues

_ROW: Final = 128  # cells are laid out in rows of this length: remap wants a rectangle


@dataclass(frozen=True)
class CellMotion:
    """The motion of one frame on the chosen cells (r, 128), see `MotionCells`."""

    back: Float
    """(r, 128, 2), pixels by which each cell's picture has come, see `backward_field`."""
    share: Float
    """(r, 128), 0..1, see `motion_share`."""
    gain: Float
    """(r, 128), relative gain of light; 0 leaves it as it is."""


class MotionCells:
    """The cells of a face's motion grid (h, w) that the person is in or can come to.

    Args:
        maps: The face's maps.
        active: bool (H, W), the pixels where the person can come to, see `find_active_region`.
    """

    def __init__(self, maps: WarpMaps, active: Mask) -> None:
        self.size = rows, columns = maps.grid.size
        step = maps.grid.step
        padded = np.zeros((rows * step, columns * step), np.uint8)
        padded[: active.shape[0], : active.shape[1]] = active
        chosen = np.flatnonzero(padded.reshape(rows, step, columns, step).max((1, 3)))
        lines = max(1, -(-chosen.size // _ROW))
        self._index = np.full(lines * _ROW, chosen[0] if chosen.size else 0)
        self._index[: chosen.size] = chosen
        y, x = np.unravel_index(self._index, self.size)
        self._here = single(np.stack([x, y], -1)).reshape(lines, _ROW, 2)
        self._step = np.float32(step)
        self._maps = replace(
            maps,
            local_x=self.take(maps.local_x),
            local_y=self.take(maps.local_y),
            local_z=self.take(maps.local_z),
            follow=self.take(maps.follow),
            border=self.take(maps.border),
            expressions={name: self.take(field) for name, field in maps.expressions.items()},
            shade=np.stack([self.take(one) for one in maps.shade]),
        )

    def take(self, field: AnyArray) -> AnyArray:
        """The values (r, 128, …) of a field (h, w, …) on the chosen cells."""
        flat = field.reshape(-1, *field.shape[2:])
        return np.asarray(flat[self._index].reshape(-1, _ROW, *field.shape[2:]))

    def spread(self, values: AnyArray) -> AnyArray:
        """The field (h, w, …) of values (r, 128, …) on the chosen cells, 0 elsewhere."""
        field = np.zeros((self.size[0] * self.size[1], *values.shape[2:]), values.dtype)
        field[self._index] = values.reshape(-1, *values.shape[2:])
        return field.reshape(*self.size, *values.shape[2:])

    def move(self, curve_values: CurveValues) -> CellMotion:
        """The motion of a frame."""
        back = forward_field(self._maps, curve_values) / self._step
        cells, place = self.spread(back), np.empty_like(self._here)
        for _ in range(ITERATIONS):
            cv2.subtract(self._here, back, dst=place)
            back = single(remap(cells, place))
        cv2.subtract(self._here, back, dst=place)
        gain = single(remap(self.spread(self._light(curve_values)), place))
        back = back * self._step
        return CellMotion(back, motion_share(back), gain)

    def look_up(self, field: AnyArray, back: Float, mode: int = cv2.INTER_NEAREST) -> AnyArray:
        """A field (h, w, …) where the chosen cells' picture has come from, of the nearest cell or as `mode` says."""
        return remap(field, self._here - back / self._step, mode)

    def _light(self, curve_values: CurveValues) -> Float:
        """Gain of light that turn and expressions bring to the photo's points, (r, 128)."""
        turn = (np.sin(np.deg2rad(curve_values[name])) for name in ("yaw", "pitch"))
        shares = (*(curve_values[name] for name in SHADED_EXPRESSIONS), *turn)
        gain = np.zeros(self._maps.shade.shape[1:], np.float32)
        for share, one in zip(shares, self._maps.shade, strict=True):
            if share:
                gain += np.float32(share) * one
        return gain
