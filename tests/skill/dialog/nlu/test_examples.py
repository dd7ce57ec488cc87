"""The examples: each stands once, in order, under a meaning that there is."""

from __future__ import annotations

from collections import Counter

from skill.dialog.nlu.classifier import SETTINGS
from skill.dialog.nlu.examples import examples
from skill.dialog.nlu.intents import Intent
from tests.skill.dialog.nlu.intent_topics import INTENT_TOPICS


def test_examples_are_many_in_order_and_each_stands_once() -> None:
    found = examples()
    assert len(found) >= 5500
    assert list(found) == sorted(found)
    twice = Counter((one.setting, one.text) for one in found)
    assert [said for said, times in twice.items() if times > 1] == []


def test_every_meaning_is_one_that_a_phrase_may_have() -> None:
    for one in examples():
        intent, *slots = one.meaning.split()
        named = dict(slot.split("=") for slot in slots)
        topics = INTENT_TOPICS[Intent(intent)] | INTENT_TOPICS[Intent.CONSENT_TEXT]
        assert named.keys() <= {"topic", "how", "what"}
        assert named.get("topic", "") in topics
        assert one.setting in SETTINGS


def test_examples_are_written_as_they_are_spoken() -> None:
    assert [one.text for one in examples() if one.text != one.text.lower().strip() or not one.text] == []
