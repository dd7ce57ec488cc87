"""Hands: the palm detector on squares of a photo, then the landmarks of each hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.crop import Square, crop_toned
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square
from pipeline.runtime import Runtime, only_input

DETECTOR: Final = "hand_detector"
LANDMARKS: Final = "hand_landmarks"
"""The models, see docs/weights.md."""

POINTS: Final = 21
"""Of a hand: the wrist, then thumb, index, middle, ring and little finger, each from its root to its tip."""
WRIST: Final = 0
KNUCKLES: Final = (5, 9, 13, 17)
"""The roots of the four fingers, from the index finger on."""
_MIDDLE: Final = 9

_DETECTOR_SIDE: Final = 192  # the models' inputs, pixels
_LANDMARKS_SIDE: Final = 224
_GRIDS: Final = ((8, 2), (16, 6))  # (step in pixels, anchors a cell) of the detector
_LEAST_SCORE: Final = 0.45
# On 60 portraits, scans and groups true hands had 0.86 and more, other things 0.77 at most, but for heads of 20 px
# in a large group
_LEAST_PRESENCE: Final = 0.8
# The hand's square from the palm's, as in MediaPipe's own pipeline
_GROWN: Final = 2.6
_TOWARDS_FINGERS: Final = 0.5
# Looks at a person: (middle below the face's, side), in longer sides of the face
_LOOKS: Final = ((0.2, 2.6), (1.0, 4.5))
_SAME: Final = 0.5  # of a hand's length: the distance of its middle up to which two findings are one hand


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand on a photo."""

    points: Float
    """float32 (21, 2), photo pixels, pixel centres at whole numbers, see POINTS."""
    presence: float
    """The net's belief that this is a hand, 0..1."""

    @property
    def length(self) -> float:
        """Pixels from the wrist to the root of the middle finger; foreshortened hands count by their breadth."""
        along = np.linalg.norm(self.points[_MIDDLE] - self.points[WRIST])
        across = np.linalg.norm(self.points[KNUCKLES[0]] - self.points[KNUCKLES[-1]])
        return float(max(along, 1.3 * across))

    @property
    def middle(self) -> Float:
        """The middle of the palm, float32 (2,)."""
        return np.asarray(self.points[[WRIST, *KNUCKLES]].mean(axis=0), np.float32)

    @property
    def down(self) -> Float:
        """The direction from the knuckles to the wrist and on along the forearm, float32 (2,), of length 1."""
        along = self.points[WRIST] - self.points[list(KNUCKLES)].mean(axis=0)
        return np.asarray(along / max(float(np.linalg.norm(along)), 1e-6), np.float32)


@dataclass(frozen=True, slots=True)
class _Palm:
    """A place that may be a palm, in photo pixels."""

    middle: Double
    """Of its box, float64 (2,)."""
    size: float
    """The longer side of its box."""
    wrist: Double
    """The middle of the wrist, float64 (2,)."""
    knuckle: Double
    """The root of the middle finger, float64 (2,)."""
    score: float
    """The detector's belief that this is a palm, 0..1."""

    @property
    def square(self) -> Square:
        """The square of the whole hand, its fingers up."""
        along = self.knuckle - self.wrist
        x, y = self.middle + along / max(float(np.linalg.norm(along)), 1e-6) * self.size * _TOWARDS_FINGERS
        return Square(float(x), float(y), self.size * _GROWN, float(np.arctan2(along[0], -along[1])))


def find_hands(runtime: Runtime, pixels: Pixels, squares: Sequence[Square]) -> tuple[Hand, ...]:
    """Find the hands in squares of a photo.

    Args:
        runtime: Has the models hand_detector and hand_landmarks.
        pixels: The photo, uint8 H×W×3 RGB; its colour is not looked at.
        squares: The places to look at, in its pixels; a hand is found from about a twelfth of a square's side on.

    Returns:
        Each hand once, the surest first.
    """
    palms = [palm for square in squares for palm in _find_palms(runtime, pixels, square)]
    hands: list[Hand] = []
    for palm in sorted(palms, key=lambda palm: -palm.score):
        if any(_is_within(palm, hand) for hand in hands):
            continue
        hand = _locate(runtime, pixels, palm.square)
        if hand.presence >= _LEAST_PRESENCE and not any(_is_same(hand, other) for other in hands):
            hands.append(hand)
    return tuple(sorted(hands, key=lambda hand: -hand.presence))


def look_at_face(face: Face) -> Square:
    """The square in which a hand at a face lies."""
    return _look(face, *_LOOKS[0])


def look_at_person(face: Face) -> tuple[Square, ...]:
    """The squares in which the hands of a face's person lie, to the waist."""
    return tuple(_look(face, *look) for look in _LOOKS)


def _look(face: Face, below: float, side: float) -> Square:
    place = face_square(face.landmarks)
    unit = place.size / 1.5
    return Square(place.x, place.y + below * unit, side * unit)


def _anchors() -> Double:
    """Centres (n, 2) of the detector's anchors, x then y, in shares of its input."""
    levels = []
    for step, count in _GRIDS:
        cells = _DETECTOR_SIDE // step
        y, x = np.mgrid[:cells, :cells]
        levels.append(np.repeat((np.stack([x, y], -1).reshape(-1, 2) + 0.5) / cells, count, axis=0))
    return np.concatenate(levels)


_ANCHORS: Final = _anchors()


def _find_palms(runtime: Runtime, pixels: Pixels, square: Square) -> list[_Palm]:
    """The places of a square that may be palms, the strongest of each."""
    image = crop_toned(pixels, square, _DETECTOR_SIDE)
    out = runtime.run(DETECTOR, {only_input(runtime.session(DETECTOR)): image})
    values, logits = out["Identity"][0], out["Identity_1"][0, :, 0]
    scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
    matrix = square.to_picture(_DETECTOR_SIDE)
    palms: list[_Palm] = []
    for index in np.argsort(-scores):
        if scores[index] < _LEAST_SCORE:
            break
        # the box's middle, its width and height, then seven keypoints, of which 0 is the wrist and 2 the middle knuckle
        points = values[index].reshape(9, 2)[[0, 2, 4]] + _ANCHORS[index] * _DETECTOR_SIDE - 0.5
        middle, wrist, knuckle = points @ matrix[:, :2].T + matrix[:, 2]
        size = float(values[index, 2:4].max()) * square.size / _DETECTOR_SIDE
        if all(np.linalg.norm(middle - palm.middle) > 0.5 * max(size, palm.size) for palm in palms):
            palms.append(_Palm(middle, size, wrist, knuckle, float(scores[index])))
    return palms


def _locate(runtime: Runtime, pixels: Pixels, square: Square) -> Hand:
    """The landmarks of what may be a hand in a square, fingers up."""
    image = crop_toned(pixels, square, _LANDMARKS_SIDE)
    out = runtime.run(LANDMARKS, {only_input(runtime.session(LANDMARKS)): image})
    points = out["Identity"].reshape(POINTS, 3)[:, :2] - 0.5
    matrix = square.to_picture(_LANDMARKS_SIDE)
    return Hand(np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32), float(out["Identity_1"].item()))


def _is_within(palm: _Palm, hand: Hand) -> bool:
    return bool(np.linalg.norm(palm.middle - hand.middle) < _SAME * hand.length)


def _is_same(one: Hand, other: Hand) -> bool:
    return bool(np.linalg.norm(one.middle - other.middle) < _SAME * max(one.length, other.length))
