"""Is something in front of the eyes or the mouth: dark glasses, a mask, a hand, a bar, a scribble, a mosaic, hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.embeddings.alignment import level_chip
from filters.readability.face_view import SIDE, View, view_of
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES
from pipeline.runtime import Runtime, only_input

MODEL: Final = "face_cover"  # weights/cover.onnx, trained by weights/train/cover.py, see docs/filters.md
_SIDE: Final = 64
_MARGIN: Final = 0.1  # around the face's longer side; the net was trained so
# Probability from which a part counts as covered, see docs/filters.md for the false alarms.
_SURE: Final = 0.8
_BRIDGE: Final = (168, 6, 8)
_SAME: Final = 14.0  # levels of 255
_KINDS: Final = ("dark_glasses", "mask", "hand", "thing")


@dataclass(frozen=True, slots=True)
class CoverReading:
    """Probabilities 0..1 that a part is hidden: the person's `right_eye`, `left_eye`, the `nose`, the `mouth`.

    `kind`: what it looks like: "dark_glasses", "mask", "hand", "thing". `cause`: of the refusal ("dark_glasses",
    "mask", "hand", "eyes", "mouth"), "" where eyes and mouth are free.
    """

    right_eye: float
    left_eye: float
    nose: float
    mouth: float
    kind: str
    cause: str

    @property
    def reason(self) -> Reason | None:
        return Reason.FACE_COVERED if self.cause else None


def read_cover(pixels: Pixels, face: Face, runtime: Runtime, view: View | None = None) -> CoverReading:
    """What hides one face of a photo (uint8 H×W×3, RGB). `runtime` has the model face_cover. `view`: of this face,
    where there is one.

    ValueError: not such a photo, or the face lies outside it; what the runtime raises passes through.
    """
    view = view or view_of(pixels, face)
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
    return CoverReading(right, left, nose, mouth, kind, _cause(max(right, left), min(right, left), nose, mouth, kind))


def _is_bar(view: View) -> bool:
    """Whether what is before the eyes goes on as it is over the bridge and between the brows, as no glasses do."""
    smooth = cv2.blur(view.pixels, (3, 3)).astype(np.float32)
    places = [view.points[list(eye)].mean(axis=0) for eye in EYES] + [view.points[point] for point in _BRIDGE]
    tones = np.stack([smooth[tuple(np.clip(np.rint(place[::-1]), 0, SIDE - 1).astype(int))] for place in places])
    return float(np.abs(tones - tones[0]).max()) < _SAME


def _cause(eye: float, other_eye: float, nose: float, mouth: float, kind: str) -> str:
    """One eye or the mouth is enough; the advice names a thing only where the place agrees with it."""
    eyes, lips = eye > _SURE, mouth > _SURE
    if not eyes and not lips:
        return ""
    if kind == "dark_glasses" and eyes and other_eye > 0.5 and not lips:
        return "dark_glasses"
    if kind == "mask" and lips and nose > 0.5 and not eyes:
        return "mask"
    if kind == "hand":
        return "hand"
    return "eyes" if eyes else "mouth"
