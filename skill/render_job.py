"""The entry of a worker's rendering process: one job rendered with models that are opened once and kept warm."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.progress import OnStep
from pipeline.run import Wish
from skill.filter_setup import refuse_without_models
from skill.photo_renderer import PhotoRenderer, build_photo_renderer
from skill.settings import load

FORMATS: Final = ("mp4", "gif", "jpg")  # what the page shows: the video, its GIF, the picture before it plays


@cache
def _renderer() -> PhotoRenderer:
    return build_photo_renderer(load())


def render(source: Path, wish: Wish, out: Path, on_step: OnStep) -> list[tuple[str, Path]]:
    """Files (format, path) beside `out`: those of the wish and those of the page. Raises as `pipeline.run.run` does,
    and WrongSettings; without its models no photo is animated."""
    wish = replace(wish, formats=tuple(dict.fromkeys((*FORMATS, *wish.formats))))
    with refuse_without_models():
        result = _renderer().render(source, wish, out, on_step)
    return list(result.clip.files.items())
