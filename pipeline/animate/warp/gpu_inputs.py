"""One photo's maps as the inputs of the exported graph (weights/warp.onnx)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.warp.displacement import CAMERA
from pipeline.animate.warp.expression import EXPRESSIONS
from pipeline.animate.warp.eyes.contour import TABLE
from pipeline.animate.warp.eyes.draw import lash_line
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.texture import FINER
from pipeline.arrays import AnyArray, Float

# The CUDA kernel of GridSample counts its blocks of 256 pixels in float32: beyond 2^24 values a frame of another size
# could lose its last pixels. A window of whole 16×16 tiles is a multiple of 256.
_TILE: Final = 16


@dataclass(frozen=True)
class Window:
    """The part of a region that is rendered: left, top and size in region pixels, size a multiple of 16. It may
    reach over the region's right and lower edge."""

    left: int
    top: int
    height: int
    width: int

    @classmethod
    def over(cls, rows: slice, columns: slice) -> Window:
        """The smallest one that covers these rows and columns."""
        height, width = (-(-(span.stop - span.start) // _TILE) * _TILE for span in (rows, columns))
        return cls(columns.start, rows.start, height, width)

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def cut(self, image: AnyArray) -> AnyArray:
        """Its part of an image (H, W, C); beyond the image's edges the last row and column repeat."""
        part = image[self.slices]
        return np.pad(part, ((0, self.height - part.shape[0]), (0, self.width - part.shape[1]), (0, 0)), mode="edge")


def statics_of(maps: WarpMaps, window: Window) -> dict[str, AnyArray]:
    """Every input but `cur`, by name; shapes as in weights/convert/warp/interface.py."""
    uncovered = 1.0 - maps.alpha
    person = maps.pixels - maps.background * uncovered[..., None]
    statics: dict[str, AnyArray] = {
        "texture": _planes(maps.texture)[None],
        "layers": _planes(np.dstack([person, uncovered]))[None],
        "still": window.cut(maps.pixels).astype(np.float32),
        "background": window.cut(maps.background).astype(np.float32),
        "corner": np.array([window.left, window.top], np.float32),
        "local": np.stack([maps.local_x, maps.local_y, maps.local_z]),
        "allowed": np.stack([maps.follow, maps.border[..., 0], maps.border[..., 1]]),
        "expressions": np.stack([_planes(maps.expressions[name]) for name in EXPRESSIONS]),
        "shade": maps.shade[None],
        "head": _head_values(maps.head, maps.grid.step),
        **_eye_statics(maps),
    }
    return {name: np.ascontiguousarray(value) for name, value in statics.items()}


def _planes(image: AnyArray) -> Float:
    """(H, W, C) → float32 (C, H, W)."""
    return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)


def _head_values(head: Head, step: int) -> Float:
    neck = head.neck - head.pivot
    place = (neck @ head.across, neck @ head.down)
    return np.array([*head.across, *head.down, *place, CAMERA * head.width, head.width, step, FINER], np.float32)


def _eye_statics(maps: WarpMaps) -> dict[str, AnyArray]:
    """Both eyes in boxes of one size; an eye that is not there is a box of zeros that counts for nothing."""
    boxes = [eye.box for eye in maps.eyes if eye is not None] or [(0, 0, 4, 4)]
    size = max(box[3] - box[1] for box in boxes), max(box[2] - box[0] for box in boxes)
    statics: dict[str, AnyArray] = {
        "eyes": np.zeros((2, 17), np.float32),
        "eye_cell": np.zeros(2, np.int64),
        "eye_table": np.zeros((2, 7, 1, TABLE), np.float32),
        "eye_images": np.zeros((2, 15, *size), np.float32),
    }
    statics["eyes"][:, [6, 14]] = 1.0  # widths to divide by
    for index, eye in enumerate(maps.eyes):
        if eye is not None:
            statics["eyes"][index] = _eye_values(eye)
            statics["eye_cell"][index] = _cell(eye, maps)
            statics["eye_table"][index, :, 0] = eye.table
            statics["eye_images"][index] = _eye_images(eye, size)
    return statics


def _eye_values(eye: EyeMaps) -> Float:
    contour = eye.contour
    frame = (*contour.centre, *contour.axis_u, *contour.axis_v, contour.width, *contour.iris)
    return np.array([*frame, eye.blink, eye.softness, 1.0, eye.box[0], eye.box[1], *lash_line(eye)], np.float32)


def _cell(eye: EyeMaps, maps: WarpMaps) -> int:
    rows, columns = maps.grid.size
    column, row = ((eye.contour.centre + 0.5) / maps.grid.step).astype(int)
    return int(np.clip(row, 0, rows - 1) * columns + np.clip(column, 0, columns - 1))


def _eye_images(eye: EyeMaps, size: tuple[int, int]) -> Float:
    """The box's pictures as float32 (15, *size), edges repeated as the renderers do beyond a box."""
    images = eye.images
    parts = (images.skin, images.skin_soft, images.grain_at, images.grain, images.ratio, images.lash, images.rim)
    stacked = np.dstack(parts).transpose(2, 0, 1)
    grown = ((0, 0), (0, size[0] - stacked.shape[1]), (0, size[1] - stacked.shape[2]))
    return np.pad(stacked, grown, mode="edge").astype(np.float32)
