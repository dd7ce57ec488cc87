"""Landmarks of one face: the attention mesh on steady, antialiased crops, its refined parts merged in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.crop import Square, crop, cut_patch
from pipeline.faces.mesh_topology import (
    LEFT_EYE_OUTER,
    LEFT_IRIS,
    POINTS,
    RIGHT_EYE_OUTER,
    RIGHT_IRIS,
    SKIN_POINTS,
)
from pipeline.runtime import Runtime, only_input

_MODEL = "face_landmarks"
_SIDE = 192  # the model's input, pixels
NO_FACE_PRESENCE = 0.05
"""Presence below which there is no face at all; faces have 0.9 there."""
_MAX_SPREAD = 0.006  # above it the five passes are made once more, around their own median

# Points of the mesh that the refined outputs replace, in the order of each output. Facts of the model: the
# numbering of MediaPipe's tensors_to_face_landmarks_with_attention.pbtxt.
REFINED_LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291,  # lower outer
    185, 40, 39, 37, 0, 267, 269, 270, 409,  # upper outer
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308,  # lower inner
    191, 80, 81, 82, 13, 312, 311, 310, 415,  # upper inner
    76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306,  # lower, next to the outer
    184, 74, 73, 72, 11, 302, 303, 304, 408,  # upper, next to the outer
    62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292,  # lower, next to the inner
    183, 42, 41, 38, 12, 268, 271, 272, 407,  # upper, next to the inner
)  # fmt: skip
REFINED_RIGHT_EYE = (
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173,  # lid line: lower, upper
    130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190,  # rings around it, outwards
    226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189,
    35, 124, 46, 53, 52, 65,  # the brow's lower edge
    143, 111, 117, 118, 119, 120, 121, 128, 245,
    156, 70, 63, 105, 66, 107, 55, 193,  # the brow's upper edge
)  # fmt: skip
REFINED_LEFT_EYE = (
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398,
    359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414,
    446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413,
    265, 353, 276, 283, 282, 295,
    372, 340, 346, 347, 348, 349, 350, 357, 465,
    383, 300, 293, 334, 296, 336, 285, 417,
)  # fmt: skip
LID_POINTS = 16  # the first of a refined eye: the lid line itself

# The model's output → the points that it refines. The outputs are named as the eyes lie on the picture.
_REFINED: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "output_lips": REFINED_LIPS,
        "output_left_eye": REFINED_RIGHT_EYE,
        "output_right_eye": REFINED_LEFT_EYE,
        "output_left_iris": RIGHT_IRIS,
        "output_right_iris": LEFT_IRIS,
    }
)

# Jittered crops: shift right and down in shares of the side, scale, turn in radians; balanced, so that a bias
# that grows with any of them cancels.
_JITTER = (
    (0.0, 0.0, 1.0, 0.0),
    (0.02, 0.01, 1.04, 0.035),
    (-0.02, -0.01, 1.04, -0.035),
    (0.01, -0.02, 0.96, -0.035),
    (-0.01, 0.02, 0.96, 0.035),
)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Landmarks of one place that may be a face."""

    points: Float
    """float32 (478, 3), photo pixels, pixel centres at whole numbers; z in the same unit, smaller is nearer."""
    presence: float
    """0..1: the median of the model's own belief over the crops."""
    spread: float
    """Disagreement of the crops: the points' median distance from their median, in shares of the face's size."""


