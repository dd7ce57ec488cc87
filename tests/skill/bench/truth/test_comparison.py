"""A film of our own is rendered again nearly as it was; another face's film is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.runtime import Runtime
from skill.bench.truth.comparison import Comparison, compare_footage
from skill.bench.truth.footage import Footage
from skill.bench.truth.parts import PARTS

SHUT, WINK, SMILE, BROW, TURN = 4, 5, 6, 7, 8


def test_our_own_film_comes_back(comparisons: dict[int, Comparison]) -> None:
    assert len(comparisons) == 10
    for index, one in comparisons.items():
        assert set(one.errors) == set(PARTS)
        # a raised brow is read as a bowed head, too
        assert one.errors["face"] < (8.0 if index in (TURN, BROW) else 6.0)
    # a line of lashes as dark as a real one, read a pixel away from its place, counts for more than a pale one
    assert comparisons[SHUT].errors["lids"] < 13.5


def test_a_film_whose_lids_stand_still_is_far_from_a_blink(
    footage: Footage, comparisons: dict[int, Comparison], runtime: Runtime
) -> None:
    """The real frames of the blink are put in place of our own curves' ground: open eyes against shut ones."""
    shut = footage.frames[SHUT]
    open_eyes = replace(
        footage,
        frames=(*footage.frames[:SHUT], shut, *footage.frames[SHUT + 1 :]),
        expressions=(
            *footage.expressions[:SHUT],
            footage.expressions[footage.neutral],
            *footage.expressions[SHUT + 1 :],
        ),
    )
    (wrong,) = [one for one in compare_footage(open_eyes, runtime, every=4) if one.frame == SHUT]
    assert max(eye.error for eye in wrong.eyes) > 2.0 * max(eye.error for eye in comparisons[SHUT].eyes)


def test_only_shut_eyes_have_a_shut_lid(comparisons: dict[int, Comparison]) -> None:
    for eye in comparisons[SHUT].eyes:
        assert eye.ours is not None
        assert eye.real is not None
        np.testing.assert_allclose(eye.ours.line, eye.real.line, atol=0.05)
    right, left = comparisons[WINK].eyes
    assert right.ours is None
    assert left.ours is not None or left.blink < 0.85
    assert all(eye.ours is None for eye in comparisons[SMILE].eyes)


def test_sizes_say_what_changed(comparisons: dict[int, Comparison]) -> None:
    assert comparisons[SHUT].sizes["lids"] > 0.8
    assert comparisons[SMILE].sizes["mouth"] > comparisons[SHUT].sizes["mouth"]
    assert comparisons[SHUT].sizes["face"] >= comparisons[SHUT].sizes["lids"]


def test_the_three_pictures_have_one_size(comparisons: dict[int, Comparison]) -> None:
    for one in comparisons.values():
        photo, ours, real = one.pictures
        assert photo.shape == ours.shape == real.shape
        assert photo.shape[2] == 3
