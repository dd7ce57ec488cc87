"""The plan of bands: enough pixels are left, a band is bounded, and what is laid together is the whole."""

from __future__ import annotations

import pytest
from PIL import Image

from pipeline.errors import PhotoError, Reason
from pipeline.limits import MAX_WHOLE_PIXELS
from pipeline.photo.bands import BAND_PIXELS, find_factor, plan_bands, put_together
from tests.pipeline.photo.pictures import picture


@pytest.mark.parametrize("size", [(18_000, 13_880), (7_100, 7_100), (65_000, 3_800), (1_000, 65_000)])
@pytest.mark.parametrize("long_side", [64, 2560, 8192])
def test_twice_the_side_is_left_where_memory_allows(size: tuple[int, int], long_side: int) -> None:
    factor, pixels = find_factor(size, long_side), size[0] * size[1]
    assert pixels <= factor**2 * MAX_WHOLE_PIXELS
    more_would_not_fit = pixels > (factor - 1) ** 2 * MAX_WHOLE_PIXELS
    assert factor == 2 or max(size) >= 2 * factor * long_side or more_would_not_fit


@pytest.mark.parametrize("unit", [1, 16, 500])
def test_a_band_has_whole_pieces_and_whole_pixels(unit: int) -> None:
    plan = plan_bands((18_000, 13_880), 3, unit)
    assert plan.rows % unit == plan.rows % 3 == 0
    assert 18_000 * plan.rows <= max(BAND_PIXELS, 18_000 * 3 * unit)


def test_pieces_without_a_bound_are_refused() -> None:
    with pytest.raises(PhotoError) as caught:
        plan_bands((10_000, 9_000), 2, 9_000)
    assert caught.value.reason is Reason.TOO_LARGE


def test_bands_are_the_whole() -> None:
    whole = Image.fromarray(picture(121, 83))
    bands = [whole.crop((0, top, 121, min(top + 12, 83))) for top in range(0, 83, 12)]
    assert put_together(bands, whole.size, 4).tobytes() == whole.reduce(4).tobytes()
    with pytest.raises(PhotoError) as caught:
        put_together(bands[:-1], whole.size, 4)
    assert caught.value.reason is Reason.BROKEN_FILE
