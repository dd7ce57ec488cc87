"""The filter of minors: decides whether a face is a child's or a teenager's, which `filters.policy` then refuses.

Our own classifier, which knows what the nets of the pack see, decides; a net that reads a child refuses too. That a
face is far below age rests on several readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from filters.age_features import read_age_features
from filters.face_features import FaceFeatures
from filters.old_photo import is_old_photo
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime

Level = Literal["strict", "normal"]

MODEL: Final = "child"
# Outputs of the model: is the person younger than this? and, last, is it a minor?
YOUNGER_THAN: Final = (6, 10, 12, 14, 16, 18, 21, 25, 30, 40, 55)


@dataclass(frozen=True, slots=True)
class Limits:
    """The classifier's chances of a minor, 0..1, from which on a face is refused."""

    doubt: float
    """Where nothing speaks for a young adult."""
    sure: float
    """Whatever speaks for one."""


# Chosen on photos that the classifier was not trained on, see docs/filters.md, Minors
LIMITS: Final[Mapping[Level, Limits]] = MappingProxyType(
    {"normal": Limits(doubt=0.09, sure=0.45), "strict": Limits(doubt=0.076, sure=0.076)}
)
# What speaks for a young adult, whom studio light makes look younger: the classifier's chance of somebody under 14 is
# below this and the nets read so many years, their mean, or it is below that
_HARDLY_UNDER_14: Final = 0.05
_YOUNG_ADULT: Final = 20.0
_NEVER_UNDER_14: Final = 0.011
_UNDER_14: Final = YOUNGER_THAN.index(14)
# Years by either net below which it is a minor whatever the classifier says: fewer than 1 in 150 adults
NET_MINIMUM: Final = 11.0
# One look that reads so far below the doubt (in logits) and at least so many years with both nets needs no second
# one in a mirror, which would have to differ by twice as much
SURE_LOGITS: Final = 2.5
SURE_YEARS: Final = 18.0


@dataclass(frozen=True, slots=True)
class _YoungLimits:
    """Readings that together say: so young that no appeal is heard. No single reading is enough."""

    chance: float
    """The classifier's chance of a minor, 0..1, that must be exceeded."""
    age: float
    """Years by the classifier that its age must be below."""
    younger_net: float
    """Years that the net which reads fewer must read less than."""
    older_net: float
    """Years that the net which reads more must read less than."""


# Of 1,417 looks at adults from 25 on, 582 of them at damaged photos, none holds for any
FAR_BELOW: Final = (
    _YoungLimits(chance=0.9, age=16.0, younger_net=16.0, older_net=16.0),
    _YoungLimits(chance=0.98, age=10.0, younger_net=14.0, older_net=float("inf")),
    _YoungLimits(chance=0.99, age=10.0, younger_net=18.0, older_net=float("inf")),
)


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
        if level not in LIMITS:
            raise ValueError(f"a level is strict or normal, not {level!r}")
        self._runtime, self._limits, self._archive = runtime, LIMITS[level], archive

    def judge(self, pixels: Pixels, face: Face, features: FaceFeatures | None = None) -> MinorReading:
        """Decide whether `face` on `pixels` (uint8 H×W×3, RGB) is a minor's; its `features` may be known already.

        The face is seen as it is and in a mirror, and the mean counts; where the first look reads an adult so clearly
        that no mirror makes it a minor, it is the only one.

        Whatever a missing, broken or foreign model raises (weights' and onnxruntime's errors, ValueError) passes
        through: whoever asks must refuse then.

        Raises:
            ValueError: The face lies outside the photo, or the model is not the one that this filter knows.
        """
        features = features or FaceFeatures(pixels, face, self._runtime)
        logits, ages = self._look(features, mirrored=False)
        is_sure = _sigmoid(logits[-1:] + SURE_LOGITS)[0] < self._limits.doubt and ages.min() >= SURE_YEARS
        if not is_sure:  # as with a NaN
            other_logits, other_ages = self._look(features, mirrored=True)
            logits, ages = np.mean([logits, other_logits], axis=0), np.mean([ages, other_ages], axis=0)
        score, age = float(_sigmoid(logits[-1:])[0]), estimate_age(logits[:-1])
        younger, older = (float(years) for years in np.sort(ages))
        limit = self._limits.sure if _may_be_adult(logits, ages) else self._limits.doubt
        # written so that a NaN refuses
        is_adult = score < limit and younger >= NET_MINIMUM
        return MinorReading(
            score=score,
            age=age,
            is_minor=not is_adult,
            far_below_age=not is_adult and _is_far_below(score, age, younger, older),
            is_old_photo=self._archive and is_old_photo(pixels),
        )

    def _look(self, features: FaceFeatures, *, mirrored: bool) -> tuple[Float, Float]:
        """The classifier's logits, (outputs,), and the years by both nets, (2,)."""
        read = read_age_features(features, mirrored=mirrored)
        logits = self._runtime.run(MODEL, {"features": read.vectors})["logits"]
        if logits.shape != (1, len(YOUNGER_THAN) + 1):
            raise ValueError(f"the model {MODEL} answers {logits.shape}, it is not the one this filter knows")
        return np.asarray(logits[0], np.float32), read.ages[0]


def _may_be_adult(logits: Float, ages: Float) -> bool:
    """Whether something speaks for a young adult, by the classifier's logits, (outputs,), and the nets' years, (2,)."""
    under_14 = float(_sigmoid(logits[_UNDER_14 : _UNDER_14 + 1])[0])
    return under_14 < _NEVER_UNDER_14 or (under_14 < _HARDLY_UNDER_14 and float(ages.mean()) >= _YOUNG_ADULT)


def _is_far_below(score: float, age: float, younger: float, older: float) -> bool:
    """Whether all readings of one of FAR_BELOW agree, or one is no number; the last two are years by the nets."""
    return not np.isfinite((score, age, younger, older)).all() or any(
        score > one.chance and age < one.age and younger < one.younger_net and older < one.older_net
        for one in FAR_BELOW
    )


def estimate_age(logits: Float) -> float:
    """The median age, years: where the chance to be younger crosses one half. `logits` (len(YOUNGER_THAN),)."""
    chances = np.maximum.accumulate(np.concatenate([[0.0], _sigmoid(logits), [1.0]]))
    # a chance that does not grow has no inverse: each next one is a hair higher
    chances += np.arange(len(chances)) * 1e-9
    return float(np.interp(0.5, chances, (0.0, *YOUNGER_THAN, 60.0)))


def _sigmoid(logits: Float) -> Float:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)
