"""BMPs in runs, which are unpacked slowly, and small ones."""

from __future__ import annotations

import pytest

from pipeline.errors import Reason
from tests.pipeline.photo.cost.files import run_length_bmp
from tests.pipeline.photo.pictures import picture, reason, saved

ROW = b"\xff\x09" * 3 + b"\x23\x09" + b"\0\0"  # 800 pixels
HOSTILE = {
    "rows filled up": run_length_bmp(65_535, 760, b"\1\0\0\0" * 800),
    "a large picture": run_length_bmp(7_000, 7_000, b"\0\1"),
    "runs that draw nothing": run_length_bmp(800, 600, b"\xff\x09" * 3 * 2**20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_large_ones_in_runs_are_too_large(name: str) -> None:
    assert reason(HOSTILE[name]) is Reason.TOO_LARGE


def test_others_pass() -> None:
    assert reason(run_length_bmp(800, 600, ROW * 600 + b"\0\1")) is None
    assert reason(saved(picture(3_000, 2_500), "BMP")) is None
    assert reason(b"BM" + bytes(12) + b"\x0c\0\0\0" + bytes(8)) is Reason.BROKEN_FILE
