"""Behind the person stands the wall that was there; away from the person the photo itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.image_ops import ellipse_kernel, gaussian
from pipeline.layers.inpaint import fill_background

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]
SIDE = 320
FACE = 90.0  # face width in px; the head is half as wide again, as hair makes it


@dataclass(frozen=True)
class Scene:
    wall: Pixels
    pixels: Pixels
    alpha: Float

    def ring(self, reach: float = 0.12) -> NDArray[np.bool_]:
        """What a head that turns uncovers: so many face widths behind the silhouette."""
        depth = cv2.distanceTransform((self.alpha > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
        return np.asarray((depth > 0) & (depth < reach * FACE))

    def away(self, face_widths: float) -> NDArray[np.bool_]:
        grown = cv2.dilate((self.alpha > 0).astype(np.uint8), ellipse_kernel(round(face_widths * FACE)))
        return np.asarray(grown == 0)


def gradient() -> Pixels:
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) / SIDE
    return np.stack([120 + 90 * x, 160 - 60 * y, 90 + 40 * x + 30 * y], -1).astype(np.uint8)


def line() -> Pixels:
    """A dado rail behind the head, and a slanting one."""
    wall = gradient()
    cv2.line(wall, (0, 150), (SIDE, 150), (60, 40, 30), 6, cv2.LINE_AA)
    cv2.line(wall, (0, 60), (SIDE, 110), (230, 220, 200), 6, cv2.LINE_AA)
    return wall


def planks() -> Pixels:
    """Boards that climb a little, each of another brown, dark gaps between them."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    across = (y + 0.12 * x) / 24
    tone = np.random.default_rng(3).uniform(0.7, 1.3, 30)[across.astype(int)] * np.where(across % 1 < 0.14, 0.3, 1.0)
    return np.clip(tone[..., None] * np.array([150, 100, 60]), 0, 255).astype(np.uint8)


def edge() -> Pixels:
    wall = np.full((SIDE, SIDE, 3), (70, 110, 60), np.uint8)
    wall[:140] = (150, 180, 220)
    return wall


def cornice() -> Pixels:
    """A light ledge that the top of the head reaches into: beside the silhouette it runs along it."""
    wall = gradient()
    cv2.line(wall, (0, 84), (SIDE, 84), (250, 245, 235), 16, cv2.LINE_AA)
    return wall


def lettering() -> Pixels:
    """Letters above the head on an even wall."""
    wall = np.full((SIDE, SIDE, 3), (225, 228, 230), np.uint8)
    for x in range(60, 260, 24):
        cv2.rectangle(wall, (x, 46), (x + 12, 64), (40, 40, 60), -1)
    return wall


def texture() -> Pixels:
    """Foliage-like: blobs of a few pixels."""
    noise = np.random.default_rng(1).normal(0, 1, (SIDE, SIDE)).astype(np.float32)
    blobs = gaussian(noise, 2.5)
    wall = np.array([80, 120, 60]) + (blobs / blobs.std())[..., None] * np.array([18, 22, 12])
    return np.clip(wall, 0, 255).astype(np.uint8)


