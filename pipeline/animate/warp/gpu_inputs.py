"""The inputs of the exported graph (weights/warp.onnx), made of one photo's maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.warp.displacement import CAMERA
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import (
    DISPLACEMENTS,
    EYE_IMAGES,
    EYE_VALUES,
    HEAD_VALUES,
    LID_CURVES,
    LID_SAMPLES,
    MOUTH_VALUES,
)
from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.silhouette import Silhouette
from pipeline.animate.warp.texture import TEXTURE_SCALE
from pipeline.arrays import AnyArray, Double, Float

# The CUDA kernel of GridSample counts its blocks of 256 pixels in float32: beyond 2^24 values a frame of another size
# could lose its last pixels. A window of whole 16×16 tiles is a multiple of 256.
_TILE: Final = 16


@dataclass(frozen=True)
class RenderWindow:
    """The part of a region that is rendered, in region pixels; it may reach over the right and lower edge."""

    left: int
    """First column."""
    top: int
    """First row."""
    height: int
    """Rows, a multiple of 16."""
    width: int
    """Columns, a multiple of 16."""

    @classmethod
    def covering(cls, rows: slice, columns: slice) -> RenderWindow:
        """The smallest one that covers these rows and columns."""
        height, width = (-(-(span.stop - span.start) // _TILE) * _TILE for span in (rows, columns))
        return cls(columns.start, rows.start, height, width)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the region."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def cut(self, image: AnyArray) -> AnyArray:
        """Its part of an image (H, W, C); beyond the image's edges the last row and column repeat."""
        part = image[self.slices]
        return np.pad(part, ((0, self.height - part.shape[0]), (0, self.width - part.shape[1]), (0, 0)), mode="edge")


def build_graph_inputs(maps: WarpMaps, window: RenderWindow) -> dict[str, AnyArray]:
    """Every input that is the same for all frames of a photo.

    Args:
        maps: The face's maps.
        window: The part of its region that is rendered.

    Returns:
        Name → array, all inputs but `cur`; their shapes are in weights/convert/warp/interface.py.
    """
    layers = Silhouette(maps.pixels, maps.background, maps.alpha)
    uncovered = layers.uncovered / np.float32(255.0)
    inputs: dict[str, AnyArray] = {
        "texture": _planes(maps.texture)[None],
        "layers": _planes(np.dstack([layers.person, uncovered]))[None],
        "still": window.cut(maps.pixels).astype(np.float32),
        "background": window.cut(layers.wall).astype(np.float32),
        "corner": np.array([window.left, window.top], np.float32),
        "local": np.stack([maps.local_x, maps.local_y, maps.local_z]),
        "allowed": np.stack([maps.follow, maps.border[..., 0], maps.border[..., 1]]),
        "expressions": np.stack([_planes(maps.expressions[name]) for name in DISPLACEMENTS]),
        "shade": maps.shade[None],
        "head": _head_values(maps.head, maps.grid.step),
        **_eye_inputs(maps),
        **_mouth_inputs(maps),
    }
    return {name: np.ascontiguousarray(value) for name, value in inputs.items()}


def _planes(image: AnyArray) -> Float:
    """An image (H, W, C) with its channels first, float32 (C, H, W)."""
    return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)


def _head_values(head: Head, step: int) -> Float:
    """The input `head`, float32 (10,), in the order of `formula.HEAD_VALUES`."""
    neck = head.neck - head.pivot
    values = {
        "across_x": head.across[0],
        "across_y": head.across[1],
        "down_x": head.down[0],
        "down_y": head.down[1],
        "neck_x": neck @ head.across,
        "neck_y": neck @ head.down,
        "focal": CAMERA * head.width,
        "width": head.width,
        "step": step,
        "texture_scale": TEXTURE_SCALE,
    }
    return np.array([values[name] for name in HEAD_VALUES], np.float32)


