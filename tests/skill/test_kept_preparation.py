"""A second wish for a photo finds its preparation; another photo, another question or a later hour does not."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest

from pipeline.errors import FaceError, Reason
from pipeline.progress import Step
from pipeline.run import Wish
from skill.demo_portrait import astronaut
from skill.filter_setup import FilterGate
from skill.kept_preparation import KeptPreparation, key_of
from skill.photo_renderer import PreparedPhoto
from skill.render_job import open_renderer
from skill.settings import load
from weights.store import WeightStore

WISH = Wish(seconds=2.0, long_side=320, motion="idle")


class Preparation(PreparedPhoto):
    """Stands for one; it can be watched."""

    __slots__ = ("__weakref__",)

    def __init__(self) -> None:
        """It prepares nothing."""


def test_a_key_is_of_the_file_and_of_what_concerns_the_photo(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in "abc")
    one.write_bytes(b"photo")
    same.write_bytes(b"photo")
    other.write_bytes(b"another")
    key = key_of(one, WISH)
    assert key == key_of(same, replace(WISH, motion="nostalgia", gestures=("nod",), seed=3, seconds=4.0, camera="push"))
    others = [
        replace(WISH, face="left"),
        replace(WISH, adult=True),
        replace(WISH, restore="auto"),
        replace(WISH, turn=90),
    ]
    assert key not in {key_of(other, WISH), *(key_of(one, wish) for wish in others)}


def test_it_is_given_away_once_and_let_go_for_another() -> None:
    kept, prepared = KeptPreparation(), Preparation()
    kept.put(["a", "b"], prepared)
    assert kept.take("b") is prepared
    assert kept.take("a") is None
    kept.put(["a", "b"], prepared)
    assert kept.take("c") is None
    assert kept.take("a") is None


def test_it_is_let_go_after_a_while() -> None:
    kept, prepared = KeptPreparation(seconds=0.05), Preparation()
    watched = weakref.ref(prepared)
    kept.put(["a", "b"], prepared)
    del prepared
    end = monotonic() + 20.0
    while watched() is not None and monotonic() < end:
        sleep(0.02)
        gc.collect()
    assert watched() is None
    assert kept.take("a") is None


def test_a_second_clip_is_drawn_of_the_same_preparation(built_weights: WeightStore, tmp_path: Path) -> None:
    render, source = open_renderer(load({"data_dir": tmp_path}).photo), tmp_path / "photo.png"
    source.write_bytes(astronaut())
    steps: list[Step] = []
    sources, reading = [source], {Step.DECODE, Step.FACES, Step.FILTERS}
    for motion in ("idle", "nostalgia", "gaze"):  # the photo comes twice, then its poster
        steps.clear()
        wish = replace(WISH, motion=motion)
        made = dict(render(sources[-1], wish, tmp_path / motion, lambda step, share: steps.append(step)).files)
        assert made["mp4"].stat().st_size > 1000
        assert Step.ANIMATE in steps and reading & set(steps) == (reading if motion == "idle" else set())
        sources.append(source if motion == "idle" else made["jpg"])
    source.write_bytes(astronaut() + b"\0")
    render(source, WISH, tmp_path / "third", lambda step, share: steps.append(step))
    assert reading <= set(steps)


def test_whom_the_filters_refuse_by_now_is_not_animated_again(
    built_weights: WeightStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render, source = open_renderer(load({"data_dir": tmp_path}).photo), tmp_path / "photo.png"
    source.write_bytes(astronaut())
    render(source, WISH, tmp_path / "first", lambda step, share: None)

    def refuse(*_: object) -> None:
        raise FaceError(Reason.PUBLIC_FIGURE)

    monkeypatch.setattr(FilterGate, "__call__", refuse)
    with pytest.raises(FaceError):
        render(source, WISH, tmp_path / "second", lambda step, share: None)
    assert not list(tmp_path.glob("second*"))
