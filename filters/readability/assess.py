"""Can a face be read at all: light and focus, angle, what covers it, its eyes, whether it is drawn. Cheap first."""

from __future__ import annotations

from dataclasses import dataclass

from filters.messages import words_of
from filters.readability.drawing import DrawingReading, read_drawing
from filters.readability.face_view import view_of
from filters.readability.geometry import AngleReading, EyesReading, read_angle, read_eyes
from filters.readability.occlusion import CoverReading, read_cover
from filters.readability.quality import QualityReading, read_quality
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ReadableReading:
    """All that was measured of one face."""

    angle: AngleReading
    quality: QualityReading
    cover: CoverReading
    eyes: EyesReading
    drawing: DrawingReading

    @property
    def cause(self) -> str:
        """What hinders first, "" where nothing does: on a turned or blurred face the rest can't be told."""
        return self.angle.cause or self.quality.cause or self.cover.cause

    @property
    def reason(self) -> Reason | None:
        return self.angle.reason or self.quality.reason or self.cover.reason

    @property
    def words(self) -> tuple[str, str] | None:
        """Sentence and advice of the cause, for `PipelineError`."""
        return words_of(self.cause)


def read_face(pixels: Pixels, face: Face, runtime: Runtime) -> ReadableReading:
    """Everything about one face of a photo (uint8 H×W×3, RGB). `runtime` has the model face_cover.

    ValueError: not such a photo, or the face lies outside it; what the runtime raises passes through.
    """
    view = view_of(pixels, face)
    return ReadableReading(
        angle=read_angle(face),
        quality=read_quality(pixels, face, view),
        cover=read_cover(pixels, face, runtime, view),
        eyes=read_eyes(face),
        drawing=read_drawing(pixels, face, view),
    )
