"""Scores that a guess needs: the table `thresholds.tsv`, which `python -m skill.train.thresholds` fits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from skill.dialog.nlu.stake import GRAVE

FILE: Final = Path(__file__).with_name("thresholds.tsv")
"""Lines of kind, weight of the question, intent and score."""
ANY: Final = "any"
"""In an intent's place: those that have no line of their own."""
LEAST: Final = "least"
"""Score from which a phrase that no rule knows is taken for what it is like, by the intent of that."""
FEW: Final = "few"
"""The same for one or two words, which tell little."""
MARGIN: Final = "margin"
"""Score by which a guess has to be likelier than what the rules understood, by the intent of that."""
ELSEWHERE: Final = "elsewhere"
"""Score that a guess needs where what the rules understood is nothing that the classifier expects at this question."""
REFUSAL: Final = "refusal"
"""Score from which a guessed «нет» is one; below it the question is asked again."""

NEVER: Final = 1.0
"""Score of what the table has no line for."""

Key = tuple[str, str, str]
"""Kind, weight of the question, intent."""


def weight_of(expecting: str) -> str:
    """«grave» while a question is open to which a wrong answer does harm, else «light»."""
    return "grave" if expecting in GRAVE else "light"


def threshold(kind: str, expecting: str, intent: str = ANY) -> float:
    """A score of the table.

    Args:
        kind: LEAST, FEW, MARGIN, ELSEWHERE or REFUSAL.
        expecting: the `Stake` of the open question, empty for none.
        intent: the intent that is looked for; one without a line of its own has that of ANY.
    """
    table, weight = _table(), weight_of(expecting)
    return table.get((kind, weight, intent), table.get((kind, weight, ANY), NEVER))


def read_thresholds(text: str) -> dict[Key, float]:
    """The table of a file's text."""
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {(kind, weight, intent): float(score) for kind, weight, intent, score in lines}


@lru_cache(maxsize=1)
def _table() -> Mapping[Key, float]:
    return read_thresholds(FILE.read_text(encoding="utf-8"))
