"""The setup of the filters: from the operator's settings to the gate that lets faces into the pipeline.

Where the filters can't be set up, nobody is animated.
"""

# ruff: noqa: PLC0415  (nets and their libraries come when the first photo does)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from pipeline.errors import FaceError, Reason
from skill.settings import PhotoSettings, WrongSettings
from weights.errors import WeightsError
from weights.store import WeightStore

if TYPE_CHECKING:
    from filters.embeddings.base import FaceAnalyser
    from filters.gallery import Gallery, GallerySummary
    from filters.policy import Policy
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face
    from pipeline.gate import AdmittedFace, Consent
    from pipeline.runtime import Runtime

log = structlog.get_logger(__name__)


class FilterGate:
    """The gate of the pipeline: opens the filters with the first photo, keeps them, and asks their policy.

    Every model of the manifest must be whole, also those of filters that happen not to be asked: who removes one must
    not get animations that nobody checked. A photo is refused as `undetermined` then (FaceError).
    """

    def __init__(self, settings: PhotoSettings, runtime: Runtime, store: WeightStore) -> None:
        self._settings, self._runtime, self._store = settings, runtime, store
        self._policy: Policy | None = None

    def __call__(self, pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
        """Those of `faces` that may be animated, see `Policy.admit`. Raises WrongSettings too, with the first photo."""
        return self.open().admit(pixels, faces, wish)

    def open(self) -> Policy:
        """The policy, opened unless it is. Raises FaceError where a model is missing or changed, WrongSettings."""
        if self._policy is None:
            with refuse_without_models():
                self._store.verify()
            self._policy = open_policy(self._settings, self._runtime)
        return self._policy


def open_policy(settings: PhotoSettings, runtime: Runtime) -> Policy:
    """The policy of the filters as the operator has chosen them.

    Raises:
        WrongSettings: The pack of nets or the gallery can't be used.
    """
    from filters.policy import Rules, build_policy

    rules = Rules(
        readable=settings.readable,
        children=settings.children,
        archive=settings.archive,
        drawings=settings.drawings,
    )
    analyser = open_analyser(settings, runtime)
    return build_policy(rules, runtime, analyser=analyser, gallery=open_gallery(settings, analyser))


def open_analyser(settings: PhotoSettings, runtime: Runtime) -> FaceAnalyser:
    """The pack of nets that OZHIVI_FACES names.

    Raises:
        WrongSettings: There is no such pack, or nobody confirmed that it may be used.
    """
    kind, _, folder = settings.faces.partition(":")
    if kind == "open":
        from filters.embeddings.open_pack import OpenAnalyser

        return OpenAnalyser(runtime)
    from filters.embeddings.insightface_pack import InsightfaceAnalyser
    from filters.errors import PackError

    try:
        return InsightfaceAnalyser(
            Path(folder).expanduser(), licensed=settings.insightface_licensed, providers=runtime.providers
        )
    except PackError as error:
        raise WrongSettings(str(error)) from None


def require_gallery(settings: PhotoSettings) -> GallerySummary | None:
    """Make sure that a gallery which the operator has set is there: an empty one in its place would refuse nobody.

    Returns:
        The gallery's size; None where the file can't be read, which refuses every photo.

    Raises:
        WrongSettings: OZHIVI_GALLERY names a file that does not exist, or OZHIVI_GALLERY_KEY is not its key.
    """
    from filters.errors import GalleryError, GalleryKeyError
    from filters.gallery import summarize_gallery

    if "gallery" in settings.model_fields_set and not settings.gallery.exists():
        raise WrongSettings(
            f"OZHIVI_GALLERY: there is no file {settings.gallery}: mount or restore it, or make an empty gallery with"
            " `ozhivi gallery create`"
        )
    try:
        return summarize_gallery(settings.gallery, gallery_key(settings))
    except GalleryKeyError as error:
        raise WrongSettings(f"OZHIVI_GALLERY_KEY: {error}") from None
    except GalleryError:
        return None


def gallery_key(settings: PhotoSettings) -> str:
    """The key that the gallery is encrypted with; "" for none."""
    return settings.gallery_key.get_secret_value() if settings.gallery_key else ""


def open_gallery(settings: PhotoSettings, analyser: FaceAnalyser, *, create: bool = False) -> Gallery:
    """The gallery of OZHIVI_GALLERY; where that is not set, the usual one, which is made where there is none.

    Args:
        settings: Of the photos.
        analyser: The pack of nets that made the gallery.
        create: Whether a gallery is made also where the operator has set one that is not there.

    Raises:
        WrongSettings: The file is not there, can't be opened, has another key, or belongs to another pack of nets.
    """
    from filters.errors import GalleryError, GalleryKeyError
    from filters.gallery import Gallery

    if not create:
        require_gallery(settings)
    try:
        return Gallery(settings.gallery, analyser.pack, analyser.sizes, gallery_key(settings))
    except GalleryKeyError as error:
        raise WrongSettings(f"OZHIVI_GALLERY_KEY: {error}") from None
    except GalleryError as error:
        raise WrongSettings(f"OZHIVI_GALLERY: {error}") from None


@contextmanager
def refuse_without_models() -> Iterator[None]:
    """A model that is missing or changed refuses the photo of this block (FaceError); the log says which model."""
    try:
        yield
    except WeightsError as error:
        log.error("weights", error=str(error))
        raise FaceError(Reason.UNDETERMINED, f"weights: {error}") from error
