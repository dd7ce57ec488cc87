"""Details go to the gesture that they are said of."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.gesture_reader import Span, plain, read_gestures


def spans(*clauses: str) -> list[Span]:
    """A span for each word, which is a concept; a clause for each text."""
    return [Span(frozenset({word}), number) for number, text in enumerate(clauses) for word in text.split()]


@pytest.mark.parametrize(
    ("said", "gestures"),
    [
        (spans("nod"), ("nod",)),
        (spans("unhurried nod"), ("nod:slow",)),
        (spans("nod unhurried smile"), ("nod:slow", "smile")),
        (spans("slightly smile", "unhurried nod"), ("smile:0.6", "nod:slow")),
        (spans("turn to-left", "to-right"), ("turn:left", "turn:right")),
        (spans("unhurried turn to-left", "to-right"), ("turn:left:slow", "turn:right:slow")),
        (spans("slightly", "nod"), ("nod:0.6",)),
        (spans("not.wink left-eye wink right-eye"), ("wink:right",)),
        (spans("smile 2-times to-left"), ("smile",)),
        (spans("2-times wink left-eye"), ("wink:left:2",)),
        (spans("nod", "nod"), ("nod",)),
        (spans("blink left-eye"), ("wink:left",)),
        (spans("right-eye blink", "blink"), ("wink:right", "blink")),
        (spans("close-eyes left-eye", "blink"), ("wink:left", "blink")),
        (spans("to-left", "2-times"), ()),
        (spans("2-times blink 1-times nod"), ("blink:2", "nod")),
        (spans("nod 2-times blink 3-times"), ("nod:2", "blink:3")),
        ([*spans("unhurried look"), Span(frozenset({"look", "look-left"}), 0)], ("look:left:slow",)),
        (spans("turn turn to-left to-right"), ("turn:left", "turn:right")),
        (spans("smile", "said-first nod"), ("nod", "smile")),
        (spans("said-first smile", "nod"), ("smile", "nod")),
        (spans("said-after smile nod wink"), ("nod", "smile", "wink")),
        (spans("nod said-after smile"), ("nod", "smile")),
        ([], ()),
    ],
)
def test_details_belong_to_a_gesture(said: list[Span], gestures: tuple[str, ...]) -> None:
    assert read_gestures(said) == gestures


def test_a_complaint_is_about_the_movement_alone() -> None:
    assert plain(("wink:left:2:0.6:slow", "nod")) == ("wink:left:2", "nod")
    assert plain(("blink:fast", "blink")) == ("blink",)
