"""Wishes for a restoration: read in any order, kept in one."""

from __future__ import annotations

import pytest

from pipeline.errors import MotionError
from pipeline.restore.wish import parse_restore, spell_restore


def test_wishes_are_read() -> None:
    assert parse_restore("off") == ()
    assert parse_restore("auto") == ("auto",)
    assert parse_restore("tone, denoise,tone") == ("denoise", "tone")
    assert parse_restore("tone,Auto") == ("auto", "tone")


def test_one_meaning_has_one_spelling() -> None:
    assert [spell_restore(text) for text in ("off", "tone, denoise", "denoise,tone")] == ["off", *["denoise,tone"] * 2]


@pytest.mark.parametrize("wrong", ["", "magic", "auto,magic", "off,tone", "off,auto"])
def test_other_wishes_are_refused(wrong: str) -> None:
    with pytest.raises(MotionError, match="restore is some of"):
        parse_restore(wrong)