def glow() -> Pixels:
    """A lamp behind the head: the wall grows lighter towards it from all sides."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - SIDE / 2
    light = 90 + 150 * np.exp(-np.hypot(x, 0.8 * y) / 90)
    return np.clip(light[..., None] * np.array([1.0, 0.98, 0.94]), 0, 255).astype(np.uint8)


def before(wall: Pixels) -> Scene:
    fine = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(fine, (SIDE // 2, SIDE // 2), (round(0.75 * FACE), round(0.95 * FACE)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    alpha = gaussian(fine.astype(np.float32) / 255, 1.0)
    alpha = np.clip((alpha - 0.03) / 0.94, 0, 1)
    person = np.full(wall.shape, (190, 140, 120), np.float32)
    pixels = person * alpha[..., None] + wall * (1 - alpha[..., None])
    return Scene(wall, (pixels + 0.5).astype(np.uint8), alpha)


@pytest.mark.parametrize(
    ("wall", "bound"),
    [(gradient, 1.0), (glow, 6.8), (edge, 8.0), (line, 13.0), (texture, 22.0)],
    ids=["gradient", "glow", "edge", "line", "texture"],
)
def test_what_a_turning_head_uncovers_is_plausible(wall: Callable[[], Pixels], bound: float) -> None:
    scene = before(wall())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    assert fill.shape == scene.pixels.shape
    assert fill.dtype == np.float32
    assert fill.min() >= 0
    assert fill.max() <= 255
    ring = scene.ring()
    assert np.abs(fill - scene.wall)[ring].mean() < bound
    assert np.abs(scene.pixels.astype(float) - scene.wall)[ring].mean() > 1.5 * bound  # the head itself would not do


def test_a_line_goes_on_behind_the_head() -> None:
    scene = before(line())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    ring = scene.ring(0.08)
    rail = (scene.wall[..., 0] < 100) & ring
    beside = ring & (np.abs(np.arange(SIDE) - 150) > 12)[:, None]
    assert rail.sum() > 50
    assert fill[rail].mean() < fill[beside & (np.abs(np.arange(SIDE) - 150) < 30)[:, None]].mean() - 40


def test_planks_go_on_straight_behind_the_head() -> None:
    """Rays towards the head's middle, as an inwards fill draws them, would miss most boards."""
    scene = before(planks())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    beside = scene.ring(0.15) & (np.abs(np.arange(SIDE) - SIDE // 2) > 0.5 * FACE)
    assert np.abs(fill - scene.wall)[beside].mean() < 9
    deep = beside & ~scene.ring(0.08)
    assert np.corrcoef(fill[deep].mean(-1), scene.wall[deep].mean(-1))[0, 1] > 0.75


def test_a_ledge_at_the_top_of_the_head_goes_on() -> None:
    """It comes out of the head on both sides far away; what is nearest is the wall above it."""
    scene = before(cornice())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    top = scene.ring(0.15) & (np.abs(np.arange(SIDE) - SIDE // 2) < 40)[None]
    assert np.abs(fill - scene.wall)[top].mean() < 20  # 36 without it


def test_letters_are_not_repeated_behind_the_head() -> None:
    scene = before(lettering())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    ring = scene.ring(0.2) & (np.arange(SIDE) < SIDE // 2)[:, None]
    assert (np.abs(fill - scene.wall)[ring].max(-1) > 40).mean() < 0.02


def test_texture_is_not_smeared() -> None:
    """As lively behind the silhouette as on the wall."""
    scene = before(texture())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    fine = np.abs(fill - gaussian(fill, 3.0)).mean(-1)
    true = np.abs(scene.wall - gaussian(scene.wall.astype(np.float32), 3.0)).mean(-1)
    ring = scene.ring(0.1)
    assert 0.6 < fine[ring].mean() / true[ring].mean() < 1.4


def test_grain_goes_on_behind_the_head() -> None:
    noise = np.random.default_rng(5).normal(0, 4, (SIDE, SIDE, 1))
    scene = before(np.clip(gradient() + noise, 0, 255).astype(np.uint8))
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    deep = scene.ring(0.5) & ~scene.ring(0.3)
    assert 1.5 < (fill - gaussian(fill, 2.0))[deep].std() < 6


@pytest.mark.parametrize("wall", [line, texture])
def test_away_from_the_person_the_photo_stands(wall: Callable[[], Pixels]) -> None:
    scene = before(wall())
    fill = fill_background(scene.pixels, scene.alpha, FACE)
    away = scene.away(0.06)
    assert away.mean() > 0.3
    assert np.abs(fill - scene.pixels)[away].max() < 0.01


def test_without_a_person_the_photo_is_the_wall() -> None:
    pixels = line()
    fill = fill_background(pixels, np.zeros((SIDE, SIDE), np.float32), FACE)
    np.testing.assert_allclose(fill, pixels, atol=0.01)


def test_with_a_person_everywhere_nothing_breaks() -> None:
    pixels = line()
    fill = fill_background(pixels, np.ones((SIDE, SIDE), np.float32), FACE)
    np.testing.assert_array_equal(fill, pixels)


@settings(max_examples=12, deadline=None)
@given(st.integers(8, 90), st.integers(8, 90), st.floats(4, 120), st.integers(0, 2**16))
def test_any_matte_gives_a_wall(height: int, width: int, face: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    alpha = np.clip(gaussian(rng.normal(0.3, 2, (height, width)).astype(np.float32), 3), 0, 1)
    fill = fill_background(pixels, alpha, face)
    assert fill.shape == pixels.shape
    assert np.isfinite(fill).all()
    assert fill.min() >= 0
    assert fill.max() <= 255


def test_the_same_photo_gives_the_same_wall() -> None:
    scene = before(texture())
    first = fill_background(scene.pixels, scene.alpha, FACE)
    np.testing.assert_array_equal(first, fill_background(scene.pixels, scene.alpha, FACE))


def test_an_ear_ring_before_an_even_wall_is_not_doubled() -> None:
    """It hangs free beside the head, outside the matte."""
    wall = np.full((260, 300, 3), (70, 110, 130), np.uint8)
    alpha = np.zeros((260, 300), np.float32)
    cv2.ellipse(alpha, (150, 140), (60, 90), 0, 0, 360, 1.0, -1)
    photo = wall.copy()
    photo[alpha > 0.5] = (200, 160, 140)
    cv2.circle(photo, (225, 150), 8, (235, 210, 120), 2, cv2.LINE_AA)
    filled = fill_background(photo, alpha, 110.0)
    behind = alpha > 0.5
    assert np.abs(filled - wall)[behind].max() < 20
    assert np.abs(filled[142:158, 216:234] - photo[142:158, 216:234]).max() < 3  # the ring itself stays
