"""The judge sees a wink in the eye that winks, and says where a gesture is not what it should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.faces.finder import FaceFinder
from pipeline.motion.gestures import GESTURES
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.bench.errors import BenchError
from skill.bench.gesture_judge import (
    EXPECTED,
    FIGURES,
    Judgement,
    compose_gesture,
    format_markdown,
    judge_folder,
    judge_portrait,
    pick_extremes,
    table,
)
from skill.demo_portrait import astronaut
from weights.store import WeightStore


def test_every_gesture_and_side_is_expected() -> None:
    named = {f"{name}:{side}" if side else name for name, one in GESTURES.items() for side in one.sides or ("",)}
    assert set(EXPECTED) == named
    assert {bound.figure for bounds in EXPECTED.values() for bound in bounds} <= set(FIGURES)


def test_a_wink_shuts_one_eye(built_weights: WeightStore) -> None:
    runtime, photo = Runtime(built_weights.path), read_photo(astronaut(), long_side=320, turn=0)
    face = FaceFinder(runtime).find(photo)[0]
    (wink,) = judge_portrait("astronaut", photo, face, runtime, ["wink:left"])
    assert wink.missed == () and wink.figures["right eye"] > 0.6 > 0.25 > wink.figures["left eye"]


def test_the_extremes_of_a_motion_are_few_and_begin_with_the_photo() -> None:
    motion = compose_gesture("turn:right")
    picked = pick_extremes(motion)
    assert 2 <= len(picked) <= 12 and picked.curves["yaw"].max() == motion.curves["yaw"].max()
    assert not motion.curves["blink_r"].any() and compose_gesture("blink").curves["blink_r"].max() > 0.9


def test_a_table_says_who_misses() -> None:
    still = dict.fromkeys(FIGURES, 0.0)
    good, bad = Judgement("a", "nod", {**still, "pitch": 4.0}), Judgement("b", "nod", {**still, "yaw": 9.0})
    assert [str(bound) for bound in bad.missed] == ["pitch ≥ 2.5", "yaw within ±4"]
    (row,) = table([good, bad])
    assert row[0] == "nod" and row[-2:] == ("1 of 2", "b (pitch 0.00, yaw 9.00)")
    assert "| 1 of 2 | b (pitch" in format_markdown([good, bad])
    assert np.isinf(EXPECTED["wink:left"][1].low)


def test_of_a_half_profile_less_is_asked() -> None:
    still = dict.fromkeys(FIGURES, 0.0)
    nod, glance, thought = (
        Judgement("a", name, {**still, "pitch": 2.0, "roll": -2.0}, half_profile=True)
        for name in ("nod", "look:left", "think:left")
    )
    assert nod.missed == glance.missed == thought.missed == () == glance.asked
    assert [str(bound) for bound in thought.asked] == ["roll ≤ -1"]
    assert Judgement("a", "nod", still, half_profile=True).missed
    assert [row[-2:] for row in table([nod, glance])] == [("1 of 1", "–"), ("0 of 0", "–")]
    assert {name for name in EXPECTED if not Judgement("a", name, still, half_profile=True).asked} == {
        "look:left",
        "look:right",
    }


def test_a_folder_without_faces_is_refused(built_weights: WeightStore, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no photo")
    with pytest.raises(BenchError, match="no photo with a face"):
        judge_folder(tmp_path)
