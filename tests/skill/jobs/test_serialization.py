from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.run import Wish
from skill.jobs.model import LARGEST_FACES, Done, Failed, Refusal
from skill.jobs.serialization import dump_wish, end_columns, load_wish

words = st.text(max_size=12)
wishes = st.builds(
    Wish,
    motion=words,
    gestures=st.lists(words, max_size=3).map(tuple),
    seconds=st.floats(2, 6),
    fps=st.sampled_from([25, 30]),
    seed=st.integers(0, 2**40),
    face=st.none() | words,
    formats=st.lists(words, min_size=1, max_size=3).map(tuple),
    long_side=st.integers(64, 4096),
    turn=st.sampled_from([0, 90, 180, 270]),
)


@given(wishes)
def test_a_wish_comes_back_as_it_was(wish: Wish) -> None:
    assert load_wish(dump_wish(wish)) == wish


def test_equal_wishes_are_equal_texts() -> None:
    assert dump_wish(Wish(seconds=4)) == dump_wish(Wish(seconds=4.0))
    assert dump_wish(Wish()) != dump_wish(replace(Wish(), seed=1))


def test_what_another_version_wrote_is_read() -> None:
    assert load_wish('{"seed": 7, "sparkles": true}') == Wish(seed=7)


@pytest.mark.parametrize("value", [{"seed": "7"}, {"gestures": "smile"}, {"gestures": [1]}, {"fps": None}, [], 3])
def test_what_is_no_wish_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="wish"):
        load_wish(json.dumps(value))


def test_an_end_is_stored_as_it_always_was() -> None:
    assert tuple(end_columns(Done((("mp4", "a"), ("jpg", "b")))).values()) == (
        "done",
        "",
        '[["mp4", "a"], ["jpg", "b"]]',
    )
    assert tuple(end_columns(Done((("mp4", "a"),), LARGEST_FACES)).values()) == (
        "done",
        "largest_faces",
        '[["mp4", "a"]]',
    )
    assert tuple(end_columns(Refusal("child", "appeal")).values()) == ("refused", "child.appeal", "[]")
    assert tuple(end_columns(Failed("crashed")).values()) == ("failed", "crashed", "[]")
