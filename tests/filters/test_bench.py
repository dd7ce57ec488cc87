"""The table of who is refused: what is counted, and that it comes from real photos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from filters.bench import Judged, by_damage, by_sex, judge_all, labelled, share
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore

JUDGED = (
    Judged(7, "female", "clean", minor=True, far_below=True, hidden=False),
    Judged(16, "male", "clean", minor=False, far_below=False, hidden=False),
    Judged(16, "male", "grain 10", minor=True, far_below=False, hidden=True),
    Judged(30, "male", "clean", minor=True, far_below=False, hidden=False),
    Judged(60, "female", "clean", minor=False, far_below=False, hidden=False),
)


def test_shares_are_of_those_in_the_band() -> None:
    assert share(JUDGED, 15, 17) == 0.5
    assert share(JUDGED, 25, 120) == 0.5
    assert share(JUDGED, 25, 120, "female") == 0.0
    assert share(JUDGED, 18, 20) is None


def test_a_row_for_each_damage_and_a_cell_for_each_band() -> None:
    heading, clean, grain = by_damage(JUDGED)
    assert (clean[0], grain[0]) == ("clean", "grain 10")
    assert clean[heading.index("6–8")] == "100"
    assert clean[heading.index("15–17")] == "0"
    assert clean[heading.index("25+")] == "50"
    assert grain[heading.index("15–17")] == "100"
    assert grain[heading.index("0–2")] == "–"


def test_sexes_are_of_undamaged_adults() -> None:
    heading, male, female = by_sex(JUDGED)
    assert male[heading.index("25–34")] == "100"
    assert female[heading.index("50+")] == "0"
    assert "15–17" not in heading


def test_labels_come_from_names(tmp_path: Path) -> None:
    for name in ("38_1_a.png", "7_0_b.jpg", "notes.txt", "x_1_c.png"):
        (tmp_path / name).touch()
    assert [(one.age, one.sex) for one in labelled(tmp_path)] == [(38, "female"), (7, "male")]


def test_a_folder_without_labels_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="AGE_SEX"):
        labelled(tmp_path)


def test_photos_are_judged_under_each_damage(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "38_1_astronaut.png").write_bytes(astronaut())
    (tmp_path / "40_0_broken.png").write_bytes(b"no picture")
    damages = {"clean": lambda pixels, _: pixels, "black": lambda pixels, _: np.zeros_like(pixels)}
    judged = list(judge_all(labelled(tmp_path), Runtime(built_weights.path), damages))
    assert [(one.damage, one.hidden) for one in judged] == [("clean", False), ("black", True)]
    assert judged[0] == Judged(38, "female", "clean", minor=False, far_below=False, hidden=False)
