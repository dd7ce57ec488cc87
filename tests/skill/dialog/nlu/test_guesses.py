"""Guesses: what they may replace, and how likely they have to be."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.classifier import Guess
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.guesses import is_settled, meaning_of, needed, taken_as
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.thresholds import ELSEWHERE, FEW, LEAST, MARGIN, threshold

UNKNOWN = Understood(Intent.UNKNOWN)


def heard(said: str) -> Heard:
    return hear([read(word) for word in said.split()])


def guess(meaning: str, score: float = 0.5) -> Guess:
    return Guess(meaning, score, {meaning: score})


@pytest.mark.parametrize(
    ("said", "understood", "meaning", "expecting"),
    [
        ("не надо удаляй", UNKNOWN, "delete what=all", ""),
        ("почему все удаляете", UNKNOWN, "delete what=all", ""),
        ("отмени все", Understood(Intent.CANCEL), "delete what=all", ""),
        ("вон ту левую", UNKNOWN, "choose face", "face"),
        ("что нибудь такое", UNKNOWN, "gesture", ""),
        ("согласен но если обманете", UNKNOWN, "no", "consent"),
        ("слишком быстро кивает", Understood(Intent.AGAIN, gestures=("nod",)), "thanks", ""),
    ],
)
def test_what_is_denied_agreed_to_or_told_by_words_alone_is_not_replaced(
    said: str, understood: Understood, meaning: str, expecting: str
) -> None:
    assert taken_as(guess(meaning), heard(said), understood, expecting) is None


def test_a_guess_brings_its_slots() -> None:
    phrase = heard("скажи эти знаки заново")
    assert taken_as(guess("send how=repeat"), phrase, UNKNOWN, "") == Understood(Intent.SEND, how="repeat")
    assert taken_as(guess("question topic=keep"), phrase, UNKNOWN, "") == Understood(Intent.CONSENT_TEXT, topic="keep")
    assert taken_as(guess("unknown"), phrase, UNKNOWN, "") == UNKNOWN
    assert taken_as(guess("unknown"), phrase, Understood(Intent.HELP), "") is None


def test_a_guess_has_to_be_likelier_than_what_the_rules_understood() -> None:
    one = Guess("wait", 0.5, {"wait": 0.5, "thanks": 0.3})
    assert needed(UNKNOWN, one, "", 5) == threshold(LEAST, "", "wait")
    assert needed(UNKNOWN, one, "", 1) == max(threshold(LEAST, "", "wait"), threshold(FEW, ""))
    assert needed(Understood(Intent.HELLO), one, "", 5) >= threshold(ELSEWHERE, "")
    over = 0.3 + threshold(MARGIN, "", "thanks")
    assert needed(Understood(Intent.THANKS), one, "", 5) == max(over, threshold(LEAST, "", "wait"))


def test_figures_and_whole_answers_are_settled() -> None:
    for said, understood, expecting in (
        ("два семь пять", UNKNOWN, ""),
        ("нет не согласна", Understood(Intent.NO), "consent"),
        ("ей тридцать", Understood(Intent.APPEAL, age=30), "age"),
    ):
        spoken = [read(word) for word in said.split()]
        assert is_settled(spoken, hear(spoken), understood, expecting)


def test_a_meaning_is_written_as_the_examples_have_it() -> None:
    assert meaning_of(Understood(Intent.CONSENT_TEXT, topic="keep")) == "question topic=keep"
    assert meaning_of(Understood(Intent.SEND, how="repeat", topic="slowly")) == "send how=repeat topic=slowly"
