"""The texts themselves."""

from __future__ import annotations

import re
import string
from itertools import pairwise

import pytest

from pipeline.errors import Reason
from skill.dialog.nlg.phrase_book import PHRASES, Voice
from skill.dialog.nlg.phrases.results import SPOKEN_ADVICE
from skill.dialog.nlg.respond import SPEECHES
from skill.dialog.nlg.results import words
from skill.dialog.nlg.stress import stressed
from skill.dialog.policy.decision import ResponseKind
from skill.jobs.model import Refusal

EVERY = pytest.mark.parametrize("key", sorted(PHRASES))


@EVERY
def test_a_phrase_has_variants_that_differ(key: str) -> None:
    variants = PHRASES[key]
    assert len(variants) >= 2
    assert len(set(variants)) == len(variants)


@EVERY
def test_variants_have_the_same_values_in_them(key: str) -> None:
    names = [{name for _, name, _, _ in string.Formatter().parse(one) if name} - {"pause"} for one in PHRASES[key]]
    assert all(one == names[0] for one in names)


@EVERY
def test_a_phrase_is_good_russian_to_look_at(key: str) -> None:
    for variant in PHRASES[key]:
        assert "+" not in variant
        assert not re.search(r" - |–", variant), "a dash is —"
        assert '"' not in variant
        assert not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", variant))
        assert not re.search(r" {2,}| [,.!?]", variant)
        assert variant.count("«") == variant.count("»")


@EVERY
def test_no_officialese(key: str) -> None:
    bad = r"данн(ый|ая|ое)|осуществ|является|в целях|необходимо|произвед|обработк|пользовател|сервис|некоррект"
    for variant in PHRASES[key]:
        assert not re.search(bad, variant.lower())


def test_every_kind_can_be_spoken() -> None:
    assert set(SPEECHES) == set(ResponseKind)


def test_marks_stand_before_vowels() -> None:
    for variants in PHRASES.values():
        for variant in variants:
            assert not re.search(r"\+(?![аеёиоуыэюяАЕЁИОУЫЭЮЯ])", stressed(variant))


def test_a_variant_follows_from_session_turn_and_phrase() -> None:
    assert Voice("session", 1).say("bye") == Voice("session", 1).say("bye")
    texts = [Voice("session", number).say("bye").text for number in range(6)]
    assert all(one != other for one, other in pairwise(texts))
    assert len({Voice(f"session {at}", 0).say("bye").text for at in range(20)}) > 1


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_can_be_spoken(reason: Reason) -> None:
    for cause in ("", "some_cause"):
        sentence, advice = words(Refusal(reason, cause))
        assert sentence.text.endswith(".")
        assert not re.search(r"[0-9A-Za-z]", sentence.tts + advice.tts)


def test_spoken_advice_is_of_real_reasons() -> None:
    assert set(SPOKEN_ADVICE) <= {reason.value for reason in Reason}


def test_stress_is_marked_whatever_the_capitals() -> None:
    assert stressed("Оживи фото, а потом спросите.") == "Ожив+и ф+ото, а пот+ом спрос+ите."
    assert stressed("Живой портрет") == "Живой портрет"
