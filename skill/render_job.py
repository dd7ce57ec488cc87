"""The entry of a worker's rendering process: photos rendered with models that are opened once and kept warm."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline.progress import OnStep
from pipeline.run import Result, Wish
from skill.filter_setup import refuse_without_models
from skill.jobs.model import LARGEST_FACES, Animate, Rendered
from skill.photo_renderer import PhotoRenderer, build_photo_renderer
from skill.settings import PhotoSettings

FORMATS: Final = ("mp4", "gif", "jpg")  # what the page shows: the video, its GIF, the picture before it plays


def open_renderer(settings: PhotoSettings) -> Animate:
    """The function that renders a job; its models are opened with the first one."""
    return _RenderJob(settings)


class _RenderJob:
    def __init__(self, settings: PhotoSettings) -> None:
        self._settings = settings

    def __call__(self, source: Path, wish: Wish, out: Path, on_step: OnStep) -> Rendered:
        """Files (format, path) beside `out`: those of the wish, those of the page, and those of a restored photo.

        Raises:
            PipelineError, MotionError: as `PhotoRenderer.render`; without its models no photo is animated.
            WrongSettings: the filters or the animator of the settings can't be had.
        """
        wish = replace(wish, formats=tuple(dict.fromkeys((*FORMATS, *wish.formats))))
        with refuse_without_models():
            prepared = self._renderer.prepare(source, wish, on_step)
            result = prepared.render(wish, out, on_step)
            files = {**result.clip.files, **prepared.photo.write_stills(out)}
        return Rendered(tuple(files.items()), remark_of(result), result.restored)

    @cached_property
    def _renderer(self) -> PhotoRenderer:
        return build_photo_renderer(self._settings)


def remark_of(result: Result) -> str:
    """The remark on a clip; the reason of a mood only where all faces have the same."""
    if result.left_out:
        return LARGEST_FACES
    reasons = {mood.reason for mood in result.moods}
    return reasons.pop() if len(reasons) == 1 else ""
