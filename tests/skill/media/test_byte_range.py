"""Range headers, good and bad."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.media.byte_range import RangeNotSatisfiableError, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-99", range(100)),
        ("bytes=0-", range(100)),
        ("bytes=90-", range(90, 100)),
        ("bytes=90-5000", range(90, 100)),
        ("bytes=-1", range(99, 100)),
        ("bytes=-5000", range(100)),
        ("Bytes= 5-9 ", range(5, 10)),
        # ignored: malformed, another unit, several parts
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes=a-b", None),
        ("bytes=٠-٩", None),
        ("bytes=0-1,3-4", None),
        ("bytes=0-1,", None),
        ("items=0-1", None),
        ("bytes=0-" + "9" * 400, None),
        ("", None),
    ],
)
def test_of_a_hundred_bytes(header: str, expected: range | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)])
def test_outside(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiableError):
        parse_range(header, size)


@given(st.text(alphabet="bytes=-,0123456789 ", max_size=30), st.integers(0, 10**6))
def test_never_more_than_there_is(header: str, size: int) -> None:
    try:
        part = parse_range(header, size)
    except RangeNotSatisfiableError:
        return
    assert part is None or 0 <= part.start < part.stop <= size
