"""Every story has its names, and what is said of one is understood as this one."""

from __future__ import annotations

import pytest

from pipeline.limits import PRESETS
from pipeline.motion.gesture_wish import parse_gesture
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import LEXICON
from skill.dialog.nlu.question_lexicon import ASKING, SUBJECTS
from skill.dialog.nlu.understand import understand
from skill.gesture_words import GESTURE_WORDS
from skill.story_words import MOVEMENT_WORDS, STORY_NAMES, STORY_WORDS, Movements, lexicon, say_future, split_movements


def test_every_story_has_its_names() -> None:
    assert set(STORY_NAMES) == set(PRESETS)
    assert not set(STORY_WORDS) & set(GESTURE_WORDS)
    assert not set(STORY_WORDS) & {*ASKING, *SUBJECTS}
    assert set(STORY_WORDS) <= set(MOVEMENT_WORDS) <= set(lexicon()) <= set(LEXICON)
    for name, one in STORY_NAMES.items():
        assert one.label[0].isupper() and not (one.words and one.gesture)
        assert one.words or one.gesture or name in PRESETS[:2]
        assert not one.gesture or parse_gesture(one.gesture)


@pytest.mark.parametrize("name", STORY_WORDS)
def test_what_is_said_of_a_story_asks_for_it(name: str) -> None:
    words = STORY_WORDS[name]
    said = (words.imperative, f"пусть {words.future}", f"можешь {words.infinitive}", *words.examples)
    assert {(understand(one).intent, understand(one).gestures) for one in said} == {(Intent.GESTURE, (name,))}
    assert understand(f"оживи фото и пусть {words.future}").gestures == (name,)
    assert not any(name in understand(one).gestures for one in words.counterexamples)
    assert say_future(name) == words.future


@pytest.mark.parametrize("name", ["warmth", "blown-kiss", "wonder"])
def test_a_story_whose_name_is_a_gestures_word_is_that_gesture(name: str) -> None:
    assert understand(f"пусть будет {STORY_NAMES[name].label.lower()}").gestures == (STORY_NAMES[name].gesture,)


def test_gestures_take_a_storys_place() -> None:
    assert split_movements(("tenderness",)) == Movements("tenderness", (), "")
    assert split_movements(("doze", "smile", "wink:left")) == Movements("", ("smile", "wink:left"), "")
    assert split_movements(("doze", "pride")) == Movements("pride", (), "")
    assert (split_movements(()), say_future("dance")) == (Movements("", (), ""), "")


def test_what_somebody_will_do_says_who() -> None:
    said = [say_future(role) for role in ("1@smile", "right-2@wink", "12@tenderness", "1@dance")]
    assert said == ["человек слева улыбнётся", "второй справа подмигнёт", "12 слева посмотрит нежно", ""]


def test_the_camera_moves_beside_gestures_and_stories() -> None:
    assert split_movements(("camera-push", "smile", "camera-drift")) == Movements("", ("smile",), "drift")
    assert split_movements(("camera-push",)).moves_nobody
    assert not any(split_movements(said).moves_nobody for said in ((), ("doze", "camera-push"), ("smile",)))
