"""The label that the operator's settings put into a corner of each clip."""

from __future__ import annotations

from pipeline.output.label import Label
from skill.settings.sections import RenderSettings


def build_label(settings: RenderSettings) -> Label | None:
    """The label that the settings describe; None where the operator wants none."""
    return Label(settings.label, settings.label_place) if settings.label.strip() else None