class LandmarkFinder:
    """Finds landmarks by the model's pass over a given square, then five passes around its own answer."""

    def __init__(self, runtime: Runtime) -> None:
        """`runtime` has the model face_landmarks."""
        self._runtime = runtime

    def find(self, pixels: Pixels, square: Square) -> Mesh | None:
        """Find the landmarks near a square.

        Args:
            pixels: The photo, uint8 H×W×3 RGB.
            square: Place of the face in photo pixels, see `Detection.square` and `face_square`.

        Returns:
            The mesh in photo pixels, or None where the square lies outside the photo or holds no face at all.
        """
        patch = cut_patch(pixels, square, _SIDE)
        if patch is None:
            return None
        points, _ = self._infer(patch.pixels, patch.from_photo(square))
        points, presence = self._infer(patch.pixels, face_square(points))
        if presence < NO_FACE_PRESENCE:
            return None
        mesh = self._median(patch.pixels, face_square(points))
        if mesh.spread > _MAX_SPREAD:
            again = self._median(patch.pixels, face_square(mesh.points))
            mesh = again if again.spread < mesh.spread else mesh
        return replace(mesh, points=patch.to_photo(mesh.points))

    def _median(self, pixels: Pixels, square: Square) -> Mesh:
        """The median of five passes over jittered crops around `square`, in pixels of `pixels`."""
        passes = [
            self._infer(pixels, square.moved(right=right, down=down, scale=scale, turn=turn))
            for right, down, scale, turn in _JITTER
        ]
        stack = np.stack([points for points, _ in passes])
        middle = np.median(stack, axis=0).astype(np.float32)
        off = np.linalg.norm(stack[..., :2] - middle[:, :2], axis=-1)
        return Mesh(
            points=middle,
            presence=float(np.median([presence for _, presence in passes])),
            spread=float(np.median(off) / (square.size / 1.5)),
        )

    def _infer(self, pixels: Pixels, square: Square) -> tuple[Float, float]:
        """One pass of the model: points (478, 3) in pixels of `pixels`, and the presence 0..1."""
        image = crop(pixels, square, _SIDE)[None].astype(np.float32) / np.float32(255)
        out = self._runtime.run(_MODEL, {only_input(self._runtime.session(_MODEL)): image})
        flat = merge_refined({name: value.ravel() for name, value in out.items() if name.startswith("output_")})
        matrix = square.to_picture(_SIDE)
        points = np.empty_like(flat)
        # the model answers in continuous coordinates, where a pixel covers [n, n + 1): its answers for a crop
        # and for the mirrored crop add up to 191.8 ± 0.1, not to 191 (41 faces of the test photos, 17 pairs
        # of points)
        points[:, :2] = (flat[:, :2] - 0.5) @ matrix[:, :2].T + matrix[:, 2]
        points[:, 2] = flat[:, 2] * (square.size / _SIDE)
        return points, float(1 / (1 + np.exp(-np.clip(out["conv_faceflag"].ravel()[0], -80, 80))))


def merge_refined(outputs: dict[str, Float]) -> Float:
    """Merge the model's six outputs into one mesh.

    x and y of lips, eyes and brows come from their own outputs, z stays the mesh's; an iris lies at the mean
    depth of its lid line. The same as MediaPipe's LandmarksRefinementCalculator.

    Args:
        outputs: The model's outputs by name, each flat.

    Returns:
        float32 (478, 3) in pixels of the model's input.
    """
    points = np.empty((POINTS, 3), np.float32)
    points[:SKIN_POINTS] = outputs["output_mesh_identity"].reshape(SKIN_POINTS, 3)
    for name, indices in _REFINED.items():
        points[list(indices), :2] = outputs[name].reshape(-1, 2)
    for iris, eye in ((RIGHT_IRIS, REFINED_RIGHT_EYE), (LEFT_IRIS, REFINED_LEFT_EYE)):
        points[list(iris), 2] = points[list(eye[:LID_POINTS]), 2].mean()
    return points


def face_square(points: Float) -> Square:
    """The square that the landmark model was trained on: eyes level, 1.5 times the longer side of the face's box.

    Args:
        points: Landmarks (≥ 468, ≥ 2) in any picture's pixels.
    """
    across = points[LEFT_EYE_OUTER, :2] - points[RIGHT_EYE_OUTER, :2]
    angle = float(np.arctan2(across[1], across[0]))
    cos, sin = np.cos(angle), np.sin(angle)
    level = points[:SKIN_POINTS, :2] @ np.array([[cos, -sin], [sin, cos]])
    low, high = level.min(axis=0), level.max(axis=0)
    x, y = np.array([[cos, -sin], [sin, cos]]) @ ((low + high) / 2)
    return Square(float(x), float(y), 1.5 * float((high - low).max()), angle)
