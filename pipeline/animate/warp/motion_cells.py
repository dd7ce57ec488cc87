"""The cells of the motion grid that the person can come to: only there a frame's motion is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.active_region import bounding_window
from pipeline.animate.warp.displacement import ForwardField, motion_share
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import ITERATIONS, SHADED_EXPRESSIONS
from pipeline.arrays import AnyArray, Float, Mask
from pipeline.image_ops import any_in_cells, sample, single
from pipeline.motion.channels import CurveValues

_SETTLED: Final = 0.001  # pixels: a backward field that changes by less is not followed further
_BESIDE: Final = 1  # cells around them, so that what is interpolated between cells ends at 0


@dataclass(frozen=True)
class CellMotion:
    """The motion of one frame on the chosen cells (r, c), see `MotionCells`."""

    back: Float
    """(r, c, 2), pixels by which each cell's picture has come, see `backward_field`."""
    place: Float
    """(r, c, 2), the cell of the window that it has come from, x and y."""
    share: Float
    """(r, c), 0..1, see `motion_share`."""
    gain: Float
    """(r, c), relative gain of light; 0 leaves it as it is."""


class MotionCells:
    """The smallest window of a face's motion grid (h, w) that the person is in or can come to.

    Args:
        maps: The face's maps.
        active: bool (H, W), the pixels where the person can come to, see `find_active_region`.
    """

    def __init__(self, maps: WarpMaps, active: Mask) -> None:
        self.size = maps.grid.size
        step = maps.grid.step
        self.window = bounding_window(any_in_cells(active, self.size, step), _BESIDE)
        """Rows and columns of the grid."""
        height, width = (part.stop - part.start for part in self.window)
        y, x = np.mgrid[:height, :width]
        self._here = single(x), single(y)
        self._step, self._settled = np.float32(step), _SETTLED / step
        self._shade = np.stack([self.take(one) for one in maps.shade])
        inside = replace(
            maps,
            local_x=self.take(maps.local_x),
            local_y=self.take(maps.local_y),
            local_z=self.take(maps.local_z),
            follow=self.take(maps.follow),
            border=self.take(maps.border),
            expressions={name: self.take(field) for name, field in maps.expressions.items()},
        )
        self._forward = ForwardField(inside)

    def take(self, field: AnyArray) -> AnyArray:
        """The values (r, c, …) of a field (h, w, …) on the chosen cells."""
        return np.ascontiguousarray(field[self.window])

    def spread(self, values: AnyArray) -> AnyArray:
        """The field (h, w, …) of values (r, c, …) on the chosen cells, 0 elsewhere."""
        field = np.zeros((*self.size, *values.shape[2:]), values.dtype)
        field[self.window] = values
        return field

    def move(self, curve_values: CurveValues) -> CellMotion:
        """The motion of a frame."""
        x, y = (single(plane) for plane in cv2.split(self._forward.at(curve_values) / self._step))
        source = self._trace_back((x, y))
        back = (cv2.subtract(here, at) for here, at in zip(self._here, source, strict=True))
        moved = single(cv2.merge([*back])) * self._step
        gain = single(sample(self._light(curve_values), *source))
        return CellMotion(moved, single(cv2.merge(source)), motion_share(moved), gain)

    def _trace_back(self, forward: tuple[Float, Float]) -> tuple[Float, Float]:
        """The cells, x and y (r, c), from which each cell's picture comes, by the fixed point of `backward_field`.

        Each cell goes its own way, so only the window of those that have not settled is followed on.

        Args:
            forward: The displacement of the photo's points, x and y (r, c), in cells.
        """
        source = [single(cv2.subtract(here, way)) for here, way in zip(self._here, forward, strict=True)]
        top, left, (rows, columns) = 0, 0, forward[0].shape
        for _ in range(ITERATIONS):
            area = slice(top, top + rows), slice(left, left + columns)
            from_x, from_y = (at[area] for at in source)
            # two planes are sampled in less time than two channels, and not with weights of 1/32 only
            back = (sample(way, from_x, from_y) for way in forward)
            x, y = (cv2.subtract(here[area], way) for here, way in zip(self._here, back, strict=True))
            change = cv2.max(cv2.absdiff(x, from_x), cv2.absdiff(y, from_y))
            source[0][area], source[1][area] = x, y
            first, row, columns, rows = cv2.boundingRect((change >= self._settled).view(np.uint8))
            if not rows:
                break
            top, left = top + row, left + first
        return source[0], source[1]

    def _light(self, curve_values: CurveValues) -> Float:
        """Gain of light that turn and expressions bring to the photo's points, (r, c)."""
        turn = (np.sin(np.deg2rad(curve_values[name])) for name in ("yaw", "pitch"))
        shares = (*(curve_values[name] for name in SHADED_EXPRESSIONS), *turn)
        gain = np.zeros(self._shade.shape[1:], np.float32)
        for share, one in zip(shares, self._shade, strict=True):
            if share:
                gain += np.float32(share) * one
        return gain
