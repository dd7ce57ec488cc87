"""Features of a phrase: the same for the same words, alike for words that sound alike, groups of equal weight."""

from __future__ import annotations

import numpy as np
import pytest

from skill.dialog.nlu.morphology import read, split_words
from skill.dialog.nlu.phrase_features import BUCKETS, groups_of, vector_of

EVEN = np.ones(BUCKETS, np.float32)


def likeness(one: str, other: str) -> float:
    vectors = []
    for text in (one, other):
        at, values = vector_of(groups_of([read(word) for word in split_words(text)], []), EVEN)
        vectors.append(np.bincount(at, values, BUCKETS))
    first, second = vectors
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_pieces_make_a_split_word_like_the_whole_one() -> None:
    assert likeness("согласен", "с гласен") > likeness("согласен", "картошка")
    assert likeness("нахмурься", "на хмурся") > likeness("нахмурься", "на хлебушке")


def test_the_same_phrase_is_wholly_alike() -> None:
    assert likeness("где моё видео", "где мое видео!") == pytest.approx(1.0)


def test_a_group_weighs_the_same_however_long_the_phrase() -> None:
    _, short = vector_of(groups_of([read("код")], []), EVEN)
    _, long = vector_of(groups_of([read(word) for word in "а код мне на бумажке записать".split()], []), EVEN)  # noqa: SIM905
    assert np.linalg.norm(short) == pytest.approx(np.linalg.norm(long), rel=1e-5)


def test_no_words_have_their_ends_alone() -> None:
    at, values = vector_of(groups_of([], []), EVEN)
    assert (len(at), len(values)) == (1, 1)
