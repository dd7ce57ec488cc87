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


def cut_off(kind: str) -> bytes:
    """The first half of a picture."""
    file = BytesIO()
    Image.open(BytesIO(astronaut())).save(file, kind)
    return file.getvalue()[: len(file.getvalue()) // 2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.mp4", b"no video"),
        ("notes.png", b"no picture"),
        *((f"half.{kind.lower()}", cut_off(kind)) for kind in ("JPEG", "PNG", "WEBP")),
    ],
)
def test_a_sheet_needs_a_clip(tmp_path: Path, name: str, content: bytes) -> None:
    notes = tmp_path / name
    notes.write_bytes(content)
    done = runner.invoke(app, ["sheet", str(notes)], env={"COLUMNS": "300"})
    assert done.exit_code == 2
    assert "no clip" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == [notes]


@pytest.fixture(scope="module")
def animated(built_weights: WeightStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a photo, its clip in three formats, and the sheet that was made with them."""
    folder = tmp_path_factory.mktemp("animated")
    Image.open(BytesIO(astronaut())).resize((SIZE, SIZE)).save(folder / "photo.png")
    options = ["--format", "gif,webp,jpg", "--seconds", "2", "--sheet", str(folder / "page.png")]
    done = runner.invoke(app, ["animate", str(folder / "photo.png"), "-o", str(folder / "clip.gif"), *options])
    assert done.exit_code == 0, done.output
    return folder


def test_the_sheet_of_a_new_clip_shows_its_face(animated: Path) -> None:
    """The GIF is smaller than the photo; the close-ups show the same face."""
    assert_face(animated / "page.png", animated / "photo.png", rows=2)


@pytest.mark.parametrize("file_format", ["gif", "webp", "jpg"])
def test_a_sheet_of_every_format(animated: Path, tmp_path: Path, file_format: str) -> None:
    page = tmp_path / "page.png"
    done = runner.invoke(app, ["sheet", str(animated / f"clip.{file_format}"), "-o", str(page)])
    assert done.exit_code == 0, done.output
    assert_face(page, animated / "photo.png", rows=1 if file_format == "jpg" else 2)


def assert_face(page: Path, photo: Path, rows: int) -> None:
    """Check that the first close-up, below so many rows of whole frames, has the colours of the astronaut's face."""
    with Image.open(page) as sheet:
        whole = np.asarray(sheet.convert("RGB"), float)
    side = (1600 - 6) // 4 - 6
    face = whole[6 + rows * (side + 6) :, 6 : 6 + side][:side]
    left, top, right, bottom = (value * SIZE / 512 for value in (173, 62, 275, 191))  # of the astronaut's face
    middle = Image.open(photo).convert("RGB").crop((round(left), round(top), round(right), round(bottom)))
    assert np.abs(face.mean(axis=(0, 1)) - np.asarray(middle, float).mean(axis=(0, 1))).max() < 40
