"""Rows of a group: found where they are clear, and none where people only differ in height."""

from __future__ import annotations

import pytest

from skill.web.face_rows import number_rows
from skill.web.schemas import FaceView

HIGH, LOW = (0.10, 0.12, 0.14, 0.11), (0.50, 0.48, 0.53)


def rows_of(middles: tuple[float, ...], height: float = 0.2) -> list[int]:
    faces = [
        FaceView(number=n, left=n / 10, top=middle - height / 2, width=0.05, height=height)
        for n, middle in enumerate(middles, start=1)
    ]
    number_rows(faces)
    return [face.row for face in faces]


@pytest.mark.parametrize(
    ("middles", "rows"),
    [
        ((*HIGH, *LOW), [1, 1, 1, 1, 2, 2, 2]),
        ((0.5, 0.1, 0.53, 0.12, 0.9, 0.88), [2, 1, 2, 1, 3, 3]),  # whoever is found first
        ((0.2, 0.25, 0.3, 0.22, 0.28, 0.31, 0.26), [1] * 7),  # tall and small people in one row
        ((*HIGH, *LOW, 0.9), [1] * 8),  # one alone before them all: no rows
        ((0.1, 0.1, 0.5, 0.5), [1] * 4),  # of four people each is found at once
        ((), []),
    ],
)
def test_rows_are_counted_from_above(middles: tuple[float, ...], rows: list[int]) -> None:
    assert rows_of(middles) == rows
