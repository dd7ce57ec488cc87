"""Colours are compared by hue and light; shade of one skin stays skin."""

from __future__ import annotations

import numpy as np

from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.skin_colour import SKIN_SHADES, Colour, find_skin, log_colours, scale_landmarks
from pipeline.arrays import Float, Pixels


def patch(colour: tuple[float, float, float], seed: int = 0) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, 4, (30, 30, 3))
    return np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)


def samples(colour: tuple[float, float, float]) -> Float:
    return log_colours(patch(colour)).reshape(-1, 3)


def test_hair_is_far_from_skin_and_shaded_skin_is_near() -> None:
    skin = Colour.measure(samples((205, 150, 125)), SKIN_SHADES)
    assert skin.distance(Colour.measure(samples((40, 30, 25)))) > 5
    assert skin.away(log_colours(patch((185, 135, 112), 1))).mean() < 2.5
    assert skin.away(log_colours(patch((70, 110, 160), 1))).mean() > 6


def test_the_nearer_colour_is_the_likelier() -> None:
    skin, hair = Colour.measure(samples((205, 150, 125)), SKIN_SHADES), Colour.measure(samples((40, 30, 25)))
    strand = log_colours(patch((45, 33, 27), 2))
    assert (hair.log_likelihood(strand) > skin.log_likelihood(strand)).mean() > 0.95


def test_strays_do_not_count() -> None:
    mixed = np.concatenate([samples((205, 150, 125)), samples((20, 20, 20))[:90]])
    np.testing.assert_allclose(Colour.measure(mixed).mean, samples((205, 150, 125)).mean(0), atol=0.05)


def test_skin_is_looked_for_on_the_face(maps: WarpMaps) -> None:
    skin = find_skin(scale_landmarks(maps.head, 1.0), (maps.pixels.shape[0], maps.pixels.shape[1]))
    assert skin.sum() > 0.1 * maps.head.width**2
    assert np.ptp(np.nonzero(skin)[1]) < maps.head.width
