"""The policy: decides whether a face is animated, asked about, or refused (as unreadable, a minor, a public figure).

The filters are asked in their order, the cheap ones first; the first that objects decides, and one that fails refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from filters.embeddings.base import FaceAnalyser
from filters.face_features import FaceFeatures
from filters.gallery import Gallery
from filters.medium import ANIMAL, MediumReading, read_medium
from filters.messages import find_message
from filters.minors import MinorFilter, MinorReading
from filters.public_figure import PublicFigureFilter, PublicFigureReading
from filters.readability.assessment import Readability, assess_face
from filters.verdict import Answer, Verdict
from pipeline.arrays import Pixels
from pipeline.errors import FaceError, Reason
from pipeline.faces.covered_head import is_masked
from pipeline.faces.finder import Face
from pipeline.faces.hse import EMBEDDING_OUTPUT
from pipeline.gate import AdmittedFace, Consent
from pipeline.runtime import Runtime

APPEAL: Final = "appeal"  # cause of a refusal that the person may answer: this is an adult
MASK: Final = "mask"
ARCHIVE: Final = "archive"  # cause of a question: a child on a clearly old photo
DRAWING: Final = "drawing"
_OF_AGE: Final = 18.0  # years

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choice of what is refused."""

    readable: bool = True
    """Whether covered, turned and blurred faces are refused."""
    children: Literal["strict", "normal", "off"] = "normal"
    """The level at which minors are refused, see `filters.minors`; "off" animates them."""
    archive: bool = False
    """Whether a child on a clearly old photo may be animated with the person's consent."""
    drawings: bool = False
    """Whether drawings, cartoons and statues are animated."""


@dataclass(frozen=True, slots=True)
class FilterSet:
    """The filters that a policy asks, each a function of one face on a photo and what the nets say of it."""

    assess: Callable[[FaceFeatures], Readability]
    """The filter of readability."""
    is_masked: Callable[[FaceFeatures], bool] | None = None
    """Whether a face wears a mask; None where the operator animates covered ones."""
    judge_minor: Callable[[FaceFeatures], MinorReading] | None = None
    """The filter of minors; None where the operator animates them."""
    read_pack_ages: Callable[[FaceFeatures], tuple[float, ...]] | None = None
    """Ages in years by the nets of the pack; with any below 18 the face counts as a minor's."""
    read_medium: Callable[[FaceFeatures], MediumReading] | None = None
    """The filter of drawings and statues; None where the operator animates them."""
    find_public_figure: Callable[[FaceFeatures], PublicFigureReading] | None = None
    """The filter of public figures; None where there is no gallery."""


