"""Contact sheets of `ozhivi sheet` and `--sheet`: of every format, with the faces close up."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from skill.cli.main import app
from skill.demo_portrait import astronaut
from weights.store import WeightStore

runner = CliRunner()
SIZE = 660
"""Width and height of the photo: just larger than a GIF or WebP may be."""


def test_a_sheet_needs_a_clip(tmp_path: Path) -> None:
    notes = tmp_path / "notes.mp4"
    notes.write_text("no video")
    done = runner.invoke(app, ["sheet", str(notes)], env={"COLUMNS": "300"})
    assert done.exit_code == 2
    assert "no clip" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == [notes]


@pytest.mark.parametrize("file_format", ["gif", "webp", "jpg"])
def test_a_sheet_of_every_format(built_weights: WeightStore, tmp_path: Path, file_format: str) -> None:
    """GIF and WebP are smaller than the photo; the close-ups show the same face."""
    photo, clip, page = tmp_path / "photo.png", tmp_path / f"clip.{file_format}", tmp_path / "page.png"
    Image.open(BytesIO(astronaut())).resize((SIZE, SIZE)).save(photo)
    options = ["-o", str(clip), "--seconds", "2", "--sheet", str(page)]
    done = runner.invoke(app, ["animate", str(photo), *options])
    assert done.exit_code == 0, done.output
    with Image.open(page) as sheet:
        whole = np.asarray(sheet.convert("RGB"), float)
    side = (1600 - 6) // 4 - 6
    rows = 1 if file_format == "jpg" else 2
    face = whole[6 + rows * (side + 6) :, 6 : 6 + side][:side]
    left, top, right, bottom = (value * SIZE / 512 for value in (173, 62, 275, 191))  # of the astronaut's face
    middle = Image.open(photo).convert("RGB").crop((round(left), round(top), round(right), round(bottom)))
    assert np.abs(face.mean(axis=(0, 1)) - np.asarray(middle, float).mean(axis=(0, 1))).max() < 40
    again = runner.invoke(app, ["sheet", str(clip), "-o", str(tmp_path / "again")])
    assert again.exit_code == 0, again.output
