"""The spelling of a gesture: what is written is read again, what makes no sense is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import MotionError
from pipeline.motion.gesture_wish import GestureWish, parse_gesture, parse_gestures, spell_pattern
from tests.pipeline.motion.measures import gesture_wishes


@given(gesture_wishes)
def test_what_is_written_is_read_again(wish: GestureWish) -> None:
    assert parse_gesture(str(wish)) == wish
    assert re.fullmatch(spell_pattern(), str(wish))


@given(st.from_regex(spell_pattern(), fullmatch=True))
def test_what_the_pattern_allows_is_read(text: str) -> None:
    assert parse_gesture(str(parse_gesture(text))) == parse_gesture(text)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("shake", GestureWish("shake")),
        ("wink:left:0.7", GestureWish("wink", "left", strength=0.7)),
        ("wink:0.7:left", GestureWish("wink", "left", strength=0.7)),
        ("blink:2", GestureWish("blink", count=2)),
        ("nod:2:slow", GestureWish("nod", count=2, speed="slow")),
        ("look:viewer", GestureWish("look", "viewer")),
        ("turn-left", GestureWish("turn", "left")),
        ("turn-right:slow", GestureWish("turn", "right", speed="slow")),
        ("smile:1.0", GestureWish("smile")),
    ],
)
def test_a_gesture_is_read(text: str, wish: GestureWish) -> None:
    assert parse_gesture(text) == wish


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("moonwalk", "smile, wink"),
        ("", "there are"),
        ("wink:up", "left, right"),
        ("smile:2", "strength"),
        ("blink:6", "1 … 5 times"),
        ("blink:0", "1 … 5 times"),
        ("nod:9.9", "0.3 … 1.4"),
        ("nod:nan", "slow, fast"),
        ("nod:", "slow, fast"),
        ("nod-left", "no gesture"),
    ],
)
def test_an_error_says_what_there_is(text: str, hint: str) -> None:
    with pytest.raises(MotionError, match=hint):
        parse_gesture(text)


def test_a_repetition_is_left_out() -> None:
    assert [str(wish) for wish in parse_gestures(("turn:left", "smile", "turn-left", "turn:right"))] == [
        "turn:left", "smile", "turn:right",
    ]  # fmt: skip
