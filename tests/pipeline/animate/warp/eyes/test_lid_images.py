"""A lid's pictures: they fit the eye's box, and give the photo back where nothing has moved."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.eyes.contour import RIGHT, trace_contour
from pipeline.animate.warp.eyes.grain import build_grain
from pipeline.animate.warp.eyes.lid_images import build_curve_table, build_lid_images
from pipeline.animate.warp.formula import LID_SAMPLES
from pipeline.faces.finder import Face
from tests.pipeline.animate.warp.eyes.painted_eye import PaintedEye, Pixels, no_rim, paint_eye


def test_everything_has_the_size_of_the_box(painted: PaintedEye) -> None:
    left, top, right, bottom = painted.box
    size = bottom - top, right - left
    images = painted.images
    for image, shape in (
        (images.skin, (*size, 3)),
        (images.skin_soft, (*size, 3)),
        (images.ratio, (*size, 3)),
        (images.grain, (*size, 3)),
        (images.shut_lash, (*size, 3)),
        (images.grain_at, size),
    ):
        assert image.shape == shape
        assert image.dtype == np.float32
        assert np.isfinite(image).all()


def test_the_lid_is_the_skin_under_the_eye(painted: PaintedEye) -> None:
    eye = painted.eye()
    off = np.abs(painted.images.skin - painted.part(painted.skin)).mean(-1)
    assert eye.sum() > 300
    assert off[eye].mean() < 4
    assert off[eye].max() < 25  # at the rim of heavy lashes a shadow stays
    before = np.abs(painted.part(painted.pixels) - painted.part(painted.skin)).mean(-1)
    assert before[eye].mean() > 25


def test_around_the_eye_the_skin_is_the_photo(painted: PaintedEye) -> None:
    far = cv2.dilate(painted.eye().astype(np.uint8), np.ones((25, 25))) == 0
    assert far.sum() > 500
    assert np.abs(painted.images.skin - painted.part(painted.pixels))[far].max() < 2
    assert np.abs(painted.images.ratio - 1)[far].max() < 0.02


def test_a_lid_grows_dark_up_to_hair_beside_it(painted: PaintedEye) -> None:
    """No light flap lies on a lock at the temple, where the lashes' hole reaches into it."""
    box, (left, top, right, bottom) = painted.look_up(), painted.box
    contour, width = painted.contour, painted.contour.width
    beyond = (contour.left_end - box.u if contour.outer_is_left else box.u - contour.right_end) / width
    pixels = painted.pixels.copy()
    pixels[top:bottom, left:right][beyond > 0.05] = (40, 30, 25)
    images = build_lid_images(
        pixels, np.ones(pixels.shape[:2], np.float32), contour, painted.box, 0.8, no_rim(painted.box)
    )
    lock = (beyond > 0.11) & (np.abs(box.v - box.upper) < 0.2 * width)
    middle = (np.abs(box.u) < 0.2 * width) & (np.abs(box.v) < 0.1 * width)
    assert images.skin.mean(-1)[lock].max() < 90
    np.testing.assert_allclose(images.skin[middle].mean(), painted.images.skin[middle].mean(), rtol=0.03)


def test_skin_times_ratio_is_the_photo(painted: PaintedEye) -> None:
    """So that an eye that has not begun to shut looks as it did."""
    again = painted.images.skin * painted.images.ratio
    assert np.abs(again - painted.part(painted.pixels))[painted.eye()].mean() < 2


