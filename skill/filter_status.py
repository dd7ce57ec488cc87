"""What the filters are set to: for `doctor`, /healthz, the privacy page and the first lines of the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from filters.gallery import Census, GalleryError, census
from skill.settings import Settings, WrongSettings

if TYPE_CHECKING:
    from pipeline.runtime import Runtime

log = structlog.get_logger(__name__)

_CHILDREN = {"normal": "refused, level normal", "strict": "refused, level strict", "off": "OFF, minors are animated"}
_NO_CHILDREN = "the filter of minors is off (OZHIVI_CHILDREN=off): children are animated"
_NO_READABLE = "covered, turned and blurred faces are animated (OZHIVI_READABLE=false): filters see less of them"


@dataclass(frozen=True, slots=True)
class FilterStatus:
    """The operator's choice, as in Settings. `gallery`: None where it can't be read, then nobody is animated."""

    readable: bool
    children: str
    archive: bool
    drawings: bool
    faces: str
    gallery: Census | None

    @property
    def people(self) -> int:
        """How many are known by their gallery."""
        return self.gallery.people if self.gallery else 0

    def states(self) -> dict[str, str | int]:
        """For programs; no path and no name."""
        return {
            "readable": "on" if self.readable else "off",
            "children": self.children,
            "archive": "on" if self.archive else "off",
            "drawings": "animated" if self.drawings else "refused",
            "faces": self.faces,
            "gallery": "unreadable" if self.gallery is None else "on" if self.people else "empty",
            "gallery_people": self.people,
            "gallery_photos": self.gallery.faces if self.gallery else 0,
        }

    def warnings(self) -> tuple[str, ...]:
        """What an operator should not overlook."""
        found = ((self.children == "off", _NO_CHILDREN), (not self.readable, _NO_READABLE))
        return tuple(words for is_so, words in found if is_so)


def in_force(settings: Settings) -> FilterStatus:
    """Read the settings and count the gallery; it may block for a moment."""
    try:
        gallery = census(settings.gallery)
    except GalleryError:
        gallery = None
    return FilterStatus(
        readable=settings.readable,
        children=settings.children,
        archive=settings.archive,
        drawings=settings.drawings,
        faces=settings.faces.partition(":")[0],
        gallery=gallery,
    )


def log_filters(settings: Settings) -> None:
    """The first lines of a service's log: the filters, and a warning for each that is off."""
    filters = in_force(settings)
    log.info("filters", **filters.states())
    for words in filters.warnings():
        log.warning("filter_off", what=words)


def rows(settings: Settings, runtime: Runtime) -> tuple[tuple[str, str], ...]:
    """(what, how it is) for people. A pack of insightface is opened to see whether it can be."""
    filters = in_force(settings)
    nets, pack = _nets(settings, runtime)
    return (
        ("unreadable faces", "refused" if filters.readable else "OFF, animated"),
        ("children", _CHILDREN[filters.children]),
        ("archive", "a child on an old photo is animated with consent" if filters.archive else "off"),
        ("drawings", "animated" if filters.drawings else "refused"),
        ("face nets", nets),
        ("gallery", _gallery(filters.gallery, pack)),
        *(("warning", words) for words in filters.warnings()),
    )


def _nets(settings: Settings, runtime: Runtime) -> tuple[str, str]:
    """How they are, and their pack."""
    from skill.filter_setup import open_analyser  # noqa: PLC0415  (numpy and OpenCV)

    try:
        pack = open_analyser(settings, runtime).pack
    except WrongSettings as error:
        return f"nobody is animated: {error}", ""
    return f"{pack}, licence confirmed" if settings.insightface_licensed else pack, pack


def _gallery(gallery: Census | None, pack: str) -> str:
    if gallery is None:
        return "can't be read, nobody is animated: check OZHIVI_GALLERY and its rights"
    if pack and gallery.pack not in ("", pack):
        return f"made with the nets {gallery.pack}, nobody is animated: fill a new one from the photos"
    if not gallery.people:
        return "empty, nobody counts as a public figure: ozhivi gallery add NAME PHOTO"
    return f"{gallery.people} people, {gallery.faces} photos"
