"""The likeliest meaning of a phrase where the rules know nothing: by its likeness to each phrase that is known.

Likeness counts the words and their pieces, and what the whole phrase means (`sentence_encoder`). The weights of the
phrases were fitted on `examples.tsv` by `skill.train.phrases`; those themselves are known by heart. It never says yes:
what agrees to something is decided in `yes_no` alone."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skill.dialog.nlu.morphology import Word
from skill.dialog.nlu.phrase_features import groups_of, vector_of
from skill.dialog.nlu.questions import TOPICS, TRUST
from skill.dialog.nlu.sentence_encoder import encode
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import GRAVE, Stake

OTHER_THINGS: Final = "unknown"
"""Meaning of what has nothing to do with this skill."""
FILE: Final = Path(__file__).with_name("phrases.npz")
"""The weights; `phrases_card.md` says where they come from."""
SETTINGS: Final = ("", *map(str, Stage), *map(str, (Stake.CONSENT, Stake.DELETION, Stake.AGE, Stake.OWNER, Stake.FACE)))
"""Settings that a phrase may be said in: stages of a conversation, questions that want an answer of their own."""
MEANING: Final = 8.0
"""Weight of what phrases mean beside that of their words."""
_ELSEWHERE: Final = 0.8  # likeness of two phrases, one of which answers a question of weight that the other does not
_SAME_STAGE: Final = 1.15  # … that are said at the same stage
_ASKED: Final[frozenset[str]] = frozenset({*GRAVE, Stake.FACE})  # questions whose answers are unlike all else
_SHORT: Final = 3  # letters of a word that tells nothing by itself
_FEW: Final = 2  # words that may be nothing but particles
_CALLED: Final = frozenset({"алиса", "салют", "афина", "джой", "маруся", "слушай", "послушай", "пожалуйста"})
_CERTAIN: Final = 1.5  # score of a phrase that is known by heart: no other one is that high


class Guess(NamedTuple):
    """The likeliest meaning of a phrase."""

    meaning: str
    """Intent and slots, as the examples have them; empty where there is nothing to go by."""

    score: float
    """About 0 for a mere guess, from about 0.5 mostly right."""

    scores: Mapping[str, float]
    """Meaning → score, of all that may be meant now."""

    @property
    def intent(self) -> str:
        """The intent of the meaning."""
        return self.meaning.partition(" ")[0]

    @property
    def by_heart(self) -> bool:
        """Whether the phrase is one of those that are known."""
        return self.score >= _CERTAIN

    def expects(self, intent: str) -> bool:
        """Whether a meaning with this intent may be meant now."""
        return any(one.partition(" ")[0] == intent for one in self.scores)

    def score_of(self, meaning: str) -> float:
        """The score of a meaning; where it is not among those that are known, the best one of the same intent."""
        found = self.scores.get(meaning)
        if found is not None:
            return found
        intent = meaning.split(maxsplit=1)[0]
        return max((score for one, score in self.scores.items() if one.split(maxsplit=1)[0] == intent), default=0.0)


class Sentences(NamedTuple):
    """Phrases by what they mean, on the axes that tell them apart best."""

    axes: NDArray[np.float32]
    """(512, kept): the axes in the space of the sentence encoder."""

    centre: NDArray[np.float32]
    """The mean of the phrases on these axes (kept,)."""

    placed: NDArray[np.float32]
    """The phrases on these axes, seen from the mean (phrases, kept)."""

    squares: NDArray[np.float32]
    """Squared distance of each phrase from the mean (phrases,)."""

    def likeness(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Likeness of each phrase to one in meaning (phrases,): 1 for the same, near 0 for nothing in common.

        Args:
            vector: the one, as the sentence encoder sees it (512,).
        """
        place = vector @ self.axes - self.centre
        apart = self.squares - np.float32(2) * (self.placed @ place) + place @ place
        return np.asarray(np.exp(-np.maximum(apart, 0)))


class _Model(NamedTuple):
    """The known phrases as they are kept."""

    dual: NDArray[np.float32]
    """What likeness to a phrase adds to each meaning (phrases, meanings)."""

    starts: NDArray[np.int64]
    """Where the entries of each bucket begin (buckets + 1,)."""

    holders: NDArray[np.int32]
    """The phrase of each entry (entries,)."""

    values: NDArray[np.float32]
    """The value of the bucket's feature in that phrase (entries,)."""

    sentences: Sentences
    """What the phrases mean."""

    factors: Mapping[str, NDArray[np.float32]]
    """Setting → weight of each phrase (phrases,): those that are said in another one count less."""

    rarity: NDArray[np.float32]
    """Weight of each bucket (buckets,)."""

    meanings: tuple[str, ...]
    """Meanings in the order of the columns."""

    allowed: Mapping[str, NDArray[np.bool_]]
    """Setting → which meanings may be meant in it."""

    known: Mapping[int, int]
    """Hash of a setting and a phrase that is known by heart → its meaning."""


