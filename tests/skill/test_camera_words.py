"""Each way of the camera is asked for by its words, alone and beside a gesture, and never for the phone's camera."""

from __future__ import annotations

import pytest

from pipeline.limits import CAMERAS
from skill.camera_words import CAMERA_WORDS, camera_of
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.understand import understand
from skill.story_words import say_future


def test_every_way_has_its_words() -> None:
    assert [camera_of(name) for name in CAMERA_WORDS] == list(CAMERAS)
    assert (camera_of("push"), camera_of("smile"), camera_of("camera-handheld")) == ("", "", "")


@pytest.mark.parametrize("name", CAMERA_WORDS)
def test_what_is_said_of_a_way_asks_for_it(name: str) -> None:
    words = CAMERA_WORDS[name]
    said = (words.imperative, f"пусть {words.future}", f"можешь {words.infinitive}", *words.examples)
    assert {(understand(one).intent, understand(one).gestures) for one in said} == {(Intent.GESTURE, (name,))}
    assert understand(f"оживи фото и {words.imperative}").gestures == (name,)
    assert understand(f"улыбнись и {words.imperative}").gestures == ("smile", name)
    assert not any(name in understand(one).gestures for one in words.counterexamples)
    assert say_future(name) == words.future


@pytest.mark.parametrize("phone", ["зачем вам моя камера", "разреши камеру", "включить камеру"])
def test_the_phones_camera_is_another_one(phone: str) -> None:
    assert not understand(phone).gestures
