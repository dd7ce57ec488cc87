"""The making of a rendition, in a process that a clip may take over: a photo has chosen its bytes."""

# ruff: noqa: PLC0415  (pixels are touched in the sandboxed process only)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from skill.sandbox.access import Access
from skill.sandbox.messages import Answer, Entry, Report
from skill.settings import PhotoSettings

if TYPE_CHECKING:
    from pipeline.arrays import Float, Pixels


def build_entry(settings: PhotoSettings) -> Entry:
    """The function of a sandboxed process that makes renditions as these settings want them."""
    return Entry(f"{__name__}:serve_renditions", settings, f"{__name__}:find_access")


class RenditionOrder(NamedTuple):
    """A rendition that is wanted."""

    clip: Path
    """The clip's MP4."""
    poster: Path
    """Its poster, a JPEG."""
    name: str
    """One of pipeline.limits.RENDITIONS."""
    out: Path
    """The file to write."""


def find_access(settings: PhotoSettings) -> Access:
    """The models; see skill.sandbox.messages.FindAccess."""
    from weights.store import default_root

    return Access((default_root(),))


def serve_renditions(settings: PhotoSettings) -> Answer:
    """The function that makes a rendition in the process; see skill.sandbox.messages.OpenAnswer."""
    from pipeline.faces.finder import FaceFinder
    from pipeline.output.rendition import write_rendition
    from pipeline.runtime import Runtime
    from skill.clip_label import build_label
    from weights.store import WeightStore

    label = build_label(settings)
    finder = FaceFinder(Runtime(WeightStore().path))

    def find_faces(picture: Pixels) -> list[Float]:
        return [face.box for face in finder.find(picture)]

    def answer(order: RenditionOrder, report: Report) -> dict[str, Any]:
        restored = write_rendition(order.clip, order.poster, order.name, order.out, find_faces, label)
        return {"restored": list(restored)}

    return answer