def test_smooth_skin_has_no_grain_and_grainy_skin_has_it(close_up: Pixels, close_face: Face) -> None:
    size = close_up.shape[0], close_up.shape[1]
    smooth = paint_eye(close_face, size, RIGHT, 2)
    assert np.abs(smooth.images.grain)[smooth.images.grain_at > 0.5].mean() < 1
    rng = np.random.default_rng(4)
    noisy = np.clip(smooth.pixels + rng.normal(0, 8, (*size, 1)), 0, 255).astype(np.uint8)
    grainy = build_lid_images(noisy, np.ones(size, np.float32), smooth.contour, smooth.box, 0.5, no_rim(smooth.box))
    assert 3 < grainy.grain[grainy.grain_at > 0.5].std() < 10
    assert np.abs(grainy.skin - smooth.part(smooth.skin))[smooth.eye()].mean() < 8
    strokes = np.clip(smooth.pixels + rng.normal(0, 30, (*size, 1)), 0, 255).astype(np.uint8)  # a painter's, wrinkles
    rough = build_lid_images(strokes, np.ones(size, np.float32), smooth.contour, smooth.box, 0.5, no_rim(smooth.box))
    assert 10 < rough.grain[rough.grain_at > 0.5].std() < 20  # strokes, but calmer than the cheek's
    waves = 8 * np.sin(np.arange(size[0]) * 2 * np.pi / (0.35 * smooth.contour.width))[:, None, None]
    folded = np.clip(smooth.pixels + waves, 0, 255).astype(np.uint8)  # bags and shadows of the cheek are no grain
    soft = build_lid_images(folded, np.ones(size, np.float32), smooth.contour, smooth.box, 0.5, no_rim(smooth.box))
    assert soft.grain[soft.grain_at > 0.5].std() < 3


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_without_anything_on_it(close_up: Pixels, close_face: Face, alpha: float, value: int) -> None:
    size = close_up.shape[0], close_up.shape[1]
    contour = trace_contour(close_face.landmarks, RIGHT)
    box = paint_eye(close_face, size, RIGHT, 2).box
    images = build_lid_images(
        np.full((*size, 3), value, np.uint8), np.full(size, alpha, np.float32), contour, box, 0.8, no_rim(box)
    )
    assert all(np.isfinite(image).all() for image in vars(images).values())
    np.testing.assert_allclose(images.skin, max(value, 1), atol=1)


def test_the_table_has_six_curves(painted: PaintedEye) -> None:
    table = build_curve_table(painted.contour)
    assert table.shape == (6, LID_SAMPLES)
    assert table.dtype == np.float32
    np.testing.assert_allclose(table[0], painted.contour.upper, atol=1e-4)


def test_no_ring_of_the_iris_lies_on_the_lid(painted: PaintedEye) -> None:
    """The cheek's grain is laid on the lid; nothing of the eye and its lower lashes may come along."""
    assert np.abs(build_grain(painted.look_up(), 0.5)).max() < 3.0  # the painted cheek is smooth
    assert painted.images.grain_at.max() > 0.5


def test_lines_of_the_cheek_are_no_grain_of_the_lid(close_up: Pixels, close_face: Face) -> None:
    """Bags below an eye would become rings on its lid: pieces of skin are taken from between them."""
    size = close_up.shape[0], close_up.shape[1]
    plain = paint_eye(close_face, size, RIGHT, 2)
    noise = np.random.default_rng(4).normal(0, 6, (*size, 1))
    lines = np.zeros((*size, 1))
    lower = round(float(plain.contour.centre[1] + 0.55 * plain.contour.width))
    lines[lower - 1 : lower + 2] = -60
    box = replace(plain.look_up(), pixels=plain.part(np.clip(plain.pixels + noise + lines, 0, 255)).astype(np.float32))
    grain = build_grain(box, 0.5).mean(-1)
    assert 4 < grain[plain.eye()].std() < 9
    assert np.abs(grain.mean(1)).max() < 6  # no row of it is darker than the others


@pytest.mark.parametrize(("spread", "wrinkled"), [(2.0, False), (25.0, True)])
def test_wrinkled_skin_has_wrinkles_along_its_lid(
    close_up: Pixels, close_face: Face, spread: float, wrinkled: bool
) -> None:
    """On rough skin strokes run along the lid, but no grain of wood; on smooth skin none do."""
    size = close_up.shape[0], close_up.shape[1]
    plain = paint_eye(close_face, size, RIGHT, 2)
    noise = cv2.GaussianBlur(np.random.default_rng(4).normal(0, spread, size), (0, 0), 1.0)[..., None] * 3.0
    box = replace(plain.look_up(), pixels=plain.part(np.clip(plain.pixels + noise, 0, 255)).astype(np.float32))
    grain = build_grain(box, 0.5).mean(-1)[plain.eye().any(1)][:, plain.eye().any(0)]
    along, across = (float(np.abs(np.diff(grain, axis=axis)).mean()) for axis in (1, 0))
    assert (across > 1.08 * along) == wrinkled
    assert across < 1.4 * along


def test_the_whole_stretched_lid_has_grain(painted: PaintedEye) -> None:
    """Not only where the eye was: the lid above is stretched as well, and drawn smooth."""
    box = painted.look_up()
    lid = (
        (box.v < box.upper)
        & (box.v > box.top + 0.5 * (box.upper - box.top))
        & (np.abs(box.u) < 0.2 * painted.contour.width)
    )
    assert painted.images.grain_at[lid].min() > 0.5
