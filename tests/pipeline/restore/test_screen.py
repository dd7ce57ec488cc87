"""The screen of a print: found at any angle and pitch, never on a photo, and gone afterwards."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Pixels
from pipeline.restore.grain import calm_grain
from pipeline.restore.restoration import Damage, measure_damage, restore_photo
from pipeline.restore.screen import find_screen, remove_screen
from weights.train import damage


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return np.asarray(data.astronaut(), np.uint8)


def psnr(one: Pixels, other: Pixels) -> float:
    return float(cv2.PSNR(one, other))


@pytest.mark.parametrize("cell", [1.2, 2.0, 4.0])
@pytest.mark.parametrize("turn", [0.26, 0.785])
def test_a_screen_is_found_with_its_pitch(photo: Pixels, cell: float, turn: float) -> None:
    printed = damage.compress_jpeg(damage.imitate_halftone(photo, cell, turn), 85)
    screen = find_screen(printed)
    assert screen is not None
    assert 1 / screen.frequency == pytest.approx(cell * 512 / 200, rel=0.06)


@pytest.mark.parametrize("name", ["clean", "grain 15", "white noise", "small", "blur", "scratches"])
def test_other_damage_has_no_screen(photo: Pixels, name: str) -> None:
    assert find_screen(damage.DAMAGES[name](photo, np.random.default_rng(3))) is None


def test_a_pattern_on_a_part_of_the_photo_is_no_screen(photo: Pixels) -> None:
    patterned = photo.copy()
    patterned[300:, 100:400] = damage.imitate_halftone(photo, 2.0)[300:, 100:400]
    assert find_screen(patterned) is None
    assert find_screen(photo[:100, :100]) is None  # too small to tell


def test_the_dots_go_and_the_picture_stays(photo: Pixels) -> None:
    grey = damage.to_grayscale(photo).astype(np.float32)
    truth = np.clip(25 + 205 * grey / 255, 0, 255).astype(np.uint8)  # the ink and the paper of the imitation
    printed = damage.imitate_halftone(photo, 1.2)
    screen = find_screen(printed)
    assert screen is not None
    clean = remove_screen(printed, screen)
    assert psnr(clean, truth) > psnr(printed, truth) + 1.5
    assert psnr(clean, truth) > psnr(calm_grain(printed), truth) + 0.8
    assert find_screen(clean) is None


def test_a_print_is_cleaned_unasked_and_a_photo_is_not(photo: Pixels) -> None:
    printed = damage.imitate_halftone(photo, 1.2)
    assert "denoise" in measure_damage(Damage(printed))
    restored = restore_photo(printed, "auto")
    assert "denoise" in restored.parts and find_screen(restored.pixels) is None
    assert restore_photo(photo, "auto").pixels is photo
