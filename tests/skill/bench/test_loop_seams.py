"""The bench of loops: a jump at the seam is seen, every movement is listed, and a real loop has no seam."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.animate.liveportrait.recording import MotionLibrary
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.arrays import Pixels
from pipeline.gate import admit_everyone
from pipeline.limits import CAMERAS, PRESETS
from pipeline.runtime import Runtime
from skill.bench.donor_films import OWN, film_gestures
from skill.bench.gesture_judge import EXPECTED
from skill.bench.loop_seams import KINDS, Seam, compare_seam, format_markdown, list_loops, measure_loops, show, table
from skill.demo_portrait import astronaut
from skill.photo_renderer import PhotoRenderer
from weights.store import WeightStore


def grey(*levels: int) -> list[Pixels]:
    return [np.full((4, 4, 3), level, np.uint8) for level in levels]


@pytest.mark.parametrize(
    ("levels", "ratio"),
    [((0, 2, 4, 4, 2), 1.0), ((0, 2, 4, 6, 8), 4.0), ((7, 7, 7, 7), 0.0), ((7, 7, 7, 7, 8), 50.0)],
)
def test_the_step_over_the_seam_is_compared_with_the_median_one(levels: tuple[int, ...], ratio: float) -> None:
    assert compare_seam(grey(*levels)) == pytest.approx(ratio)


def test_every_story_gesture_side_and_way_of_the_camera_is_measured() -> None:
    named = [(kind, name) for kind, name, _ in list_loops()]
    assert named == [
        *(("story", name) for name in PRESETS),
        *(("gesture", name) for name in EXPECTED),
        *(("camera", name) for name in CAMERAS[1:]),
    ]


def test_a_table_names_the_worst_of_each_kind_and_all_that_are_beyond(capsys: pytest.CaptureFixture[str]) -> None:
    seams = [Seam("a", "story", "idle", 0.5), Seam("b", "story", "idle", 1.6), Seam("a", "camera", "push", 0.7)]
    assert table(seams) == [
        ("story", "2", "1.05", "1.60", "1 of 2", "idle of b"),
        ("camera", "1", "0.70", "0.70", "1 of 1", "push of a"),
    ]
    assert format_markdown(seams).splitlines()[-2:] == [
        "| story | idle | 0.50 | 1.60 |",
        "| camera | push | 0.70 | – |",
    ]
    show(seams)
    assert capsys.readouterr().out.splitlines()[-1] == "b: story idle 1.60"


def test_loops_of_the_demo_portrait_have_no_seam(built_weights: WeightStore, tmp_path: Path) -> None:
    photo = tmp_path / "astronaut.png"
    photo.write_bytes(astronaut())
    runtime = Runtime(built_weights.path)
    renderer = PhotoRenderer(runtime, admit_everyone, WarpAnimator(runtime), MotionLibrary(tmp_path))
    some = {kind: (kind, name, wish) for kind, name, wish in list_loops()}
    film = film_gestures(renderer.prepare(photo, some["story"][2]).photo, tmp_path / "Ещё Film_2")
    seams = measure_loops([photo], renderer, list(some.values()), [film])
    assert [one.kind for one in seams] == [*KINDS, "donor"]
    assert [one.name for one in seams if one.kind == "donor"] == [OWN, "1-film-2"]
    assert all(one.ratio > 0.0 and one.is_smooth for one in seams)
