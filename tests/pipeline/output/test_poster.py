"""The poster, from which another wish is animated: nothing that can be seen is lost, also not after many wishes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from pipeline.output.encode import encode
from pipeline.photo.load import read_photo
from skill.demo_portrait import astronaut


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other.astype(float)) ** 2)))


def poster(frame: NDArray[np.uint8], folder: Path) -> Path:
    return encode([frame], folder / "clip", fps=25, formats=("jpg",)).files["jpg"]


def test_a_photo_and_its_poster_are_the_same_to_the_eye(tmp_path: Path) -> None:
    photo = read_photo(astronaut())
    path = poster(photo, tmp_path)
    with Image.open(path) as image:
        assert JpegImagePlugin.get_sampling(image) == 0  # colour at full size
    now = read_photo(path)
    assert psnr(photo, now) > 41.0  # 41.15; 37.3 with quality 92 and colour at half size
    for _ in range(5):
        now = read_photo(poster(now, tmp_path))
    assert psnr(photo, now) > 40.9


def test_colours_stay_apart(tmp_path: Path) -> None:
    """Stripes of red and blue, one pixel wide: at half size they would become violet."""
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 255
    with Image.open(io.BytesIO(poster(stripes, tmp_path).read_bytes())) as image:
        assert psnr(stripes, np.asarray(image.convert("RGB"))) > 30
