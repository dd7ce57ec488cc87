"""The tables of the filters: their figures, and that they come from real photos."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from filters.bench import (
    COLUMNS,
    MinorResult,
    assess_folder,
    find_labelled_photos,
    format_markdown,
    judge_minors,
    refused_share,
    table_by_damage,
    table_by_sex,
)
from filters.errors import NoPhotosError
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore

RESULTS = (
    MinorResult(7, "female", "clean", is_minor=True, far_below_age=True, face_was_lost=False),
    MinorResult(16, "male", "clean", is_minor=False, far_below_age=False, face_was_lost=False),
    MinorResult(16, "male", "grain 10", is_minor=True, far_below_age=False, face_was_lost=True),
    MinorResult(30, "male", "clean", is_minor=True, far_below_age=False, face_was_lost=False),
    MinorResult(60, "female", "clean", is_minor=False, far_below_age=False, face_was_lost=False),
)


def test_shares_are_of_those_in_the_band() -> None:
    assert refused_share(RESULTS, 15, 17) == 0.5
    assert refused_share(RESULTS, 25, 120) == 0.5
    assert refused_share(RESULTS, 25, 120, "female") == 0.0
    assert refused_share(RESULTS, 18, 20) is None


def test_a_row_for_each_damage_and_a_cell_for_each_band() -> None:
    heading, clean, grain = table_by_damage(RESULTS)
    assert (clean[0], grain[0]) == ("clean", "grain 10")
    assert clean[heading.index("6–8")] == "100"
    assert clean[heading.index("15–17")] == "0"
    assert clean[heading.index("25+")] == "50"
    assert grain[heading.index("15–17")] == "100"
    assert grain[heading.index("0–2")] == "–"


def test_sexes_are_of_undamaged_adults() -> None:
    heading, male, female = table_by_sex(RESULTS)
    assert male[heading.index("25–34")] == "100"
    assert female[heading.index("50+")] == "0"
    assert "15–17" not in heading


def test_labels_come_from_names(tmp_path: Path) -> None:
    for name in ("38_1_a.png", "7_0_b.jpg", "notes.txt", "x_1_c.png"):
        (tmp_path / name).touch()
    assert [(one.age, one.sex) for one in find_labelled_photos(tmp_path)] == [(38, "female"), (7, "male")]


def test_the_names_of_another_source_are_known_too(tmp_path: Path) -> None:
    for name in ("07380A44.jpg", "07381A09.jpg", "7381A9.jpg"):
        (tmp_path / name).touch()
    assert [(one.age, one.sex) for one in find_labelled_photos(tmp_path)] == [(44, "female"), (9, "male")]


def test_a_folder_without_labels_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoPhotosError, match="AGE_SEX"):
        find_labelled_photos(tmp_path)


def test_photos_are_judged_under_each_damage(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "38_1_astronaut.png").write_bytes(astronaut())
    (tmp_path / "40_0_broken.png").write_bytes(b"no picture")
    damages = {"clean": lambda pixels, _: pixels, "black": lambda pixels, _: np.zeros_like(pixels)}
    results = list(judge_minors(find_labelled_photos(tmp_path), Runtime(built_weights.path), damages))
    assert [(one.damage, one.face_was_lost) for one in results] == [("clean", False), ("black", True)]
    assert results[0] == MinorResult(38, "female", "clean", is_minor=False, far_below_age=False, face_was_lost=False)


def test_a_row_for_each_face_of_each_photo(built_weights: WeightStore, tmp_path: Path) -> None:
    portrait = np.ascontiguousarray(data.astronaut()[..., ::-1])
    dark = (portrait * 0.1).astype(np.uint8)
    tiny = cv2.resize(portrait, (256, 256), interpolation=cv2.INTER_AREA)
    for name, picture in (("a-good", portrait), ("b-dark", dark), ("c-none", portrait[300:]), ("d-tiny", tiny)):
        assert cv2.imwrite(str(tmp_path / f"{name}.png"), picture)
    (tmp_path / "e-text.txt").write_text("no photo")
    rows = list(assess_folder(tmp_path, Runtime(built_weights.path, threads=2)))
    assert [(row.photo, row.answer) for row in rows] == [
        ("a-good", "animate"),
        ("b-dark", "low_quality: dark"),
        ("c-none", "no_face"),
        ("d-tiny", "face_too_small"),
        ("e-text", "not_an_image"),
    ]
    numbered = assess_folder(tmp_path, Runtime(built_weights.path, threads=2), numbered=True)
    assert [row.photo for row in numbered] == ["1", "2", "3", "4", "5"]
    table = format_markdown(rows).splitlines()
    assert len(table) == len(rows) + 2
    assert {line.count("|") for line in table} == {len(COLUMNS) + 1}


def test_an_empty_folder_is_an_error_of_its_own(tmp_path: Path, built_weights: WeightStore) -> None:
    with pytest.raises(NoPhotosError, match="no files"):
        list(assess_folder(tmp_path, Runtime(built_weights.path)))
