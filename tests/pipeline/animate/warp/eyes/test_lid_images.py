"""A lid is skin: what lies under eye and lashes is guessed from around them. On a painted eye the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, TABLE, Contour, EyeLandmarks, trace
from pipeline.animate.warp.eyes.lid_images import LidImages, lid_images, table_of
from pipeline.faces.finder import Face

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Painted:
    """An eye painted on plain skin: `skin` is what was there before."""

    skin: Pixels
    pixels: Pixels
    contour: Contour
    box: tuple[int, int, int, int]
    images: LidImages

    def part(self, image: Pixels) -> NDArray[np.float32]:
        left, top, right, bottom = self.box
        return image[top:bottom, left:right].astype(np.float32)

    def eye(self) -> NDArray[np.bool_]:
        """Where the paint is."""
        return np.asarray((self.part(self.pixels) != self.part(self.skin)).any(-1))


def no_rim(box: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    return np.zeros((box[3] - box[1], box[2] - box[0]), bool)


def outline(contour: Contour, curve: NDArray[np.float64], share: float = 1.0) -> NDArray[np.float64]:
    keep = (contour.at > contour.left_end * share) & (contour.at < contour.right_end * share)
    return contour.centre + contour.at[keep, None] * contour.axis_u + curve[keep, None] * contour.axis_v


def paint(face: Face, size: tuple[int, int], eye: EyeLandmarks, lashes: int) -> Painted:
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    skin = np.stack([200 - 0.1 * y + 0.05 * x, 160 - 0.12 * y, 140 - 0.08 * y + 0.02 * x], -1)
    contour = trace(face.landmarks, eye)
    pixels = skin.copy()
    upper, lower = outline(contour, contour.upper), outline(contour, contour.lower)
    almond = np.round(np.concatenate([upper, lower[::-1]]) * 16).astype(np.int32)
    inside = np.zeros(size, np.float32)
    cv2.fillPoly(inside, [almond], 1.0, cv2.LINE_AA, 4)
    white = np.full_like(pixels, 225)
    iris = contour.centre + contour.iris[0] * contour.axis_u + contour.iris[1] * contour.axis_v
    cv2.circle(white, np.round(iris).astype(int).tolist(), round(0.22 * contour.width), (60, 45, 35), -1, cv2.LINE_AA)
    pixels += (white - pixels) * inside[..., None]
    cv2.polylines(pixels, [np.round(upper * 16).astype(np.int32)], False, (40, 30, 25), lashes, cv2.LINE_AA, 4)
    pixels = np.clip(cv2.GaussianBlur(pixels, (0, 0), 0.7), 0, 255)
    half = np.array([1.0, 0.9]) * contour.width
    left, top = np.floor(contour.centre - half).astype(int)
    right, bottom = np.ceil(contour.centre + half).astype(int)
    box = (int(left), int(top), int(right), int(bottom))
    shown, plain = pixels.astype(np.uint8), cv2.GaussianBlur(skin, (0, 0), 0.7).astype(np.uint8)
    images = lid_images(shown, np.ones(size, np.float32), contour, box, 0.8, no_rim(box))
    return Painted(plain, shown, contour, box, images)


@pytest.fixture(scope="module", params=[(RIGHT, 2), (LEFT, 2), (RIGHT, 5)], ids=["right", "left", "heavy lashes"])
def painted(request: pytest.FixtureRequest, close_up: Pixels, close_face: Face) -> Painted:
    eye, lashes = request.param
    return paint(close_face, (close_up.shape[0], close_up.shape[1]), eye, lashes)


def test_everything_has_the_size_of_the_box(painted: Painted) -> None:
    left, top, right, bottom = painted.box
    size = bottom - top, right - left
    images = painted.images
    for image, shape in (
        (images.skin, (*size, 3)),
        (images.skin_soft, (*size, 3)),
        (images.ratio, (*size, 3)),
        (images.grain, (*size, 3)),
        (images.lash, size),
        (images.grain_at, size),
    ):
        assert image.shape == shape
        assert image.dtype == np.float32
        assert np.isfinite(image).all()
    assert images.strength.shape == (TABLE,)


def test_the_lid_is_the_skin_under_the_eye(painted: Painted) -> None:
    eye = painted.eye()
    off = np.abs(painted.images.skin - painted.part(painted.skin)).mean(-1)
    assert eye.sum() > 300
    assert off[eye].mean() < 4
    assert off[eye].max() < 25  # at the rim of heavy lashes a shadow stays
    before = np.abs(painted.part(painted.pixels) - painted.part(painted.skin)).mean(-1)
    assert before[eye].mean() > 25


def test_around_the_eye_the_skin_is_the_photo(painted: Painted) -> None:
    far = cv2.dilate(painted.eye().astype(np.uint8), np.ones((25, 25))) == 0
    assert far.sum() > 500
    assert np.abs(painted.images.skin - painted.part(painted.pixels))[far].max() < 2
    assert np.abs(painted.images.ratio - 1)[far].max() < 0.02


def test_skin_times_ratio_is_the_photo(painted: Painted) -> None:
    """So that an eye that has not begun to shut looks as it did."""
    again = painted.images.skin * painted.images.ratio
    assert np.abs(again - painted.part(painted.pixels))[painted.eye()].mean() < 2


def test_lashes_are_dark_and_above_the_margin_only(painted: Painted) -> None:
    contour = painted.contour
    left, top, right, bottom = painted.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    margin = contour.curve(contour.upper, u)
    lash = painted.images.lash
    along = np.abs(u) < 0.3 * contour.width
    assert lash[along & (np.abs(v - margin) < 1)].mean() < 0.6
    assert (lash[v > margin + 0.02 * contour.width] == 1).all()
    assert 0 <= lash.min() <= lash.max() <= 1


def test_the_strength_of_the_lash_line_is_bounded(painted: Painted) -> None:
    contour, strength = painted.contour, painted.images.strength
    middle = np.abs(contour.at) < 0.3 * contour.width
    assert 0.3 < strength[middle].min() <= strength[middle].max() < 0.85
    assert strength[np.abs(contour.at) > 0.8 * contour.width].min() > 0.99


def test_smooth_skin_has_no_grain_and_grainy_skin_has_it(close_up: Pixels, close_face: Face) -> None:
    size = close_up.shape[0], close_up.shape[1]
    smooth = paint(close_face, size, RIGHT, 2)
    assert np.abs(smooth.images.grain)[smooth.images.grain_at > 0.5].mean() < 1
    rng = np.random.default_rng(4)
    noisy = np.clip(smooth.pixels + rng.normal(0, 8, (*size, 1)), 0, 255).astype(np.uint8)
    grainy = lid_images(noisy, np.ones(size, np.float32), smooth.contour, smooth.box, 0.5, no_rim(smooth.box))
    assert 3 < grainy.grain[grainy.grain_at > 0.5].std() < 10
    assert np.abs(grainy.skin - smooth.part(smooth.skin))[smooth.eye()].mean() < 8


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_without_anything_on_it(close_up: Pixels, close_face: Face, alpha: float, value: int) -> None:
    size = close_up.shape[0], close_up.shape[1]
    contour = trace(close_face.landmarks, RIGHT)
    box = paint(close_face, size, RIGHT, 2).box
    images = lid_images(
        np.full((*size, 3), value, np.uint8), np.full(size, alpha, np.float32), contour, box, 0.8, no_rim(box)
    )
    assert all(np.isfinite(image).all() for image in vars(images).values())
    np.testing.assert_allclose(images.skin, max(value, 1), atol=1)


def test_the_table_has_seven_curves(painted: Painted) -> None:
    table = table_of(painted.contour, painted.images.strength)
    assert table.shape == (7, TABLE)
    assert table.dtype == np.float32
    np.testing.assert_allclose(table[0], painted.contour.upper, atol=1e-4)
    with pytest.raises(ValueError, match=r"shape|seven curves"):
        table_of(painted.contour, painted.images.strength[None])
