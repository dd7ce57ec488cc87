"""Questions about the skill, changes of its video, and commands that have the same words."""

from __future__ import annotations

from collections import Counter

import pytest

from skill.dialog.nlu import guesses
from skill.dialog.nlu.classifier import Guess
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import LEXICON
from skill.dialog.nlu.phrase_reader import read_phrase
from skill.dialog.nlu.question_lexicon import ASKING, SUBJECTS
from skill.dialog.nlu.questions import CHANGES, TOPICS, TRUST, UNTAUGHT
from skill.dialog.nlu.rule_index import terms
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.topic_rules import RULES
from skill.dialog.nlu.understand import understand
from tests.skill.dialog.nlu.phrase_tables import encode_ahead, table, understood

PHRASES = table("questions.tsv")
GRAVE = (Stake.CONSENT, Stake.DELETION, Stake.OWNER, Stake.AGE)


@pytest.fixture(autouse=True, scope="module")
def known_vectors() -> None:
    encode_ahead([phrase.text for phrase in PHRASES])


def test_every_question_is_understood() -> None:
    otherwise = [f"{phrase}: {meant}" for phrase, meant in understood(PHRASES, expecting="") if meant != phrase.meant]
    assert otherwise == []


@pytest.mark.parametrize("number", range(len(GRAVE)))
def test_a_question_is_no_answer_to_another_one(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked, nobody has agreed to anything by it. What a question is like, which is never a yes by itself,
    is looked up after one of the questions for each."""
    asked, stake = [phrase.text for phrase in PHRASES if phrase.meant.topic], GRAVE[number]
    alike = asked[number :: len(GRAVE)]
    taken = [text for text in alike if understand(text, expecting=stake).intent is Intent.YES]
    monkeypatch.setattr("skill.dialog.nlu.understand._read", read_phrase)  # nothing of it is remembered
    monkeypatch.setattr(guesses, "classify", lambda *_phrase: Guess("", 0.0, {}))
    taken += [text for text in asked if understand(text, expecting=stake).intent is Intent.YES]
    assert taken == []


def test_most_questions_are_heard_as_such_at_the_rules() -> None:
    asked = [phrase for phrase in PHRASES if phrase.meant.intent is Intent.QUESTION]
    heard = [phrase for phrase in asked if understand(phrase.text, expecting="consent") == phrase.meant]
    assert len(heard) >= 0.95 * len(asked)


def test_the_table_is_large_and_has_every_topic() -> None:
    assert len({phrase.text for phrase in PHRASES}) == len(PHRASES) >= 400
    counted = Counter(phrase.meant.topic for phrase in PHRASES)
    assert {topic for topic in TOPICS | UNTAUGHT | TRUST | CHANGES if counted[topic] < 2} == set()


FILLERS = ("алиса {}", "ну {}", "а вот {}", "скажи пожалуйста {}", "{} а", "слушай а {}")


@pytest.mark.parametrize("filler", FILLERS)
def test_fillers_change_no_topic(filler: str) -> None:
    """Each question with two of them."""
    asked = [phrase for phrase in PHRASES if phrase.meant.intent is Intent.QUESTION][FILLERS.index(filler) % 3 :: 3]
    heard = understood(asked, expecting="", form=filler)
    other = [phrase.text for phrase, meant in heard if meant.topic != phrase.meant.topic]
    assert len(other) <= 0.08 * len(asked), other


def test_rules_know_their_concepts() -> None:
    assert not LEXICON.keys() & {*ASKING, *SUBJECTS}
    assert not ASKING.keys() & SUBJECTS.keys()
    named = {concept for rule in RULES for group in terms(rule.needs)[0] for concept in group}
    bare = {name.removeprefix("not.").partition(".")[0] for name in named}
    assert bare <= {*LEXICON, *ASKING, *SUBJECTS, "whom", "number", "ordinal", "minor-age", "several", "live"}
