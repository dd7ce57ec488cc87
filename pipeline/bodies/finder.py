"""Bodies: the points of the person to whom a face belongs, from the shoulders to the toes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.crop import Square, crop_toned
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square
from pipeline.image_ops import single
from pipeline.runtime import Runtime, only_input

MODEL: Final = "body_landmarks"
"""See docs/weights.md."""

POINTS: Final = 33
"""Of a body: 0 to 10 on the face, then shoulders, elbows, wrists, hands, hips, knees, ankles, heels and toes; of each
pair the person's left comes first."""
SHOULDERS: Final = (11, 12)
ELBOWS: Final = (13, 14)
WRISTS: Final = (15, 16)
HIPS: Final = (23, 24)
KNEES: Final = (25, 26)
ANKLES: Final = (27, 28)
TOES: Final = (31, 32)

_SIDE: Final = 256  # the net's input, pixels
_NOSE: Final = 0
_HIP, _TOP = 33, 34  # the middle of the hips, and a point above them at the distance of the whole body's end
_GROWN: Final = 2.5  # side of the square by that distance, as in MediaPipe's own pipeline
# Where a standing person's hips lie below the middle of the face, and the body's end above it, in longer sides of the
# face. On 40 photos of athletes the net finds the body from there as surely as from MediaPipe's detector of people,
# and four bodies more.
_FIRST: Final = (3.0, 1.2)
_LOOKS: Final = 2
_LEAST_PRESENCE: Final = 0.7
_OWN: Final = 0.5  # longer sides of the face: the farthest that the body's nose may be from its middle


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one person on a photo."""

    points: Float
    """float32 (33, 2), photo pixels, pixel centres at whole numbers, see POINTS."""
    seen: Float
    """The net's belief that each point is on the photo and not hidden, float32 (33,), 0..1."""
    outline: Float
    """The share of the person in each pixel of the net's view, float32 (S, S), 0..1."""
    square: Square
    """The part of the photo that the net saw."""

    def draw(self, size: tuple[int, int], scale: float = 1.0) -> Float:
        """The share of the person on the photo, 0..1, float32 of `size` (h, w), whose pixels are `scale` of its own."""
        matrix = self.square.to_picture(len(self.outline)) * scale
        matrix[:, 2] += (scale - 1) / 2
        return single(cv2.warpAffine(self.outline, matrix, size[::-1], flags=cv2.INTER_LINEAR))


def find_body(runtime: Runtime, pixels: Pixels, face: Face) -> Body | None:
    """Find the body of a face.

    Args:
        runtime: Has the model body_landmarks.
        pixels: The photo, uint8 H×W×3 RGB; its colour is not looked at.
        face: In its pixels.

    Returns:
        None where there is no body to be seen, or where the net sees another person's.
    """
    place = face_square(face.landmarks)
    unit = place.size / 1.5
    middle = np.array([place.x, place.y])
    down = np.array([-np.sin(place.angle), np.cos(place.angle)]) * unit
    square = _around(middle + _FIRST[0] * down, middle - _FIRST[1] * down)
    for _ in range(_LOOKS):
        looked = square
        points, seen, presence, outline = _locate(runtime, pixels, looked)
        square = _around(points[_HIP], points[_TOP])
    if presence < _LEAST_PRESENCE or np.linalg.norm(points[_NOSE] - middle) > _OWN * unit:
        return None
    return Body(np.asarray(points[:POINTS], np.float32), seen[:POINTS], outline, looked)


def _around(hip: Double, top: Double) -> Square:
    """The square of a whole body, upright: its middle is the hips'."""
    along = top - hip
    reach = max(float(np.linalg.norm(along)), 1.0)
    return Square(float(hip[0]), float(hip[1]), _GROWN * reach, float(np.arctan2(along[0], -along[1])))


def _locate(runtime: Runtime, pixels: Pixels, square: Square) -> tuple[Double, Float, float, Float]:
    """The points of a body in a square, photo pixels (39, 2), how well each is seen, (39,), the body's presence, and
    the share of the person in each pixel of the view."""
    out = runtime.run(MODEL, {only_input(runtime.session(MODEL)): crop_toned(pixels, square, _SIDE)})
    values = out["Identity"].reshape(-1, 5)  # x, y, depth, visibility and presence before the sigmoid
    chances = 1 / (1 + np.exp(-np.clip(values[:, 3:], -80, 80)))
    matrix = square.to_picture(_SIDE)
    points = (values[:, :2] - 0.5) @ matrix[:, :2].T + matrix[:, 2]
    outline = 1 / (1 + np.exp(-np.clip(out["Identity_2"][0, :, :, 0], -80, 80)))
    return points, np.asarray(chances.min(axis=1), np.float32), float(out["Identity_1"].item()), single(outline)
