"""What a worker's child process does with a job: the pipeline, its models opened once and kept warm."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.animate.base import Animator
from pipeline.progress import OnStep
from pipeline.run import Wish
from pipeline.runtime import Runtime
from skill.animator_choice import animated, open_animator
from skill.filter_setup import FilterGate, in_doubt_nobody
from skill.settings import load
from weights.store import WeightStore

FORMATS: Final = ("mp4", "gif", "jpg")  # what the page shows: the video, its GIF, the picture before it plays


@cache
def _store() -> WeightStore:
    return WeightStore()


@cache
def _runtime() -> Runtime:
    return Runtime(_store().path)


@cache
def _gate() -> FilterGate:
    return FilterGate(load(), _runtime(), _store())


@cache
def _animator() -> Animator:
    return open_animator(load(), _runtime())


def render(source: Path, wish: Wish, out: Path, on_step: OnStep) -> list[tuple[str, Path]]:
    """Files (format, path) beside `out`: those of the wish and those of the page. Raises as `pipeline.run.run` does,
    and WrongSettings; without its models no photo is animated."""
    wish = replace(wish, formats=tuple(dict.fromkeys((*FORMATS, *wish.formats))))
    with in_doubt_nobody():
        result = animated(source, wish, out, runtime=_runtime(), gate=_gate(), on_step=on_step, animator=_animator())
    return list(result.clip.files.items())
