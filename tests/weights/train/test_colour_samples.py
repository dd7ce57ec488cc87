"""Training pictures of the colour net: the view, the colour and the masks are of the same place."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.colour_samples import COLOUR_SIDE, SIDE, Chips, draw_batch

RED, BLUE = (200, 60, 60), (60, 60, 200)


@pytest.fixture
def chips() -> Chips:
    """One chip: skin that is red at the left, a blue wall at the right, and a plane with its middle on the border."""
    pixels = np.full((1, 144, 144, 3), BLUE, np.uint8)
    pixels[:, :, :72] = RED
    parts = np.zeros((1, 144, 144, 5), np.uint8)
    parts[:, :, :72, [0, 4]] = 255
    plane = np.array([[[1 / 72, 0, -71.5 / 72], [0, 1 / 72, -71.5 / 72]]], np.float32)
    return Chips(pixels, parts, plane)


def test_a_picture_comes_from_its_seed_alone(chips: Chips) -> None:
    drawn = [draw_batch(np.random.default_rng(seed), chips, np.zeros(4, np.int64)) for seed in (1, 1, 2)]
    assert drawn[0].views.shape == (4, 8, SIDE, SIDE)
    assert drawn[0].colours.shape == (4, 2, COLOUR_SIDE, COLOUR_SIDE)
    assert drawn[0].weights.shape == drawn[0].skins.shape == (4, COLOUR_SIDE, COLOUR_SIDE)
    assert all(part.dtype == np.float32 for part in drawn[0])
    assert all(np.array_equal(one, other) for one, other in zip(drawn[0], drawn[1], strict=True))
    assert not np.array_equal(drawn[0].views, drawn[2].views)


def test_colour_masks_and_places_stay_together(chips: Chips) -> None:
    batch = draw_batch(np.random.default_rng(3), chips, np.zeros(24, np.int64))
    assert ((batch.views >= -1) & (batch.views <= 1)).all()
    assert set(np.sign(batch.views[:, 6, 40, 90]).tolist()) == {1.0}  # across grows to the right, mirrored or not
    mirrored = 0
    for colours, skins in zip(batch.colours, batch.skins, strict=True):
        assert (colours[1][skins > 0.99] > 10).all()  # the red half
        assert (colours[1][skins < 0.01] < -10).all()  # the blue half
        mirrored += skins[:, :12].mean() < skins[:, -12:].mean()
    assert 0 < mirrored < 24


def test_the_view_has_no_colour_to_look_at(chips: Chips) -> None:
    """Red and blue of one lightness look alike but for the film."""
    grey = np.full_like(chips.pixels, 120)
    views = [draw_batch(np.random.default_rng(5), chips._replace(pixels=pixels), np.zeros(6, np.int64)).views
             for pixels in (grey, np.full_like(grey, (120, 120, 120)))]  # fmt: skip
    assert np.array_equal(*views)
