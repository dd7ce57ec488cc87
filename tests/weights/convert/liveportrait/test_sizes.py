"""Widths that follow from others, and sides that can't be halved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from weights.convert.liveportrait.sizes import OFFICIAL


def test_widths_that_follow_from_others() -> None:
    assert (OFFICIAL.grid, OFFICIAL.flat, OFFICIAL.decoded) == (64, 512, 256)


def test_a_side_must_be_halved_often_enough() -> None:
    with pytest.raises(ValueError, match=r"side 192 can't be halved 7 times"):
        replace(OFFICIAL, side=192)
