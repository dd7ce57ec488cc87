"""Settings → the pack of face nets in force and its gallery."""

# ruff: noqa: PLC0415  (nets and their libraries come when they are used)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skill.errors import WrongSettings
from skill.settings import Settings

if TYPE_CHECKING:
    from filters.analyser import FaceAnalyser
    from filters.gallery import Gallery
    from pipeline.runtime import Runtime


def open_analyser(settings: Settings, runtime: Runtime) -> FaceAnalyser:
    """The pack that OZHIVI_FACES names. Raises WrongSettings."""
    kind, _, folder = settings.faces.partition(":")
    if kind == "open":
        from filters.likeness import OpenAnalyser

        return OpenAnalyser(runtime)
    from filters.insightface import InsightfaceAnalyser, PackError

    try:
        return InsightfaceAnalyser(
            Path(folder).expanduser(), licensed=settings.insightface_licensed, providers=runtime.providers
        )
    except PackError as error:
        raise WrongSettings(str(error)) from None


def open_gallery(settings: Settings, analyser: FaceAnalyser) -> Gallery:
    """The gallery of OZHIVI_GALLERY, made where there is none. Raises WrongSettings."""
    from filters.gallery import Gallery, GalleryError

    try:
        return Gallery(settings.gallery, analyser.pack, analyser.sizes)
    except GalleryError as error:
        raise WrongSettings(f"OZHIVI_GALLERY: {error}") from None
