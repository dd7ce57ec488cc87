"""The table of what the tests of readability say."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from skimage import data

from filters.bench import COLUMNS, as_markdown, judge_folder
from pipeline.runtime import Runtime
from weights.store import WeightStore


def test_a_row_for_each_face_of_each_photo(built_weights: WeightStore, tmp_path: Path) -> None:
    astronaut = np.ascontiguousarray(data.astronaut()[..., ::-1])
    dark = (astronaut * 0.1).astype(np.uint8)
    tiny = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    for name, picture in (("a-good", astronaut), ("b-dark", dark), ("c-none", astronaut[300:]), ("d-tiny", tiny)):
        assert cv2.imwrite(str(tmp_path / f"{name}.png"), picture)
    (tmp_path / "e-text.txt").write_text("no photo")
    rows = list(judge_folder(tmp_path, Runtime(built_weights.path, threads=2)))
    assert [(row.photo, row.answer) for row in rows] == [
        ("a-good", "animate"),
        ("b-dark", "low_quality: dark"),
        ("c-none", "no_face"),
        ("d-tiny", "face_too_small"),
        ("e-text", "not_an_image"),
    ]
    numbered = judge_folder(tmp_path, Runtime(built_weights.path, threads=2), numbered=True)
    assert [row.photo for row in numbered] == ["1", "2", "3", "4", "5"]
    table = as_markdown(rows).splitlines()
    assert len(table) == len(rows) + 2
    assert {line.count("|") for line in table} == {len(COLUMNS) + 1}
