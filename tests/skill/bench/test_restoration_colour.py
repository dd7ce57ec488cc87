"""The bench of colours: once with the real models, on a small portrait, the same without colour, and no photo."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from typer.testing import CliRunner

from skill.cli.main import app
from weights.store import WeightStore

runner = CliRunner()


def test_colour_photos_are_measured_beside_their_greys(
    built_weights: WeightStore, portrait: NDArray[np.uint8], tmp_path: Path
) -> None:
    folder, sheet, table = tmp_path / "photos", tmp_path / "sheet.png", tmp_path / "table.md"
    folder.mkdir()
    picture = cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(folder / "colour.png"), picture)
    cv2.imwrite(str(folder / "grey.png"), cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    (folder / "notes.txt").write_text("no photo")
    done = runner.invoke(app, ["bench", "colour", str(folder), "--sheet", str(sheet), "--markdown", str(table)])
    assert done.exit_code == 0, done.output
    assert "colour.png" in done.stdout and "grey.png" not in done.stdout
    rows = [line.strip("| \n").split(" | ") for line in table.read_text(encoding="utf-8").splitlines()]
    names, figures = [row[0] for row in rows], [float(cell) for cell in rows[2][1:]]
    assert names == ["photo", "---", "colour.png", "median"] and rows[3][1:] == rows[2][1:]
    skin, skin_grey, whole, whole_grey, signal, signal_grey = figures
    assert skin < 0.6 * skin_grey and whole < whole_grey and signal > signal_grey > 15
    drawn = cv2.imread(str(sheet))
    assert drawn is not None and drawn.shape[1] > 2 * drawn.shape[0]
    grey, guess, truth = (cv2.cvtColor(one, cv2.COLOR_BGR2HSV)[..., 1].mean() for one in np.array_split(drawn, 3, 1))
    assert grey < 1 < guess and truth > guess


def test_a_folder_without_colour_photos_of_people_is_said(built_weights: WeightStore, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((64, 64, 3), (40, 90, 160), np.uint8))
    done = runner.invoke(app, ["bench", "colour", str(tmp_path)])
    assert done.exit_code == 2 and "no colour photo of a person" in done.output
