"""Rules by their concepts: all that may fit are found, in their order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import read, split_words
from skill.dialog.nlu.questions import concepts_of
from skill.dialog.nlu.rule_index import RuleIndex, terms
from skill.dialog.nlu.rules import RULES
from skill.dialog.nlu.topic_rules import RULES as TOPIC_RULES
from tests.skill.dialog.nlu.phrase_tables import table


@dataclass(frozen=True)
class Rule:
    needs: str


def test_a_rule_is_found_by_each_concept_of_its_rarest_need() -> None:
    rules = [Rule("photo old/torn -delete"), Rule("photo"), Rule("photo animate")]
    index = RuleIndex(rules)
    assert list(index.candidates(frozenset({"torn"}))) == rules[:1]
    assert list(index.candidates(frozenset({"photo", "old", "animate"}))) == rules
    assert list(index.candidates(frozenset({"delete"}))) == list(index.candidates(frozenset())) == []


@pytest.mark.parametrize("rules", [RULES, TOPIC_RULES], ids=["intents", "topics"])
def test_no_rule_that_fits_is_passed_over(rules: tuple[Rule, ...]) -> None:
    index = RuleIndex(rules)
    for phrase in table("questions.tsv")[::10] + table("phrases.tsv")[::10]:
        words = [read(word) for word in correct(split_words(phrase.text))]
        concepts = hear(words).concepts | concepts_of(words)
        fitting = [rule for rule in rules if all(group & concepts for group in terms(rule.needs)[0])]
        found = [rule for rule in index.candidates(concepts) if rule in fitting]
        assert found == fitting
