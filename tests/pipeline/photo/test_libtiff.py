"""Damaged TIFFs leave no raw line on the standard error."""

from __future__ import annotations

import pytest

from pipeline.errors import Reason
from pipeline.photo.libtiff import silence_libtiff
from tests.pipeline.photo.pictures import picture, reason, saved


def test_a_damaged_tiff_is_refused_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    whole = saved(picture(), "TIFF", compression="tiff_lzw")
    assert reason(whole[:8] + bytes(400) + whole[408:]) is Reason.BROKEN_FILE
    assert capfd.readouterr().err == ""


def test_silence_comes_once_and_hurts_nobody() -> None:
    silence_libtiff()
    silence_libtiff()
    assert reason(saved(picture(), "TIFF", compression="tiff_lzw")) is None
