"""The assessment of a face: whether it can be made out at all. Each measurement has a module of its own."""

from __future__ import annotations

from dataclasses import dataclass

from filters.messages import find_message
from filters.readability.drawing import DrawingReading, read_drawing
from filters.readability.face_view import cut_face_view
from filters.readability.geometry import AngleReading, EyesReading, read_angle, read_eyes
from filters.readability.occlusion import OcclusionReading, read_occlusion
from filters.readability.quality import QualityReading, read_quality
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Readability:
    """All that was measured of one face."""

    angle: AngleReading
    """The angle of the head."""
    quality: QualityReading
    """Sharpness, light, noise and blocks."""
    occlusion: OcclusionReading
    """The things in front of the eyes, the nose and the mouth."""
    eyes: EyesReading
    """The openness of the eyes."""
    drawing: DrawingReading
    """The signs of a flat drawing."""

    @property
    def cause(self) -> str:
        """The cause of the refusal, "" where there is none.

        The first one counts, for on a turned or blurred face the rest can't be told.
        """
        return self.angle.cause or self.quality.cause or self.occlusion.cause

    @property
    def reason(self) -> Reason | None:
        """The reason of the refusal, None where the face can be made out."""
        return self.angle.reason or self.quality.reason or self.occlusion.reason

    @property
    def message(self) -> tuple[str, str] | None:
        """Sentence and advice for the cause, in Russian; None where there is no refusal."""
        return find_message(self.cause)


def assess_face(pixels: Pixels, face: Face, runtime: Runtime) -> Readability:
    """Measure all of one face.

    Whatever the runtime raises passes through.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
        runtime: Has the model face_cover.

    Raises:
        ValueError: The array is no such photo, or the face lies outside it.
    """
    view = cut_face_view(pixels, face)
    return Readability(
        angle=read_angle(face),
        quality=read_quality(pixels, face, view),
        occlusion=read_occlusion(pixels, face, runtime, view),
        eyes=read_eyes(face),
        drawing=read_drawing(pixels, face, view),
    )
