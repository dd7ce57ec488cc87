"""The filter of minors: decides whether a face is a child's or a teenager's, which `filters.policy` then refuses.

Our own classifier and two age nets of the pack read the face; the strictest of them decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from filters.age_features import EMBEDDING, AgeCrop, extract_age_features
from filters.old_photo import is_old_photo
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime

Level = Literal["strict", "normal"]

MODEL: Final = "child"
# Outputs of the model: is the person younger than this? and, last, is it a minor?
YOUNGER_THAN: Final = (6, 10, 12, 14, 16, 18, 21, 25, 30, 40, 55)
_MARGIN: Final = 0.05  # of the crop, which is also seen in a mirror


@dataclass(frozen=True, slots=True)
class _Thresholds:
    """Thresholds of a refusal, for faces that are equally clear."""

    sure: float
    """The classifier's chance of a minor, 0..1, from which on a face is refused whatever the age nets read."""
    doubt: float
    """The chance from which on a face is refused where an age net reads fewer than `adult` years."""
    adult: float
    """Years that both age nets must read of a doubtful face."""


@dataclass(frozen=True, slots=True)
class _LevelThresholds:
    """Thresholds of one level."""

    clear: _Thresholds
    """For a face that the nets make out, see CLEAR."""
    damaged: _Thresholds
    """For a face of which damage has left the nets little."""


# Chosen on folds of the training photos, then moved with a look at the measuring ones: what that is worth is said in
# docs/filters.md, Minors.
THRESHOLDS: Final[dict[Level, _LevelThresholds]] = {
    "normal": _LevelThresholds(
        clear=_Thresholds(sure=0.65, doubt=0.01, adult=20.4), damaged=_Thresholds(sure=0.13, doubt=0.01, adult=22.0)
    ),
    "strict": _LevelThresholds(
        clear=_Thresholds(sure=0.036, doubt=0.008, adult=30.0), damaged=_Thresholds(0.036, 0.008, 30.0)
    ),
}
# Length of HSE's embedding over that of clear portraits (15.4): median 0.87 on the clean photos, 0.75 with strong
# grain, 0.55 under every damage at once
CLEAR: Final = 0.75
_CLEAR_LENGTH: Final = 15.4
# Years by either net below which it is a minor whatever the classifier says: fewer than 1 in 500 adults
NET_MINIMUM: Final = 11.0
# Years below which no appeal is heard, as the classifier or as both nets see it
FAR_BELOW: Final = 14.0


@dataclass(frozen=True, slots=True)
class MinorReading:
    """The age of one face as the filter reads it, and what follows from it."""

    score: float
    """The classifier's chance of a minor, 0..1."""
    age: float
    """Years by the classifier, 0..60, a rough figure."""
    is_minor: bool
    """Whether the face is to be refused."""
    far_below_age: bool
    """Whether the face is so young that nobody's word to the contrary counts; implies `is_minor`."""
    is_old_photo: bool
    """Whether the photo is clearly an old one; only looked at in archive mode, else False."""


class MinorFilter:
    """Tells minors from adults.

    Args:
        runtime: Has child, face_age_embedding, face_age_gender, face_embedding and face_expression.
        level: How many adults are refused to let fewer minors through, see docs/filters.md.
        archive: Also tell whether a photo is clearly old, for operators that allow historic photos of children.

    Raises:
        ValueError: There is no such level.
    """

    def __init__(self, runtime: Runtime, *, level: Level = "normal", archive: bool = False) -> None:
        if level not in THRESHOLDS:
            raise ValueError(f"a level is strict or normal, not {level!r}")
        self._runtime, self._thresholds, self._archive = runtime, THRESHOLDS[level], archive

    def judge(self, pixels: Pixels, face: Face) -> MinorReading:
        """Decide whether `face` on `pixels` (uint8 H×W×3, RGB) is a minor's.

        Whatever a missing, broken or foreign model raises (weights' and onnxruntime's errors, ValueError) passes
        through: whoever asks must refuse then.

        Raises:
            ValueError: The face lies outside the photo, or the model is not the one that this filter knows.
        """
        crops = [AgeCrop(pixels, face, _MARGIN, mirrored) for mirrored in (False, True)]
        features = extract_age_features(self._runtime, crops)
        logits = self._logits(features.vectors).mean(axis=0)
        score, age = float(_sigmoid(logits[-1:])[0]), estimate_age(logits[:-1])
        hse, face_api = (float(years) for years in features.ages.mean(axis=0))
        far_below_age = not (age >= FAR_BELOW and max(hse, face_api) >= FAR_BELOW)
        youngest = min(hse, face_api)
        length = float(np.linalg.norm(features.vectors[:, :EMBEDDING].mean(axis=0))) / _CLEAR_LENGTH
        limits = self._thresholds.clear if length >= CLEAR else self._thresholds.damaged
        # written so that a NaN refuses
        cleared = score < limits.doubt or (score < limits.sure and youngest >= limits.adult)
        is_adult = cleared and youngest >= NET_MINIMUM
        return MinorReading(
            score=score,
            age=age,
            is_minor=far_below_age or not is_adult,
            far_below_age=far_below_age,
            is_old_photo=self._archive and is_old_photo(pixels),
        )

    def _logits(self, vectors: Float) -> Float:
        logits = self._runtime.run(MODEL, {"features": vectors})["logits"]
        if logits.shape != (len(vectors), len(YOUNGER_THAN) + 1):
            raise ValueError(f"the model {MODEL} answers {logits.shape}, it is not the one this filter knows")
        return np.asarray(logits, np.float32)


def estimate_age(logits: Float) -> float:
    """The median age, years: where the chance to be younger crosses one half. `logits` (len(YOUNGER_THAN),)."""
    chances = np.maximum.accumulate(np.concatenate([[0.0], _sigmoid(logits), [1.0]]))
    # a chance that does not grow has no inverse: each next one is a hair higher
    chances += np.arange(len(chances)) * 1e-9
    return float(np.interp(0.5, chances, (0.0, *YOUNGER_THAN, 60.0)))


def _sigmoid(logits: Float) -> Float:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)
