"""Who is a minor: our own classifier and the pack's two age nets, combined by the strictest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from filters.age_features import EMBEDDING, Look, see
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
class _Bars:
    """Chances to be a minor: from `sure` on a face is refused whatever the nets say, from `doubt` on where either
    net reads fewer than `adult` years."""

    sure: float
    doubt: float
    adult: float


@dataclass(frozen=True, slots=True)
class _Level:
    """Bars for a `clear` face, and for one of which damage has left the nets little (see CLEAR)."""

    clear: _Bars
    damaged: _Bars


# Chosen on folds of the training photos, then moved with a look at the measuring ones: what that is worth is said in
# docs/filters.md, Minors.
BARS: Final[dict[Level, _Level]] = {
    "normal": _Level(clear=_Bars(sure=0.65, doubt=0.01, adult=20.4), damaged=_Bars(sure=0.13, doubt=0.01, adult=22.0)),
    "strict": _Level(clear=_Bars(sure=0.036, doubt=0.008, adult=30.0), damaged=_Bars(0.036, 0.008, 30.0)),
}
# Length of HSE's embedding over that of clear portraits (15.4): median 0.87 on the clean photos, 0.75 with strong
# grain, 0.55 under every damage at once
CLEAR: Final = 0.75
_LENGTH: Final = 15.4
# Years by either net below which it is a minor whatever the classifier says: fewer than 1 in 500 adults
NET_BAR: Final = 11.0
# Years below which no appeal is heard, as the classifier or as both nets see it
FAR_BELOW: Final = 14.0


@dataclass(frozen=True, slots=True)
class ChildReading:
    """What is thought of one face's age.

    `score`: 0..1, the classifier's chance of a minor. `age`: years by the classifier, 0..60, a rough figure.
    `minor`: to be refused. `far_below`: so young that a person's word to the contrary doesn't count; implies
    `minor`. `old_photo`: clearly an old photo (only looked at in archive mode; else False).
    """

    score: float
    age: float
    minor: bool
    far_below: bool
    old_photo: bool


class ChildFilter:
    """Reads ages; `runtime` has child, face_age_embedding, face_age_gender, face_embedding, face_expression.

    `level`: how many adults are refused to let fewer minors through, see docs/filters.md. `archive`: also tell
    whether a photo is clearly old, for operators that allow historic photos of children.
    """

    def __init__(self, runtime: Runtime, *, level: Level = "normal", archive: bool = False) -> None:
        if level not in BARS:
            raise ValueError(f"a level is strict or normal, not {level!r}")
        self._runtime, self._level, self._archive = runtime, BARS[level], archive

    def judge(self, pixels: Pixels, face: Face) -> ChildReading:
        """Read the age of `face` on `pixels` (uint8 H×W×3 RGB).

        What a missing, broken or foreign model raises (weights' and onnxruntime's errors, ValueError) passes
        through: whoever asks must refuse then. ValueError where the face lies outside the photo.
        """
        looks = [Look(pixels, face, _MARGIN, mirror) for mirror in (False, True)]
        seen = see(self._runtime, looks)
        logits = self._logits(seen.features).mean(axis=0)
        score, age = float(_sigmoid(logits[-1:])[0]), age_of(logits[:-1])
        hse, face_api = (float(years) for years in seen.ages.mean(axis=0))
        far_below = not (age >= FAR_BELOW and max(hse, face_api) >= FAR_BELOW)
        youngest = min(hse, face_api)
        length = float(np.linalg.norm(seen.features[:, :EMBEDDING].mean(axis=0))) / _LENGTH
        bars = self._level.clear if length >= CLEAR else self._level.damaged
        # written so that a NaN refuses
        cleared = score < bars.doubt or (score < bars.sure and youngest >= bars.adult)
        adult = cleared and youngest >= NET_BAR
        return ChildReading(
            score=score,
            age=age,
            minor=far_below or not adult,
            far_below=far_below,
            old_photo=self._archive and is_old_photo(pixels),
        )

    def _logits(self, features: Float) -> Float:
        logits = self._runtime.run(MODEL, {"features": features})["logits"]
        if logits.shape != (len(features), len(YOUNGER_THAN) + 1):
            raise ValueError(f"the model {MODEL} answers {logits.shape}, it is not the one this filter knows")
        return np.asarray(logits, np.float32)


def age_of(logits: Float) -> float:
    """The median age, years: where the chance to be younger crosses one half. `logits` (len(YOUNGER_THAN),)."""
    chances = np.maximum.accumulate(np.concatenate([[0.0], _sigmoid(logits), [1.0]]))
    # a chance that does not grow has no inverse: each next one is a hair higher
    chances += np.arange(len(chances)) * 1e-9
    return float(np.interp(0.5, chances, (0.0, *YOUNGER_THAN, 60.0)))


def _sigmoid(logits: Float) -> Float:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)


__all__ = ["BARS", "YOUNGER_THAN", "ChildFilter", "ChildReading", "Level", "age_of"]
