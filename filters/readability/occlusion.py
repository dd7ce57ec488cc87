"""Occlusion of a face: things before the eyes or the mouth, such as dark glasses, a mask, a hand, a bar, or hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.readability.face_view import SIDE, FaceView, cut_face_view
from pipeline.arrays import Float, Pixels
from pipeline.errors import Reason
from pipeline.faces.alignment import level_chip
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES, OVAL
from pipeline.runtime import Runtime, only_input

MODEL: Final = "face_cover"  # weights/cover.onnx, trained by weights/train/cover.py, see docs/filters.md
_SIDE: Final = 64
_MARGIN: Final = 0.1  # of the face's longer side, around it; the net was trained so
# Probability from which a part counts as covered, see docs/filters.md for the false alarms.
_SURE: Final = 0.8
_LIKELY: Final = 0.5
_BRIDGE: Final = (168, 6, 8)
_SAME_TONE: Final = 14.0  # levels of 255
# Light so hard that a mouth loses its edges, and yet has a dark line between the lips: of 75 masked faces that line is
# at most 9 levels darker than what is around it
_HARD_LIGHT: Final = 225.0  # contrast of the face, levels of 255
_LIP_LINE: Final = 15.0
_UPPER_INNER, _LOWER_INNER = (80, 81, 82, 13, 312, 311, 310), (88, 178, 87, 14, 317, 402, 318)
_ABOVE, _BELOW = (40, 39, 37, 0, 267, 269, 270), (91, 84, 17, 314, 321, 181, 405)
_KINDS: Final = ("dark_glasses", "mask", "hand", "thing")


@dataclass(frozen=True, slots=True)
class OcclusionReading:
    """The probabilities that parts of one face are hidden."""

    right_eye: float
    """The probability that the person's right eye is hidden, 0..1."""
    left_eye: float
    """The probability that the person's left eye is hidden, 0..1."""
    nose: float
    """The probability that the nose is hidden, 0..1."""
    mouth: float
    """The probability that the mouth is hidden, 0..1."""
    kind: str
    """The thing that it looks like: "dark_glasses", "mask", "hand" or "thing"."""
    cause: str
    """The cause of the refusal: "dark_glasses", "mask", "hand", "eyes" or "mouth"; "" where eyes and mouth are free."""

    @property
    def reason(self) -> Reason | None:
        """FACE_COVERED where there is a cause, else None."""
        return Reason.FACE_COVERED if self.cause else None


def read_occlusion(pixels: Pixels, face: Face, runtime: Runtime, view: FaceView | None = None) -> OcclusionReading:
    """Measure which parts of a face are hidden, and by what.

    Whatever the runtime raises passes through.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
        runtime: Has the model face_cover.
        view: The view of that face, where it is cut already.

    Raises:
        ValueError: The array is no such photo, the face lies outside it, or the net has no answer.
    """
    view = view or cut_face_view(pixels, face)
    chip = level_chip(pixels, face, _SIDE, _MARGIN)
    both = np.stack([chip, chip[:, ::-1]]).astype(np.float32)
    answers = runtime.run(MODEL, {only_input(runtime.session(MODEL)): both})
    covered = (answers["covered"][0] + answers["covered"][1][[1, 0, 2, 3]]) / 2
    kind = _KINDS[int((answers["kind"][0] + answers["kind"][1]).argmax())]
    if not np.isfinite(covered).all():
        raise ValueError("the net has no answer")
    right, left, nose, mouth = (float(value) for value in covered)
    if kind == "dark_glasses" and _is_bar(view):
        kind = "thing"
    if kind == "thing" and mouth > _SURE and _has_lit_lips(view):
        mouth = _LIKELY
    cause = _cause(max(right, left), min(right, left), nose, mouth, kind)
    return OcclusionReading(right, left, nose, mouth, kind, cause)


def _is_bar(view: FaceView) -> bool:
    """Whether the thing before the eyes goes on as it is over the bridge and between the brows, as no glasses do."""
    smooth = cv2.blur(view.pixels, (3, 3)).astype(np.float32)
    places = [view.points[list(eye)].mean(axis=0) for eye in EYES] + [view.points[point] for point in _BRIDGE]
    tones = np.stack([smooth[tuple(np.clip(np.rint(place[::-1]), 0, SIDE - 1).astype(int))] for place in places])
    return float(np.abs(tones - tones[0]).max()) < _SAME_TONE


def _has_lit_lips(view: FaceView) -> bool:
    """Whether a face in hard light has the line between its lips where the landmarks have it."""
    grey = view.grey
    low, high = np.percentile(grey[view.mask(OVAL)], [3, 97])
    if high - low < _HARD_LIGHT:
        return False
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)

    def tone(points: Float) -> float:
        x, y = np.clip(np.rint(points).astype(int), 0, SIDE - 1).T
        return float(smooth[y, x].mean())

    line = np.float32(0.5) * (view.points[list(_UPPER_INNER)] + view.points[list(_LOWER_INNER)])
    around = min(tone(view.points[list(_ABOVE)]), tone(view.points[list(_BELOW)]))
    return around - tone(line) > _LIP_LINE


def _cause(eye: float, other_eye: float, nose: float, mouth: float, kind: str) -> str:
    """One eye or the mouth is enough; the advice names a thing only where the place agrees with it.

    Hair across a face hides each part a little: where an eye, the nose and the mouth are all rather hidden than free,
    it counts as the eye.
    """
    across = min(eye, nose, mouth) > _LIKELY
    eyes, lips = eye > _SURE or across, mouth > _SURE
    if not eyes and not lips:
        return ""
    if kind == "dark_glasses" and eyes and other_eye > 0.5 and not lips:
        return "dark_glasses"
    if kind == "mask" and lips and nose > 0.5 and not eyes:
        return "mask"
    if kind == "hand":
        return "hand"
    return "eyes" if eyes else "mouth"
