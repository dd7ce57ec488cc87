"""Sizes of a picture at the limits of a photo and beyond."""

from __future__ import annotations

import pytest

from pipeline.errors import Reason
from pipeline.photo.cost.size import check_size
from tests.pipeline.photo.cost.files import outcome


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1, 1), None),
        ((7_000, 7_000), None),
        ((65_535, 1), None),
        ((65_536, 1), Reason.TOO_LARGE),
        ((7_072, 7_072), Reason.TOO_LARGE),
        ((0, 9), Reason.BROKEN_FILE),
        ((9, -1), Reason.BROKEN_FILE),
    ],
)
def test_a_size_and_its_reason(size: tuple[int, int], expected: Reason | None) -> None:
    assert outcome(lambda _: check_size(size), b"") is expected
