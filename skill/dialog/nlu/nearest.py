"""The nearest of the phrases that are known, for a phrase that no rule understands.

Likeness is that of the dictionary forms, of the concepts of both lexicons, and of the beginnings of words, each weighed
by how few meanings have it. A meaning may have several phrases near; the best one counts, and the others add to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import log
from typing import Final, NamedTuple

from skill.dialog.nlu.command_examples import ANSWERS, COMMANDS, ELSEWHERE
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.morphology import Word, read, split_words
from skill.dialog.nlu.question_examples import ASIDE, QUESTIONS
from skill.dialog.nlu.questions import TOPICS, TRUST, concepts_of

OTHER_THINGS: Final = "unknown"
"""Meaning of what has nothing to do with this skill."""
_STEM: Final = 5  # letters of a beginning that is compared
_SHARES: Final = {"=": 1.0, "#": 0.7, "^": 0.5}  # of a form, a concept, a beginning
_OWN: Final = 0.7  # weight of what the known phrase says besides
_OTHER: Final = 0.35  # weight of what the heard phrase says besides: people say more than they mean
_SLIGHT: Final = 0.08  # part of a phrase below which nothing is in common
_STRANGE: Final = 3.0  # weight of a word that no known phrase has
_EVIDENCE: Final = 0.35  # weight of what all phrases of a meaning have in common
_GRAVE: Final = frozenset({"consent", "deletion", "age", "owner"})
# intents that nobody has while such a question is open
_OUT_OF_PLACE: Final = frozenset(
    {"again", "new", "appeal", "hello", "why", "unsupported", "animate", "minor", "status", "exit", "thanks"}
)
# said with anything
_PARTICLES: Final = (
    "а и ну же то вот ой это бы уж ли да но ведь там тут ага мол ка ж так я ты мой у в на с по мне меня мы вы он она "
    "оно они его ее слушать слушай короче блин милая милый деточка алиса пожалуйста самое тот быть"
)
_EMPTY: Final = frozenset(_PARTICLES.split())


EXAMPLE_TOPICS: Final = (
    frozenset({*QUESTIONS, *(topic for topics in ASIDE.values() for topic in topics)}) - TOPICS - TRUST
)
"""Topics of QUESTION that are known by examples alone."""


class Near(NamedTuple):
    """A meaning that a phrase comes near to."""

    meaning: str
    """Intent and slots, as the examples have them."""

    likeness: float
    """0 for nothing in common; from about 1 the phrase is one of those that are known."""


class _Example(NamedTuple):
    """A known phrase."""

    stake: str
    """Stake of the question that it answers; empty for any."""

    meaning: str
    """Its meaning."""

    features: frozenset[str]
    """What it has."""

    weight: float
    """Sum of the weights of its features."""

    misplaced: bool
    """Whether nobody means it while a question is open where a wrong answer does harm."""


def nearest(phrase: Sequence[Word], concepts: frozenset[str], expecting: str) -> Near:
    """The meaning that a phrase comes nearest to.

    Args:
        phrase: its words.
        concepts: its concepts, of both lexicons.
        expecting: the `Stake` of the open question, empty for none.
    """
    bank = _bank()
    features = {one: bank.weights[one] for one in _features(phrase, concepts) if one in bank.weights}
    if not any(one[0] == "=" for one in features):
        return Near("", 0.0)  # nothing but particles
    whole = sum(features.values()) + _STRANGE * sum(not word.keys & bank.words and not word.soft for word in phrase)
    best = _likenesses(features, whole, expecting)
    least = max(best.values(), default=0.0) - _EVIDENCE  # those below can't come first
    near = [
        Near(one, likeness + _evidence(one, features) / whole) for one, likeness in best.items() if likeness >= least
    ]
    return max(sorted(near), key=lambda one: one.likeness, default=Near("", 0.0))


def _likenesses(features: Mapping[str, float], whole: float, expecting: str) -> dict[str, float]:
    """Meaning → the likeness of its best example, of those that may be said now."""
    bank, grave = _bank(), expecting in _GRAVE
    shared: defaultdict[int, float] = defaultdict(float)
    for feature, weight in features.items():
        for place in bank.places[feature]:
            shared[place] += weight
    best: dict[str, float] = {}
    for place, common in shared.items():
        if common < _SLIGHT * whole:
            continue
        example = bank.examples[place]
        if example.stake == expecting or not (example.stake or (grave and example.misplaced)):
            likeness = common / (common + _OWN * (example.weight - common) + _OTHER * (whole - common))
            best[example.meaning] = max(best.get(example.meaning, 0.0), likeness)
    return best


def _evidence(meaning: str, features: Mapping[str, float]) -> float:
    """The weight of what a phrase has in common with all examples of a meaning, and with no others."""
    shares = _bank().shares
    return _EVIDENCE * sum(weight * shares.get((meaning, feature), 0.0) for feature, weight in features.items())


class _Bank(NamedTuple):
    """All known phrases, and where their features are."""

    examples: tuple[_Example, ...]
    """The phrases."""

    weights: Mapping[str, float]
    """Feature → its weight: the fewer meanings have it, the more it tells."""

    places: Mapping[str, tuple[int, ...]]
    """Feature → places of the phrases that have it."""

    shares: Mapping[tuple[str, str], float]
    """(meaning, feature) → part of the feature's phrases that have this meaning."""

    words: frozenset[str]
    """Dictionary forms that are in any of the phrases."""