def setting_of(expecting: str, stage: str) -> str:
    """The setting of a phrase: the `Stake` of a question that wants an answer of its own, else the `Stage`; empty for
    none."""
    return expecting if expecting in _ASKED else stage


def affinity(one: str, other: str) -> float:
    """Weight of the likeness of two phrases by the settings in which they are said. As a table it is a Gram matrix."""
    if one == other:
        return _SAME_STAGE if one and one not in _ASKED else 1.0
    return _ELSEWHERE if {one, other} & _ASKED else 1.0


def classify(phrase: Sequence[Word], concepts: frozenset[str], expecting: str, stage: str = "") -> Guess:
    """The likeliest meaning of a phrase.

    Args:
        phrase: its words, misheard ones put right.
        concepts: its concepts, of both lexicons.
        expecting: the `Stake` of the open question, empty for none.
        stage: the `Stage` of the conversation, empty where it is not known.
    """
    model, setting = _model(), setting_of(expecting, stage)
    heart = known_meaning([word.text for word in phrase], setting)
    if not heart and len(phrase) <= _FEW and all(map(_is_particle, phrase)):
        return Guess("", 0.0, {})  # nothing but particles
    scores = _likeness(model, phrase, concepts, setting) @ model.dual
    found = {model.meanings[at]: float(scores[at]) for at in np.flatnonzero(model.allowed[setting])}
    if heart in found:
        found[heart] = _CERTAIN
    best = max(found, key=lambda one: found[one])
    return Guess(best, found[best], found)


def _likeness(model: _Model, phrase: Sequence[Word], concepts: frozenset[str], setting: str) -> NDArray[np.float32]:
    """Likeness of a phrase to each of those that are known (phrases,)."""
    alike = MEANING * model.sentences.likeness(encode([word.text for word in phrase]))
    buckets, values = vector_of(groups_of(phrase, concepts), model.rarity)
    begins, ends = model.starts[buckets], model.starts[buckets + 1]
    entries = [slice(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    if entries:
        holders = np.concatenate([model.holders[one] for one in entries])
        shares = np.concatenate([model.values[one] for one in entries]) * np.repeat(values, ends - begins)
        alike = alike + np.bincount(holders, shares, len(alike)).astype(np.float32)
    return np.asarray(alike * model.factors[setting])


def known_meaning(said: Sequence[str], setting: str) -> str:
    """The meaning of a phrase that is known by heart, empty where it is not.

    Args:
        said: words in lower case, ё as е, misheard ones put right.
        setting: that of `setting_of`.
    """
    model, text = _model(), " ".join(said)
    at = model.known.get(hash_of(setting, text), model.known.get(hash_of("", text)))
    return "" if at is None else model.meanings[at]


def _is_particle(word: Word) -> bool:
    return (word.soft and len(word.text) <= _SHORT) or word.text in _CALLED


def hash_of(setting: str, text: str) -> int:
    """The key of a phrase that is known by heart."""
    return zlib.crc32(f"{setting}|{text}".encode())


def squared_lengths(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The squared length of each row (rows,)."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


def squared(roots: NDArray[np.int8], most: float) -> NDArray[np.float32]:
    """Weights of which the file has the roots, in steps of which 127 are the root of the greatest."""
    steps = roots.astype(np.float32) / np.float32(127)
    return np.asarray(steps * np.abs(steps) * np.float32(most))


@lru_cache(maxsize=1)
def _model() -> _Model:
    with np.load(FILE, allow_pickle=False) as kept:
        placed = kept["sentences"] * kept["sentences_unit"]
        settings = kept["names"].tolist()
        table = np.array([[affinity(one, other) for other in settings] for one in settings], np.float32)
        return _Model(
            squared(kept["dual"], float(kept["dual_most"])),
            np.concatenate([[0], np.cumsum(kept["counts"], dtype=np.int64)]),
            np.cumsum(kept["holder_steps"], dtype=np.int32),
            kept["values"] * kept["values_unit"],
            Sentences(kept["axes"].astype(np.float32), kept["centre"], placed, squared_lengths(placed)),
            dict(zip(settings, table[:, kept["settings_of"]], strict=True)),
            kept["rarity"].astype(np.float32) / np.float32(kept["rarity_steps"]),
            tuple(kept["meanings"].tolist()),
            dict(zip(settings, kept["allowed"], strict=True)),
            dict(zip(kept["known"].tolist(), kept["known_meanings"].tolist(), strict=True)),
        )


def example_topics() -> frozenset[str]:
    """Topics of QUESTION that are known by examples alone."""
    split = (meaning.partition(" topic=") for meaning in _model().meanings)
    return frozenset(topic for intent, _, topic in split if intent == "question" and topic) - TOPICS - TRUST
