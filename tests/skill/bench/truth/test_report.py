"""The table and the sheet of `ozhivi bench truth`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skill.bench.truth.comparison import Comparison
from skill.bench.truth.report import format_markdown, save_worst, table


def test_the_table_has_every_figure(comparisons: dict[int, Comparison]) -> None:
    rows = table(list(comparisons.values()))
    labels = [row[0] for row in rows]
    for words in (
        "error in lids",
        "error in lids, large changes without a frown",
        "lash line, 0.125",
        "lash line, 0.875",
        "L* of a shut lid",
        "mouth wider",
        "brows",
    ):
        assert any(label.startswith(words) for label in labels), words
    (closure,) = [row for row in rows if row[0].startswith("closure")]
    assert 0.5 < float(closure[1]) <= 1.0
    assert abs(float(closure[1]) - float(closure[2])) < 0.15


def test_a_video_of_many_frames_counts_as_one_of_few(comparisons: dict[int, Comparison]) -> None:
    """Shut frames of one video, twenty times over, do not change the mean with another video's."""
    shut = comparisons[4]
    other = replace(comparisons[5], footage="other")
    once, often = table([shut, other]), table([shut] * 20 + [other])
    assert _figures(often) == pytest.approx(_figures(once), abs=0.011)  # a sum's last bit may turn a rounding
    assert _figures(table([shut])) != pytest.approx(_figures(once), abs=0.011)


def _figures(rows: list[tuple[str, ...]]) -> list[float]:
    """The figures of a table that are means over videos, by hundredths; a dash is a number of its own."""
    return [-99.0 if cell == "–" else float(cell) for row in rows[5:] for cell in row[1:]]


def test_without_a_blink_there_are_dashes(comparisons: dict[int, Comparison]) -> None:
    rows = {row[0]: row[1] for row in table([comparisons[8]])}
    assert rows["L* of a shut lid"] == "–"


def test_markdown_is_a_table(comparisons: dict[int, Comparison]) -> None:
    lines = format_markdown(list(comparisons.values())).splitlines()
    assert lines[0].startswith("10 frames of 1 videos")
    assert all(line.count("|") == 4 for line in lines[2:])


def test_the_sheet_shows_the_worst_first(comparisons: dict[int, Comparison], tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    save_worst([comparisons[frame] for frame in (1, 8, 4)], out, "lids")
    with Image.open(out) as sheet:
        assert sheet.width == 3 * 480
        assert sheet.height > 3 * 100  # a row a frame
        top = np.asarray(sheet)[: sheet.height // 3]
    assert np.abs(top[:, :480].astype(int) - top[:, 960:]).mean() > 3.0  # the photo beside the frame that differs most
