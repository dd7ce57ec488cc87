"""The three custom operators of MediaPipe's attention mesh, which enlarges the lips and each eye.

Written after their public sources in google/mediapipe (Apache-2.0), mediapipe/util/tflite/operations.
A transform matrix is (1, 4, 4) and takes places in the small map to places in the big one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from weights.convert.onnx_builder import OnnxBuilder

_FLOAT = 1  # TensorProto.FLOAT


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the face: a box around landmarks, levelled by a line between two of them."""

    left: int
    """Number of the landmark at which the line begins."""
    right: int
    """Number of the landmark at which it ends."""
    points: list[int]
    """Numbers of the landmarks in the box."""
    scale: tuple[float, float]
    """Size of the region by that of the box, x and y."""
    size: tuple[int, int]
    """Width and height of the small map, pixels."""

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Read the operator's own options, a flexbuffer map."""
        return cls(
            left=options["left_rotation_idx"],
            right=options["right_rotation_idx"],
            points=list(options["subset_idxs"]),
            scale=(options["scale_x"], options["scale_y"]),
            size=(options["output_width"], options["output_height"]),
        )


def landmarks_to_transform(b: OnnxBuilder, landmarks: str, region: Region) -> str:
    """Add the matrix (1, 4, 4) of a region's levelled box, from `landmarks` (1, 468, 3)."""
    flat = b.slice(landmarks, 0, 2, axis=2)

    def pick(points: list[int]) -> str:
        return b.op("Gather", [flat, b.integers(points)], axis=1)

    line = b.op("Sub", [pick([region.right]), pick([region.left])])
    unit = b.op("Div", [line, b.op("ReduceL2", [line], axes=[2], keepdims=1)])  # (1, 1, 2): cos a, sin a
    cos, sin = b.ops("Split", [unit], 2, axis=2)
    level = b.op("Concat", [unit, b.op("Concat", [b.op("Neg", [sin]), cos], axis=2)], axis=1)  # turns by -a
    turn = b.op("Transpose", [level], perm=[0, 2, 1])

    levelled = b.op("MatMul", [pick(region.points), turn])
    high = b.op("ReduceMax", [levelled], axes=[1], keepdims=1)
    low = b.op("ReduceMin", [levelled], axes=[1], keepdims=1)
    centre = b.op("MatMul", [b.op("Mul", [b.op("Add", [high, low]), b.constant(0.5)]), level])  # (1, 1, 2)

    per_pixel = [scale / side for scale, side in zip(region.scale, region.size, strict=True)]
    step = b.op("Mul", [b.op("Sub", [high, low]), b.constant(per_pixel)])
    linear = b.op("Mul", [turn, step])  # (1, 2, 2)
    to_corner = b.op("MatMul", [linear, b.constant([[[-side / 2] for side in region.size]])])
    shift = b.op("Add", [b.op("Transpose", [centre], perm=[0, 2, 1]), to_corner])  # (1, 2, 1)
    upper = b.op("Concat", [linear, b.constant(np.zeros((1, 2, 1))), shift], axis=2)
    return b.op("Concat", [upper, b.constant([[[0, 0, 1, 0], [0, 0, 0, 1]]])], axis=1)


def transform_tensor(
    b: OnnxBuilder, picture: str, matrix: str, source: tuple[int, int], target: tuple[int, int]
) -> str:
    """Add samples (1, C, *target) of `picture` (1, C, *source) through a matrix, 0 outside. Sizes are (h, w)."""
    (height, width), (rows, columns) = source, target
    y, x = np.mgrid[:rows, :columns]
    centres = np.stack([x + 0.5, y + 0.5, 0 * x, 0 * x + 1], -1).reshape(1, -1, 4)
    upper = b.op("Transpose", [b.slice(matrix, 0, 2, axis=1)], perm=[0, 2, 1])
    places = b.op("Sub", [b.op("MatMul", [b.constant(centres), upper]), b.constant(0.5)])
    to_unit = b.constant([2 / (width - 1), 2 / (height - 1)])
    grid = b.op("Sub", [b.op("Mul", [places, to_unit]), b.constant(1)])  # -1..1, pixel centres at the ends
    grid = b.op("Reshape", [grid, b.integers([1, rows, columns, 2])])
    sampled = b.op("GridSample", [picture, grid], align_corners=1, mode="bilinear", padding_mode="zeros")
    # GridSample fades out over the last half pixel, the operator stops at the outermost centre
    farthest = b.op("ReduceMax", [b.op("Abs", [grid])], axes=[3], keepdims=0)
    inside = b.op("Cast", [b.op("LessOrEqual", [farthest, b.constant(1)])], to=_FLOAT)
    return b.op("Mul", [sampled, b.op("Unsqueeze", [inside, b.integers([1])])])


def transform_landmarks(b: OnnxBuilder, points: str, matrix: str) -> str:
    """Add the places in the big map of `points` (1, n, 2) of the small one."""
    upper = b.slice(matrix, 0, 2, axis=1)
    linear = b.op("Transpose", [b.slice(upper, 0, 2, axis=2)], perm=[0, 2, 1])
    shift = b.op("Transpose", [b.slice(upper, 3, 4, axis=2)], perm=[0, 2, 1])
    return b.op("Add", [b.op("MatMul", [points, linear]), shift])
