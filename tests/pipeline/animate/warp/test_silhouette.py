"""The rim: composed of person and wall, and the photo itself where nothing moves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.silhouette import PERSON, WALL, Rim, Silhouette
from pipeline.arrays import Float, Pixels


@pytest.fixture(scope="module")
def silhouette(maps: WarpMaps) -> Silhouette:
    return Silhouette(maps.pixels, maps.background, maps.alpha)


def compose(silhouette: Silhouette, pixels: Pixels, shift: float, gain: Float | None = None) -> Pixels:
    """The frame of a photo that has come from `shift` pixels to the right, beginning with a black one."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    marks = cv2.remap(silhouette.marks, x + np.float32(shift), y, cv2.INTER_LINEAR)
    frame = np.dstack([np.zeros_like(pixels), marks])
    rim = Rim()
    for top in (0, 100):
        rows = np.s_[top : height if top else 100]
        place = (x + np.float32(shift) + 1j * y).astype(np.complex64)
        silhouette.collect(rim, frame[rows], place[rows], None if gain is None else gain[rows], (top, 0))
    silhouette.compose(rim, frame, lambda place: place)
    return frame


def test_the_photo_comes_back_where_nothing_moves(maps: WarpMaps, silhouette: Silhouette) -> None:
    frame = compose(silhouette, maps.pixels, 0.0)
    mixed = (silhouette.marks > WALL) & (maps.alpha < 0.95)
    assert mixed.sum() > 500
    assert np.abs(frame[mixed, :3].astype(int) - maps.pixels[mixed]).max() <= 1


def test_the_wall_is_drawn_and_the_person_is_left(maps: WarpMaps, silhouette: Silhouette) -> None:
    frame = compose(silhouette, maps.pixels, 3.0)
    wall = frame[..., 3] <= WALL
    np.testing.assert_array_equal(frame[wall, :3], silhouette.wall[wall, :3])
    assert not frame[frame[..., 3] >= PERSON, :3].any()


def test_light_changes_the_person_alone(maps: WarpMaps, silhouette: Silhouette) -> None:
    plain = compose(silhouette, maps.pixels, 0.0).astype(int)
    lit = compose(silhouette, maps.pixels, 0.0, np.full(maps.alpha.shape, 1.2, np.float32))
    halo = silhouette.refilled & (maps.alpha == 0)
    solid = (maps.alpha > 0.8) & (maps.alpha < 0.95) & (plain[..., :3].min(-1) > 60)
    assert solid.sum() > 20
    assert np.median(lit[solid, :3] / plain[solid, :3]) == pytest.approx(1.2, abs=0.08)
    assert not halo.any() or np.abs(lit[halo, :3] - plain[halo, :3]).max() < 60
