"""The entry of a worker's rendering process: photos rendered with models that are opened once and kept warm."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline.progress import OnStep
from pipeline.run import Prepared, Result, Wish
from skill.filter_setup import refuse_without_models
from skill.jobs.model import LARGEST_FACES, Animate, Rendered
from skill.kept_preparation import KeptPreparation, key_of
from skill.photo_renderer import PhotoRenderer, build_photo_renderer
from skill.settings import PhotoSettings

FORMATS: Final = ("mp4", "gif", "jpg")  # what the page shows: the video, its GIF, the picture before it plays


def open_renderer(settings: PhotoSettings) -> Animate:
    """The function that renders a job; its models are opened with the first one."""
    return _RenderJob(settings)


class _RenderJob:
    def __init__(self, settings: PhotoSettings) -> None:
        self._settings, self._kept = settings, KeptPreparation()

    def __call__(self, source: Path, wish: Wish, out: Path, on_step: OnStep) -> Rendered:
        """Files (format, path) beside `out`: those of the wish, those of the page, and those of a restored photo.

        Raises:
            PipelineError, MotionError: as `PhotoRenderer.render`; without its models no photo is animated.
            WrongSettings: the filters or the animator of the settings can't be had.
        """
        wish = replace(wish, formats=tuple(dict.fromkeys((*FORMATS, *wish.formats))))
        with refuse_without_models():
            key = key_of(source, wish)
            prepared = self._kept.take(key)
            if prepared is None:
                prepared = self._renderer.prepare(source, wish, on_step)
            else:
                prepared.photo.judge_again()
            result = prepared.render(wish, out, on_step)
            files = {**result.clip.files, **prepared.photo.write_stills(out)}
            if "fell_back" not in result.figures:
                self._kept.put((key, *_poster_keys(prepared.photo, result, wish)), prepared)
        return Rendered(tuple(files.items()), remark_of(result), result.restored)

    @cached_property
    def _renderer(self) -> PhotoRenderer:
        return build_photo_renderer(self._settings)


def _poster_keys(photo: Prepared, result: Result, wish: Wish) -> Iterator[Hashable]:
    """The key of a wish by voice, whose source is the clip's first frame, where that is the photo as it came."""
    if photo.original is photo.whole and not photo.restored and not wish.turn:
        yield key_of(result.clip.files["jpg"], wish)


def remark_of(result: Result) -> str:
    """The remark on a clip; the reason of a mood only where all faces have the same."""
    if result.left_out:
        return LARGEST_FACES
    reasons = {mood.reason for mood in result.moods}
    return reasons.pop() if len(reasons) == 1 else ""
