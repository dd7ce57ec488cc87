"""Features of one face on one photo by the nets that several filters ask: each net runs once, whoever asks first."""

from __future__ import annotations

from typing import Final

from pipeline.arrays import Float, Pixels
from pipeline.faces.alignment import embedding_chip, level_chip, mirror
from pipeline.faces.descriptor import describe_chips
from pipeline.faces.finder import Face
from pipeline.faces.hse import HSE_SIDE, run_hse
from pipeline.runtime import Runtime

MARGIN: Final = 0.05  # of the face's longer side, around it: the crop of the filters of minors and of drawings


class FaceFeatures:
    """The answers of the pack's nets on one face, kept until this object goes.

    Not for several threads. Whatever a missing or broken model raises passes through; ValueError where the face lies
    outside the photo.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
        runtime: Has face_age_embedding and face_embedding.
    """

    def __init__(self, pixels: Pixels, face: Face, runtime: Runtime) -> None:
        self.pixels, self.face, self.runtime = pixels, face, runtime
        self._level: Pixels | None = None
        self._hse: dict[bool, dict[str, Float]] = {}
        self._dlib: dict[bool, Float] = {}

    def level_chip(self, *, mirrored: bool) -> Pixels:
        """The level face with MARGIN around it, uint8 224×224×3, RGB."""
        if self._level is None:
            self._level = level_chip(self.pixels, self.face, HSE_SIDE, MARGIN)
        return mirror(self._level) if mirrored else self._level

    def hse(self, *, mirrored: bool) -> dict[str, Float]:
        """The answers of HSE's net on the level chip, (1, …) each."""
        if mirrored not in self._hse:
            self._hse[mirrored] = run_hse(self.runtime, self.level_chip(mirrored=mirrored)[None])
        return self._hse[mirrored]

    def descriptor(self, *, mirrored: bool) -> Float:
        """dlib's descriptor, float32 (1, 128)."""
        if mirrored not in self._dlib:
            chip = embedding_chip(self.pixels, self.face)
            self._dlib[mirrored] = describe_chips(self.runtime, (mirror(chip) if mirrored else chip)[None])
        return self._dlib[mirrored]
