"""GIF and WebP fit their limits; nothing that can be seen is lost in the poster, also not after many wishes."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, JpegImagePlugin

from pipeline.arrays import Pixels
from pipeline.output import provenance
from pipeline.output.encode import Quality, encode
from pipeline.photo.load import read_photo
from skill.demo_portrait import astronaut
from tests.pipeline.output.loops import animation, moving, still


def test_gif_lasts_as_long_as_the_clip(tmp_path: Path) -> None:
    for fps in (25, 30):
        clip = encode(moving(fps, still(96, 72)), tmp_path / "clip", fps=fps, formats=("gif", "webp"))
        for kind in ("gif", "webp"):
            with Image.open(clip.files[kind]) as image:
                total = 0
                for number in range(getattr(image, "n_frames", 1)):
                    image.seek(number)
                    image.load()
                    total += image.info["duration"]
            assert total == 1000


def test_webp_loops(tmp_path: Path) -> None:
    frames = moving(12)  # of 10 two would be equal, and WebP joins those
    clip = encode(frames, tmp_path / "clip", fps=25, formats=("webp",))
    with Image.open(clip.files["webp"]) as image:
        assert image.info["loop"] == 0
        assert provenance.TITLE.encode() in image.info["xmp"]
    shown = animation(clip.files["webp"])
    assert len(shown) == 12
    assert cv2.PSNR(shown[5], frames[5]) > 30


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_small_formats_fit_their_limit(tmp_path: Path, kind: str) -> None:
    quality = Quality(small_bytes=60_000)
    clip = encode(moving(24, grain=8), tmp_path / "clip", fps=24, formats=(kind,), quality=quality)
    assert clip.files[kind].stat().st_size <= 60_000
    with Image.open(clip.files[kind]) as image:
        assert max(image.size) >= 64
    assert clip.size == (512, 384)


def test_small_side(tmp_path: Path) -> None:
    clip = encode(moving(2), tmp_path / "clip", fps=24, formats=("gif", "webp"), quality=Quality(small_side=200))
    for path in clip.files.values():
        with Image.open(path) as image:
            assert image.size == (200, 150)


@pytest.mark.parametrize("number", [0, 7])
def test_poster(tmp_path: Path, number: int) -> None:
    frames = moving(10)
    clip = encode(frames, tmp_path / "clip", fps=25, formats=("jpg",), quality=Quality(poster=number))
    with Image.open(clip.files["jpg"]) as image:
        exif = image.getexif()
        assert set(exif) == {0x010E, 0x0131}
        assert provenance.COMMENT.encode().decode("latin1") == exif[0x010E]
        pixels = np.asarray(image)
    distances = [float(np.abs(pixels.astype(int) - frame).mean()) for frame in frames]
    assert distances[number] < 1.01 * min(distances)


def psnr(one: Pixels, other: Pixels) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other.astype(float)) ** 2)))


def poster_of(frame: Pixels, folder: Path) -> Path:
    return encode([frame], folder / "clip", fps=25, formats=("jpg",)).files["jpg"]


def test_a_photo_and_its_poster_are_the_same_to_the_eye(tmp_path: Path) -> None:
    photo = read_photo(astronaut())
    path = poster_of(photo, tmp_path)
    with Image.open(path) as image:
        assert JpegImagePlugin.get_sampling(image) == 0  # colour at full size
    now = read_photo(path)
    assert psnr(photo, now) > 41.0  # 41.15; 37.3 with quality 92 and colour at half size
    for _ in range(5):
        now = read_photo(poster_of(now, tmp_path))
    assert psnr(photo, now) > 40.9


def test_colours_stay_apart(tmp_path: Path) -> None:
    """Stripes of red and blue, one pixel wide: at half size they would become violet."""
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 255
    with Image.open(io.BytesIO(poster_of(stripes, tmp_path).read_bytes())) as image:
        assert psnr(stripes, np.asarray(image.convert("RGB"))) > 30
