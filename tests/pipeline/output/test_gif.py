"""A GIF loops, does not crawl, and keeps rare colours."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.output import provenance
from pipeline.output.encode import encode
from pipeline.output.gif import encode_gif
from tests.pipeline.output.loops import BOX, animation, moving


def test_gif_loops_and_does_not_crawl(tmp_path: Path) -> None:
    clip = encode(moving(24, grain=3), tmp_path / "clip", fps=24, formats=("gif",))
    with Image.open(clip.files["gif"]) as image:
        assert image.info["loop"] == 0
        assert image.info["comment"] == provenance.COMMENT.encode()
        assert getattr(image, "n_frames", 1) == 12
    shown = animation(clip.files["gif"])
    assert all((frame[-60:] == shown[0][-60:]).all() for frame in shown)
    assert any((frame[BOX] != shown[0][BOX]).any() for frame in shown)
    assert cv2.PSNR(shown[0], moving(1, grain=3)[0]) > 28


def test_gif_of_a_still_or_flat_picture() -> None:
    flat = np.full((20, 30, 3), 77, np.uint8)
    data = encode_gif([flat] * 3, 0.3, b"x" * 600)
    with Image.open(io.BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) == 3
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - 77).max() <= 2
        assert image.info["comment"] == b"x" * 600


def test_gif_keeps_rare_colours(tmp_path: Path) -> None:
    photo = np.full((200, 200, 3), 128, np.uint8) + np.random.default_rng(0).integers(0, 60, (200, 200, 1), np.uint8)
    photo[90:100, 90:100] = (220, 40, 60)
    clip = encode([photo] * 2, tmp_path / "clip", fps=10, formats=("gif",))
    assert np.abs(animation(clip.files["gif"])[0][92:98, 92:98].astype(int) - (220, 40, 60)).mean() < 14