def _eye_inputs(maps: WarpMaps) -> dict[str, AnyArray]:
    """Both eyes in boxes of one size; an eye that is not there is a box of zeros that counts for nothing."""
    boxes = [eye.box for eye in maps.eyes if eye is not None] or [(0, 0, 4, 4)]
    size = max(box[3] - box[1] for box in boxes), max(box[2] - box[0] for box in boxes)
    inputs: dict[str, AnyArray] = {
        "eyes": np.zeros((2, len(EYE_VALUES)), np.float32),
        "eye_cell": np.zeros(2, np.int64),
        "eye_table": np.zeros((2, len(LID_CURVES), 1, LID_SAMPLES), np.float32),
        "eye_images": np.zeros((2, sum(channels for _, channels in EYE_IMAGES), *size), np.float32),
    }
    inputs["eyes"][:, EYE_VALUES.index("width")] = 1.0  # a divisor
    for index, eye in enumerate(maps.eyes):
        if eye is not None:
            inputs["eyes"][index] = _eye_values(eye)
            inputs["eye_cell"][index] = _find_cell(eye.contour.centre, maps)
            inputs["eye_table"][index, :, 0] = eye.table
            inputs["eye_images"][index] = _eye_images(eye, size)
    return inputs


def _eye_values(eye: EyeMaps) -> Float:
    """A row of the input `eyes`, float32 (15,), in the order of `formula.EYE_VALUES`."""
    contour = eye.contour
    values = {
        "centre_x": contour.centre[0],
        "centre_y": contour.centre[1],
        "axis_u_x": contour.axis_u[0],
        "axis_u_y": contour.axis_u[1],
        "axis_v_x": contour.axis_v[0],
        "axis_v_y": contour.axis_v[1],
        "width": contour.width,
        "iris_u": contour.iris[0],
        "iris_v": contour.iris[1],
        "blink": eye.blink,
        "softness": eye.softness,
        "present": 1.0,
        "box_left": eye.box[0],
        "box_top": eye.box[1],
        "openness": contour.openness,
    }
    return np.array([values[name] for name in EYE_VALUES], np.float32)


def _mouth_inputs(maps: WarpMaps) -> dict[str, AnyArray]:
    """The mouth, its line and its box."""
    mouth = maps.mouth
    values = {
        "centre_x": mouth.centre[0],
        "centre_y": mouth.centre[1],
        "axis_u_x": mouth.axis_u[0],
        "axis_u_y": mouth.axis_u[1],
        "axis_v_x": mouth.axis_v[0],
        "axis_v_y": mouth.axis_v[1],
        "half_width": mouth.half_width,
        "gap": mouth.gap,
        "reach_up": mouth.reach[0],
        "reach_down": mouth.reach[1],
        "feather": mouth.feather,
        **dict(zip(("red", "green", "blue"), mouth.colour, strict=True)),
        "box_left": mouth.box[0],
        "box_top": mouth.box[1],
    }
    return {
        "mouth": np.array([values[name] for name in MOUTH_VALUES], np.float32),
        "mouth_cell": np.array([_find_cell(mouth.centre, maps)], np.int64),
        "mouth_line": mouth.line[None, None, None],
        "mouth_share": mouth.share[None, None],
    }


def _find_cell(centre: Double, maps: WarpMaps) -> int:
    """The grid cell of a point (2,) in region pixels, row · columns + column."""
    rows, columns = maps.grid.size
    column, row = ((centre + 0.5) / maps.grid.step).astype(int)
    return int(np.clip(row, 0, rows - 1) * columns + np.clip(column, 0, columns - 1))


def _eye_images(eye: EyeMaps, size: tuple[int, int]) -> Float:
    """The box's pictures as float32 (15, *size), edges repeated as the renderers do beyond a box."""
    stacked = np.dstack([getattr(eye.images, name) for name, _ in EYE_IMAGES]).transpose(2, 0, 1)
    grown = ((0, 0), (0, size[0] - stacked.shape[1]), (0, size[1] - stacked.shape[2]))
    return np.pad(stacked, grown, mode="edge").astype(np.float32)
