"""Features of a phrase for the classifier: words with their dictionary forms, neighbours, pieces of words and concepts,
each hashed into a bucket."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from skill.dialog.nlu.morphology import Word

BUCKETS: Final = 1 << 15
"""Buckets that features are hashed into."""
_PIECES: Final = (3, 4, 5, 6)  # letters of a piece of a word, its ends marked
_SPANS: Final = (4, 5)  # letters of a piece of the phrase without its spaces: «с гласен», «на хмурся»
_WEIGHTS: Final = {"words": 1.0, "pieces": 1.0, "pairs": 0.55, "concepts": 0.84}  # of groups


def groups_of(phrase: Sequence[Word], concepts: Iterable[str]) -> Mapping[str, Mapping[int, float]]:
    """The features of a phrase in groups: bucket → weight.

    Args:
        phrase: its words.
        concepts: its concepts, of both lexicons.
    """
    found: Mapping[str, Iterable[tuple[str, float]]] = {
        "words": _words(phrase),
        "pieces": _pieces(phrase),
        "pairs": _pairs(phrase),
        "concepts": ((concept, 1.0) for concept in concepts),
    }
    return {group: _hashed(group, features) for group, features in found.items()}


def vector_of(
    groups: Mapping[str, Mapping[int, float]], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets (n,) and values (n,) of a phrase, each group scaled to its own weight.

    Args:
        groups: those of `groups_of`.
        rarity: weight of each bucket (`BUCKETS`,), greater for what few phrases have.
    """
    buckets: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float32]] = []
    for group, features in groups.items():
        at = np.fromiter(features.keys(), np.int64, len(features))
        value = np.fromiter(features.values(), np.float32, len(features)) * rarity[at]
        length = float(np.sqrt(value @ value))
        if length:
            buckets.append(at)
            values.append(value * np.float32(_WEIGHTS[group] / length))
    if not buckets:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    return np.concatenate(buckets), np.concatenate(values)


def _hashed(group: str, features: Iterable[tuple[str, float]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for feature, weight in features:
        bucket = zlib.crc32(f"{group}:{feature}".encode()) % BUCKETS
        found[bucket] = max(found.get(bucket, 0.0), weight)
    return found


def _words(phrase: Sequence[Word]) -> Iterator[tuple[str, float]]:
    for word in phrase:
        yield f"_{word.text}", 0.5
        for key in sorted(word.keys):
            yield key, 1.0


def _pairs(phrase: Sequence[Word]) -> Iterator[tuple[str, float]]:
    said = ["<", *(word.text for word in phrase), ">"]
    for before, word in pairwise(said):
        yield f"{before} {word}", 1.0
    for before, word in zip(said, said[2:], strict=False):
        yield f"{before} * {word}", 0.5


def _pieces(phrase: Sequence[Word]) -> Iterator[tuple[str, float]]:
    for word in phrase:
        yield from ((piece, 1.0) for piece in _cut(f"<{word.text}>", _PIECES))
    yield from ((f"_{piece}", 0.4) for piece in _cut("".join(word.text for word in phrase), _SPANS))


def _cut(text: str, sizes: Sequence[int]) -> Iterator[str]:
    for size in sizes:
        for start in range(len(text) - size + 1):
            yield text[start : start + size]
