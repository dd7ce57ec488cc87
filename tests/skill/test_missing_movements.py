"""Movements that can't be made: each is understood, named, and answered with a gesture that there is."""

from __future__ import annotations

import pytest

from skill.dialog.nlg.phrases.results import MOVEMENTS, PHRASES
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.understand import understand
from skill.gesture_words import read_gesture, say_infinitive
from skill.missing_movements import MISSING
from skill.story_words import MOVEMENT_WORDS


@pytest.mark.parametrize("name", MISSING)
def test_the_nearest_movement_is_one_that_there_is(name: str) -> None:
    wish = read_gesture(MISSING[name].nearest)
    assert wish is not None
    for sentence in PHRASES["cannot"]:
        said = sentence.format(what=MOVEMENTS[name], instead=say_infinitive(wish), offer=say_infinitive(wish))
        assert len(said) <= 120


def test_no_name_is_that_of_a_movement_which_can_be_made() -> None:
    assert not MISSING.keys() & MOVEMENT_WORDS.keys()


@pytest.mark.parametrize(
    ("said", "movement"),
    [("надуй щёки", "cheeks"), ("покажи зубы", "teeth"), ("подними руку", "hands"), ("пусть дедушка зевнёт", "yawn")],
)
def test_words_of_other_things_do_not_hide_a_movement(said: str, movement: str) -> None:
    meant = understand(said)
    assert (meant.intent, meant.topic) == (Intent.UNSUPPORTED, movement)


@pytest.mark.parametrize(
    "said", ["меня надули, верните деньги", "почему у неё чужие зубы", "рука болит", "я испугалась"]
)
def test_words_of_a_movement_do_not_hide_other_things(said: str) -> None:
    assert understand(said).intent is not Intent.UNSUPPORTED
