"""The sandboxed process of the page: it finds the faces of photos and makes previews of movements."""

# ruff: noqa: PLC0415  (pixels are touched in the sandboxed process only)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill.sandbox.messages import Answer, Entry, Report
from skill.sandbox.on_demand import OnDemandProcess
from skill.settings import PhotoSettings
from skill.web.face_locator import FaceLocator, FaceOrder, answer_faces
from skill.web.preview_renderer import PreviewOrder, render_previews

if TYPE_CHECKING:
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face

SECONDS = 30.0
"""Seconds that a request may take; the faces of a crowd of 100 take some five, and the filters a tenth of one each."""


def photo_entry(settings: PhotoSettings) -> Entry:
    """The function of the process for these settings, and the files that it needs: models and gallery."""
    return Entry(f"{__name__}:serve_photos", settings, "skill.render_access:find_access")


def open_photo_process(folder: Path, settings: PhotoSettings, *, log_level: str, protected: bool) -> OnDemandProcess:
    """The process, which is begun when it is wanted.

    Args:
        folder: For photos at work, private.
        settings: The filters that the operator chose.
        log_level: Of the process's log.
        protected: Whether the process is confined as far as the system can.
    """
    entry = photo_entry(settings)
    return OnDemandProcess(entry, folder, seconds=SECONDS, log_level=log_level, protected=protected)


def serve_photos(settings: PhotoSettings) -> Answer:
    """The function that answers in the process; see skill.sandbox.messages.OpenAnswer."""
    import pipeline.animate.warp.animator
    import pipeline.faces.finder
    import pipeline.photo.load
    import pipeline.previews
    import pipeline.run  # noqa: F401  (not within a photo's time)
    from pipeline.runtime import Runtime
    from skill.filter_setup import FilterGate
    from weights.store import WeightStore

    store = WeightStore()
    runtime = Runtime(store.path)
    gate = FilterGate(settings, runtime, store)

    def judge(pixels: Pixels, face: Face) -> tuple[str, str]:
        verdict = gate.open().judge(pixels, face)
        return verdict.reason.value if verdict.reason else "", verdict.cause

    locator = FaceLocator(runtime, judge)

    def answer(order: FaceOrder | PreviewOrder, report: Report) -> dict[str, Any]:
        if isinstance(order, FaceOrder):
            return answer_faces(locator, order, report)
        return render_previews(order, report, runtime, gate)

    return answer
