"""The status of the filters: what they are set to, for `doctor`, /healthz, the privacy page and the log."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from filters.gallery import GallerySummary
from skill.filter_setup import require_gallery
from skill.settings import Settings, WrongSettings

if TYPE_CHECKING:
    from pipeline.runtime import Runtime

log = structlog.get_logger(__name__)

_CHILDREN = {"normal": "refused, level normal", "strict": "refused, level strict", "off": "OFF, minors are animated"}
_NO_CHILDREN = "the filter of minors is off (OZHIVI_CHILDREN=off): children are animated"
_NO_GALLERY = "the gallery of public figures is empty: nobody counts as one (ozhivi gallery add NAME PHOTO)"
_NO_READABLE = "covered, turned and blurred faces are animated (OZHIVI_READABLE=false): filters see less of them"


@dataclass(frozen=True, slots=True)
class FilterStatus:
    """The operator's choice of the filters, as in Settings, and what the gallery holds."""

    readable: bool
    """Whether faces that can't be made out are refused."""
    children: str
    """The level at which minors are refused: "strict", "normal" or "off"."""
    archive: bool
    """Whether a child on an old photo may be animated with consent."""
    drawings: bool
    """Whether drawings are animated."""
    faces: str
    """The kind of the pack of face nets: "open" or "insightface"."""
    gallery: GallerySummary | None
    """The gallery of public figures; None where it can't be read or one that was set is missing: nobody is animated."""
    problem: str = ""
    """What is wrong with the gallery and what to do, for the operator only; "" where nothing is."""

    @property
    def people(self) -> int:
        """The number of people in the gallery."""
        return self.gallery.people if self.gallery else 0

    def states(self) -> dict[str, str | int]:
        """The status for programs; it holds no path and no name."""
        return {
            "readable": "on" if self.readable else "off",
            "children": self.children,
            "archive": "on" if self.archive else "off",
            "drawings": "animated" if self.drawings else "refused",
            "faces": self.faces,
            "gallery": "unreadable" if self.gallery is None else "on" if self.people else "empty",
            "gallery_people": self.people,
            "gallery_photos": self.gallery.photos if self.gallery else 0,
        }

    def warnings(self) -> tuple[str, ...]:
        """One line for each filter that is off or has nobody to look for, which an operator should not overlook."""
        is_empty = self.gallery is not None and not self.people
        found = ((self.children == "off", _NO_CHILDREN), (not self.readable, _NO_READABLE), (is_empty, _NO_GALLERY))
        return tuple(warning for is_off, warning in found if is_off)


def read_filter_status(settings: Settings) -> FilterStatus:
    """The status that the settings describe; the gallery is counted, which may block for a moment."""
    gallery, problem = None, "check the file of OZHIVI_GALLERY and its rights"
    try:
        gallery = require_gallery(settings)
    except WrongSettings as error:
        problem = str(error)
    return FilterStatus(
        readable=settings.readable,
        children=settings.children,
        archive=settings.archive,
        drawings=settings.drawings,
        faces=settings.faces.partition(":")[0],
        gallery=gallery,
        problem=problem if gallery is None else "",
    )


class FilterStatusReader:
    """The status of the filters as it was lately, for whoever must not wait for the gallery's file.

    Args:
        settings: Of the service.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="filters")
        self.current: FilterStatus | None = None
        """The last status that was read; None before the first."""

    async def read(self) -> FilterStatus:
        """Read the status anew, in a thread of its own."""
        loop = asyncio.get_running_loop()
        self.current = await loop.run_in_executor(self._thread, read_filter_status, self._settings)
        return self.current

    def close(self) -> None:
        """Read no more."""
        self._thread.shutdown(wait=False)


def log_filters(settings: Settings) -> None:
    """Write the first lines of a service's log: the filters, and a warning for each that is off or empty."""
    status = read_filter_status(settings)
    log.info("filters", **status.states())
    for warning in status.warnings():
        log.warning("filter_off", what=warning)


def describe_filters(settings: Settings, runtime: Runtime) -> tuple[tuple[str, str], ...]:
    """Rows of (filter, its state) for people. A pack of insightface is opened to see whether it can be."""
    status = read_filter_status(settings)
    nets, pack = _describe_nets(settings, runtime)
    return (
        ("unreadable faces", "refused" if status.readable else "OFF, animated"),
        ("children", _CHILDREN[status.children]),
        ("archive", "a child on an old photo is animated with consent" if status.archive else "off"),
        ("drawings", "animated" if status.drawings else "refused"),
        ("face nets", nets),
        ("gallery", _describe_gallery(status, pack)),
        *(("warning", warning) for warning in status.warnings()),
    )


def _describe_nets(settings: Settings, runtime: Runtime) -> tuple[str, str]:
    """The state of the face nets, and the name of their pack ("" where it can't be used)."""
    from skill.filter_setup import open_analyser  # noqa: PLC0415  (numpy and OpenCV)

    try:
        pack = open_analyser(settings, runtime).pack
    except WrongSettings as error:
        return f"nobody is animated: {error}", ""
    return f"{pack}, licence confirmed" if settings.insightface_licensed else pack, pack


def _describe_gallery(status: FilterStatus, pack: str) -> str:
    gallery = status.gallery
    if gallery is None:
        return f"can't be read, nobody is animated: {status.problem}"
    if pack and gallery.pack not in ("", pack):
        return f"made with the nets {gallery.pack}, nobody is animated: fill a new one from the photos"
    if not gallery.people:
        return "empty, nobody counts as a public figure: ozhivi gallery add NAME PHOTO"
    return f"{gallery.people} people, {gallery.photos} photos{', encrypted' if gallery.encrypted else ''}"
