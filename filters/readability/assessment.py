"""The assessment of a face: whether it can be made out at all. Each measurement has a module of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from filters.messages import find_message
from filters.readability.drawing import DrawingReading, read_drawing
from filters.readability.face_view import cut_face_view
from filters.readability.geometry import (
    AngleReading,
    BorderReading,
    EyesReading,
    read_angle,
    read_border,
    read_eyes,
)
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
    border: BorderReading
    """The place of the face on the photo, whose border may cut it."""
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
        return self._first.cause

    @property
    def reason(self) -> Reason | None:
        """The reason of the refusal, None where the face can be made out."""
        return self._first.reason

    @property
    def _first(self) -> AngleReading | BorderReading | QualityReading | OcclusionReading:
        """The first reading that objects, or one that does not."""
        if self.occlusion.cause == "eyes" and self.quality.is_soft:
            # a blur that smears the eyes away hides nothing behind a thing
            blurred = replace(self.quality, cause=self.quality.cause or "blur")
            return self.angle if self.angle.cause else blurred
        readings = (self.angle, self.border, self.quality, self.occlusion)
        return next((one for one in readings if one.cause), self.occlusion)

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
        border=read_border(pixels, face),
        quality=read_quality(pixels, face, view),
        occlusion=read_occlusion(pixels, face, runtime, view),
        eyes=read_eyes(face),
        drawing=read_drawing(pixels, face, view),
    )
