"""Who is animated: all filters in their order, the cheap ones first. Whatever fails refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import structlog

from filters.embeddings.base import FaceAnalyser
from filters.gallery import Gallery
from filters.messages import words_of
from filters.minors import ChildFilter
from filters.public_figure import PublicFigureFilter
from filters.readability.assess import ReadableReading, read_face
from filters.verdict import Answer, Verdict
from pipeline.arrays import Pixels
from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face
from pipeline.gate import AdmittedFace, Consent
from pipeline.runtime import Runtime

APPEAL: Final = "appeal"  # cause of a refusal that the person may answer: this is an adult
ARCHIVE: Final = "archive"  # cause of a question: a child on a clearly old photo
DRAWING: Final = "drawing"
_OF_AGE: Final = 18.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator has chosen. `readable`: refuse covered, turned and blurred faces. `children`: how strictly
    minors are refused. `archive`: a child on a clearly old photo may be animated with the person's consent.
    `drawings`: animate drawings and statues."""

    readable: bool = True
    children: Literal["strict", "normal", "off"] = "normal"
    archive: bool = False
    drawings: bool = False


class Policy:
    """Judges faces. Without a `gallery` nobody is a public figure; `analyser` is the pack that it belongs to."""

    def __init__(
        self,
        rules: Rules,
        runtime: Runtime,
        *,
        analyser: FaceAnalyser | None = None,
        gallery: Gallery | None = None,
    ) -> None:
        self._rules = rules
        self._runtime = runtime
        self._analyser = analyser
        self._figures = PublicFigureFilter(analyser, gallery) if analyser is not None and gallery is not None else None
        self._children: ChildFilter | None = None
        if rules.children != "off":
            self._children = ChildFilter(runtime, level=rules.children, archive=rules.archive)

    def admit(self, pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        """The gate of `pipeline.run`: those of `faces` that may be animated. FaceError where that is nobody: why the
        first of them isn't."""
        verdicts = [self.judge(pixels, face, adult=wish.adult, archive=wish.archive) for face in faces]
        admitted = [
            AdmittedFace(face, blink=not verdict.no_blink)
            for face, verdict in zip(faces, verdicts, strict=True)
            if verdict.answer is Answer.ANIMATE
        ]
        if admitted:
            return tuple(admitted)
        raise _refusal(verdicts[0]) if verdicts else FaceError(Reason.NO_FACE)

    def judge(self, pixels: Pixels, face: Face, *, adult: bool = False, archive: bool = False) -> Verdict:
        """The verdict on one face of `pixels` (uint8 H×W×3 RGB). `adult`, `archive`: what the person consented to,
        see Wish. A filter that fails, for want of its model or otherwise, refuses."""
        asking = "readable"
        try:
            reading = read_face(pixels, face, self._runtime)
            refused = self._readable(reading)
            if refused is None:
                asking = "child"
                refused = self._child(pixels, face, adult=adult, archive=archive)
            if refused is None:
                asking = "public_figure"
                refused = self._public_figure(pixels, face)
        except Exception as error:  # noqa: BLE001  (whatever it is: in doubt nobody is animated)
            log.warning("filter_failed", filter=asking, error=type(error).__name__)
            return Verdict(Answer.REFUSE, Reason.UNDETERMINED, detail=f"{asking}: {type(error).__name__}")
        return refused or Verdict(Answer.ANIMATE, no_blink=reading.eyes.no_blink)

    def _readable(self, reading: ReadableReading) -> Verdict | None:
        if self._rules.readable and reading.reason is not None:
            return Verdict(Answer.REFUSE, reading.reason, reading.cause)
        if reading.drawing.drawing and not self._rules.drawings:
            return Verdict(Answer.REFUSE, Reason.UNDETERMINED, DRAWING)
        return None

    def _child(self, pixels: Pixels, face: Face, *, adult: bool, archive: bool) -> Verdict | None:
        if self._children is None:
            return None
        reading = self._children.judge(pixels, face)
        ages = self._analyser.ages(pixels, face) if self._analyser is not None else ()
        young = not all(age >= _OF_AGE for age in ages)  # a NaN is young
        if not reading.minor and not young:
            return None
        if self._rules.archive and reading.old_photo:
            return None if archive else Verdict(Answer.ASK, Reason.CHILD, ARCHIVE)
        if reading.far_below:
            return Verdict(Answer.REFUSE, Reason.CHILD)
        return None if adult else Verdict(Answer.REFUSE, Reason.CHILD, APPEAL, appeal=True)

    def _public_figure(self, pixels: Pixels, face: Face) -> Verdict | None:
        if self._figures is None:
            return None
        reading = self._figures.judge(pixels, face)
        return None if reading.reason is None else Verdict(Answer.REFUSE, reason=reading.reason)


def _refusal(verdict: Verdict) -> FaceError:
    reason = verdict.reason or Reason.UNDETERMINED
    return FaceError(reason, verdict.detail, cause=verdict.cause, words=words_of(verdict.cause))