class Policy:
    """Judges faces by the operator's rules, with the filters it is given and their runtime (see `build_policy`)."""

    def __init__(self, rules: Rules, filters: FilterSet, runtime: Runtime) -> None:
        self._rules = rules
        self._filters = filters
        self._runtime = runtime

    def admit(self, pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        """The gate of `pipeline.run`: choose those faces that may be animated.

        Args:
            pixels: The photo, uint8 H×W×3, RGB.
            faces: Its faces that the wish means, the most important one first.
            wish: What the person consented to.

        Raises:
            FaceError: None of them may be animated; the reason is that of the first one.
        """
        verdicts = [self.judge(pixels, face, adult=wish.adult, archive=wish.archive) for face in faces]
        if drawn := _find_drawn_page(verdicts):
            raise _refusal(drawn)
        admitted = [
            AdmittedFace(face, blink=not verdict.no_blink)
            for face, verdict in zip(faces, verdicts, strict=True)
            if verdict.answer is Answer.ANIMATE
        ]
        if admitted:
            return tuple(admitted)
        raise _refusal(verdicts[0]) if verdicts else FaceError(Reason.NO_FACE)

    def judge(self, pixels: Pixels, face: Face, *, adult: bool = False, archive: bool = False) -> Verdict:
        """The verdict on one face; a filter that fails, for want of its model or otherwise, refuses.

        Args:
            pixels: The photo, uint8 H×W×3, RGB.
            face: One of its faces.
            adult: The person says that everybody to be animated is 18 or older.
            archive: The person says that the family consents to a child on an old photo.
        """
        asking = "readable"
        features = FaceFeatures(pixels, face, self._runtime)
        try:
            readability = self._filters.assess(features)
            refusal = self._refuse_unreadable(readability)
            if refusal is None:
                asking = "mask"
                refusal = self._refuse_masked(features)
            if refusal is None:
                asking = "medium"
                refusal = self._refuse_medium(features, readability)
            if refusal is None:
                asking = "child"
                refusal = self._refuse_minor(features, adult=adult, archive=archive)
            if refusal is None:
                asking = "public_figure"
                refusal = self._refuse_public_figure(features)
        except Exception as error:  # noqa: BLE001  (whatever it is: in doubt nobody is animated)
            log.warning("filter_failed", filter=asking, error=type(error).__name__)
            return Verdict(Answer.REFUSE, Reason.UNDETERMINED, detail=f"{asking}: {type(error).__name__}")
        return refusal or Verdict(Answer.ANIMATE, no_blink=readability.eyes.no_blink)

    def _refuse_unreadable(self, readability: Readability) -> Verdict | None:
        if self._rules.readable and readability.reason is not None:
            return Verdict(Answer.REFUSE, readability.reason, readability.cause)
        return None

    def _refuse_masked(self, features: FaceFeatures) -> Verdict | None:
        if self._filters.is_masked is None or not self._filters.is_masked(features):
            return None
        return Verdict(Answer.REFUSE, Reason.FACE_COVERED, MASK)

    def _refuse_medium(self, features: FaceFeatures, readability: Readability) -> Verdict | None:
        """The refusal of a drawing, a statue or an animal; even colours of what is surely a photo are light."""
        if self._filters.read_medium is None:
            return None
        medium = self._filters.read_medium(features)
        kind = medium.kind
        if not kind and readability.drawing.is_drawing and not medium.is_surely_photo:
            kind = DRAWING
        if kind == ANIMAL:
            return Verdict(Answer.REFUSE, Reason.NO_FACE)
        return Verdict(Answer.REFUSE, Reason.UNDETERMINED, kind) if kind else None

    def _refuse_minor(self, features: FaceFeatures, *, adult: bool, archive: bool) -> Verdict | None:
        """The refusal of a child or a teenager, or the question whether the family consents; None for an adult."""
        if self._filters.judge_minor is None:
            return None
        reading = self._filters.judge_minor(features)
        pack_ages = self._filters.read_pack_ages(features) if self._filters.read_pack_ages is not None else ()
        of_age = all(age >= _OF_AGE for age in pack_ages)  # a NaN is not of age
        if not reading.is_minor and of_age:
            return None
        if self._rules.archive and reading.is_old_photo:
            return None if archive else Verdict(Answer.ASK, Reason.CHILD, ARCHIVE)
        if reading.far_below_age:
            return Verdict(Answer.REFUSE, Reason.CHILD)
        return None if adult else Verdict(Answer.REFUSE, Reason.CHILD, APPEAL, appeal=True)

    def _refuse_public_figure(self, features: FaceFeatures) -> Verdict | None:
        if self._filters.find_public_figure is None:
            return None
        reading = self._filters.find_public_figure(features)
        return None if reading.reason is None else Verdict(Answer.REFUSE, reason=reading.reason)


def build_policy(rules: Rules, runtime: Runtime, *, analyser: FaceAnalyser, gallery: Gallery) -> Policy:
    """Build the policy of these rules with the filters of this package.

    Args:
        rules: The operator's choice.
        runtime: The runtime with every model of the filters.
        analyser: The pack of face nets; it may bring ages of its own.
        gallery: The public figures, made with that pack.
    """
    minors = None
    if rules.children != "off":
        minors = MinorFilter(runtime, level=rules.children, archive=rules.archive)
    figures = PublicFigureFilter(analyser, gallery)
    filters = FilterSet(
        assess=lambda one: assess_face(one.pixels, one.face, runtime),
        is_masked=(lambda one: is_masked(runtime, one.hse(mirrored=False)[EMBEDDING_OUTPUT]))
        if rules.readable
        else None,
        judge_minor=None if minors is None else lambda one: minors.judge(one.pixels, one.face, one),
        read_pack_ages=lambda one: analyser.read_ages(one.pixels, one.face),
        read_medium=None if rules.drawings else read_medium,
        find_public_figure=lambda one: figures.judge(one.pixels, one.face, one),
    )
    return Policy(rules, filters, runtime)


def _find_drawn_page(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The verdict on a drawing, where more of the faces are drawings than not: then the picture is drawn, and whoever
    on it looks like a photo is too."""
    drawn = [verdict for verdict in verdicts if verdict.cause == DRAWING]
    return drawn[0] if len(drawn) > 1 and 2 * len(drawn) > len(verdicts) else None


def _refusal(verdict: Verdict) -> FaceError:
    reason = verdict.reason or Reason.UNDETERMINED
    return FaceError(reason, verdict.detail, cause=verdict.cause, words=find_message(verdict.cause))
