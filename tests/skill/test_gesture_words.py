"""Every gesture has its words, and every side of it; what is said of one is understood as this one."""

from __future__ import annotations

import pytest

from pipeline.motion.gesture_wish import SPEEDS, GestureWish
from pipeline.motion.gestures import GESTURES
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.understand import understand
from skill.gesture_words import (
    COUNTS,
    GESTURE_WORDS,
    MANNERS,
    SIDES,
    label,
    read_gesture,
    say_future,
    say_imperative,
    say_infinitive,
)  # fmt: skip

EVERY = [
    GestureWish(name, side, count, strength, speed)
    for name, gesture in GESTURES.items()
    for side in ("", *gesture.sides)
    for count in ((1, 2, 3) if gesture.beat else (1,))
    for strength in (1.0, 0.6)
    for speed in ("", *SPEEDS)
]


def test_every_gesture_and_side_has_its_words() -> None:
    assert set(GESTURE_WORDS) == set(GESTURES)
    for name, words in GESTURE_WORDS.items():
        # a shake begins on one side, which nobody asks for by voice
        assert set(words.sides) == set(GESTURES[name].sides) or name == "shake"
        assert set(words.side_expressions) <= set(GESTURES[name].sides)
        assert all(words.sides.values())


def test_every_speed_and_side_can_be_said() -> None:
    assert {manner.speed for manner in MANNERS.values()} == {"", *SPEEDS}
    assert {side for side, _ in SIDES.values()} == {side for gesture in GESTURES.values() for side in gesture.sides}
    assert [int(concept[0]) for concept in COUNTS] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("wish", EVERY, ids=str)
def test_what_is_said_of_a_gesture_asks_for_it(wish: GestureWish) -> None:
    if wish.name == "shake" and wish.side:
        return
    meant = understand(f"пусть {say_future(wish).replace('на вас', 'на меня')}")
    assert (meant.intent, meant.gestures) == (Intent.GESTURE, (str(wish),))


@pytest.mark.parametrize("name", GESTURES)
def test_the_imperative_and_the_infinitive_ask_for_it(name: str) -> None:
    for said in (say_imperative(name), f"можешь {say_infinitive(GestureWish(name))}"):
        assert (understand(said).intent, understand(said).gestures) == (Intent.GESTURE, (name,))
    assert label(name)[0].isupper()


def test_what_is_said() -> None:
    assert say_future(GestureWish("wink", "left", 2, 0.6, "slow")) == "медленно чуть-чуть дважды подмигнёт левым глазом"
    assert say_infinitive(GestureWish("turn", "left")) == "повернуть голову налево"
    assert say_future(GestureWish("look", "viewer")) == "посмотрит на вас"
    assert (label("look"), label("smile")) == ("Взгляд в сторону", "Лёгкая улыбка")


def test_a_gesture_that_there_is_not_is_none() -> None:
    assert read_gesture("dance") is None
    assert read_gesture("turn-left") == GestureWish("turn", "left")
