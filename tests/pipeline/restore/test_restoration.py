"""Restoration: what is damaged comes nearer to the truth, and a good photo stays as it is, bit by bit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.faces.finder import FaceFinder
from pipeline.restore.restoration import Damage, measure_damage, restore_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore
from weights.train import damage


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    picture = cv2.imdecode(np.frombuffer(astronaut(), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(cv2.resize(picture[..., ::-1], (256, 256), interpolation=cv2.INTER_AREA))


def signal(picture: Pixels, truth: Pixels) -> float:
    """PSNR in dB."""
    return 10 * np.log10(255**2 / np.mean((picture.astype(float) - truth) ** 2))


def test_good_photos_stay_as_they_are_bit_by_bit(portrait: Pixels) -> None:
    for good in (portrait, damage.to_grayscale(portrait), damage.to_sepia(portrait), portrait[::-1, :200]):
        restored = restore_photo(good, "auto")
        assert restored.parts == ()
        assert restored.pixels is good


def test_what_is_off_or_not_needed_is_not_done(portrait: Pixels) -> None:
    assert restore_photo(portrait, "off").pixels is portrait
    assert restore_photo(np.full((50, 60, 3), 128, np.uint8), "denoise").parts == ()


def test_a_faded_photo_gets_its_tones_back(portrait: Pixels) -> None:
    faded = damage.fade(portrait, 0.45, 0.6)
    restored = restore_photo(faded, "auto")
    assert restored.parts == ("tone",)
    assert signal(restored.pixels, portrait) > signal(faded, portrait) + 4  # dB


def test_heavy_grain_is_made_calmer_and_some_is_left(portrait: Pixels) -> None:
    grainy = damage.add_grain(portrait, np.random.default_rng(0), 30.0, 0.6)
    restored = restore_photo(grainy, "auto")
    assert restored.parts == ("denoise",)
    assert signal(restored.pixels, portrait) > signal(grainy, portrait) + 2  # dB


def test_the_grain_of_a_faded_photo_is_made_calmer_before_its_tones_show_it(portrait: Pixels) -> None:
    head = np.asarray(cv2.resize(portrait[20:110, 67:157], (480, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
    truth = damage.to_grayscale(head)
    faded = damage.fade(truth, 0.42)
    grainy = damage.add_grain(faded, np.random.default_rng(0), 6.0, 0.3)
    restored, toned = restore_photo(grainy, "auto"), restore_photo(grainy, "tone")
    assert restored.parts == ("denoise", "tone") and restore_photo(faded, "auto").parts == ("tone",)
    assert signal(restored.pixels, truth) > signal(toned.pixels, truth) + 1  # dB


def test_both_are_done_where_both_are_asked_for(portrait: Pixels) -> None:
    assert restore_photo(damage.add_noise(portrait, np.random.default_rng(0), 8), "tone, denoise").parts == (
        "denoise",
        "tone",
    )


def test_colour_is_for_photos_of_people_that_have_none_and_never_unasked(
    portrait: Pixels, built_weights: WeightStore
) -> None:
    runtime = Runtime(built_weights.path)
    faces, grey = FaceFinder(runtime).find(portrait), damage.to_grayscale(portrait)
    for photo, people, models in ((portrait, faces, runtime), (grey, (), runtime), (grey, faces, None)):
        restored = restore_photo(photo, "colour", people, models)
        assert restored.parts == () and restored.pixels is photo
    assert restore_photo(grey, "auto", faces, runtime).pixels is grey
    coloured = restore_photo(grey, "colour", faces, runtime)
    assert coloured.parts == ("colour",)
    assert signal(coloured.pixels, portrait) > signal(grey, portrait)


def test_the_measure_names_what_auto_would_do(portrait: Pixels) -> None:
    assert measure_damage(Damage(portrait)) == ()
    assert measure_damage(Damage(damage.fade(portrait, 0.45, 0.6))) == ("tone",)


def test_a_part_that_is_named_is_done_beside_what_is_measured(portrait: Pixels) -> None:
    assert restore_photo(portrait, "auto,tone").parts == ("tone",)