@lru_cache(maxsize=1)
def _bank() -> _Bank:
    found = [(stake, meaning, _known(text)) for stake, meaning, text in _all()]
    meanings: dict[str, set[str]] = defaultdict(set)
    times: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    places: dict[str, list[int]] = defaultdict(list)
    for place, (_, meaning, features) in enumerate(found):
        for feature in features:
            meanings[feature].add(meaning)
            times[feature] += 1
            pairs[meaning, feature] += 1
            places[feature].append(place)
    count = len({meaning for _, meaning, _ in found})
    weights = {one: _SHARES[one[0]] * log(1 + count / len(having)) for one, having in meanings.items()}
    examples = (
        _Example(stake, meaning, features, sum(weights[one] for one in features), meaning.split()[0] in _OUT_OF_PLACE)
        for stake, meaning, features in found
    )
    return _Bank(
        tuple(examples), weights, {one: tuple(at) for one, at in places.items()},
        {pair: number / times[pair[1]] for pair, number in pairs.items()},
        frozenset(one[1:] for one in weights if one[0] == "=") | _EMPTY,
    )  # fmt: skip


def _all() -> Iterator[tuple[str, str, str]]:
    """(stake, meaning, phrase) of every example."""
    tables = {"": {**COMMANDS, **_asked(QUESTIONS), OTHER_THINGS: ELSEWHERE}}
    for stake in (*ANSWERS, *ASIDE):
        tables[stake] = {**ANSWERS.get(stake, {}), **_asked(ASIDE.get(stake, {}))}
    for stake, meanings in tables.items():
        for meaning, phrases in meanings.items():
            yield from ((stake, meaning, phrase) for phrase in phrases.split(","))


def _asked(topics: Mapping[str, str]) -> dict[str, str]:
    return {f"question topic={topic}": phrases for topic, phrases in topics.items()}


def _known(text: str) -> frozenset[str]:
    phrase = [read(word) for word in split_words(text)]
    return _features(phrase, hear(phrase).concepts | concepts_of(phrase))


def _features(phrase: Sequence[Word], concepts: frozenset[str]) -> frozenset[str]:
    features: set[str] = set()
    for word in phrase:
        if word.text in _EMPTY:
            continue
        features.update(f"={key}" for key in word.keys if key not in _EMPTY)
        if len(word.text) >= _STEM:
            features.add(f"^{word.text[:_STEM]}")
    features.update(f"#{concept}" for concept in concepts)
    return frozenset(features)
