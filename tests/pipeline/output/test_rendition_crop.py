"""Crops of renditions: around the person, and never through a face."""

from __future__ import annotations

import numpy as np

from pipeline.output.rendition_crop import crop_around
from pipeline.output.rendition_shapes import SHAPES


def test_a_face_is_never_cut() -> None:
    wide, face = (1000, 600), np.asarray((100, 50, 800, 550), np.float32)
    crop = crop_around([face], wide, SHAPES["wallpaper"])
    assert crop.left <= 100 and crop.left + crop.width >= 800
    assert (crop.top, crop.height) == (0, 600)


def test_a_small_face_on_a_large_photo_is_brought_nearer() -> None:
    photo, face = (4000, 3000), np.asarray((1000, 1000, 1100, 1130), np.float32)
    near, far = (crop_around([face], photo, SHAPES[name]) for name in ("wallpaper", "messenger-vertical"))
    assert (near.height, far.height) == (960, 3000)
    assert near.left < 1000 and near.left + near.width > 1100 and near.top < 1000
