"""Misheard key words."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.misheard import correct, hear_otherwise, sound_of


@pytest.mark.parametrize(
    ("said", "corrected"),
    [
        ("а живи фото", "оживи фото"),
        ("ажыви фотаграфию", "оживи фотографию"),
        ("под мигни", "подмигни"),
        ("пусть у лыб нёт ся", "пусть улыбнется"),
        ("по до жди", "по до жди"),
        ("живи фото", "оживи фото"),
        ("живи долго", "живи долго"),
        ("оживи фата", "оживи фото"),
        ("белая фата", "белая фата"),
        ("холодильник", "холодильник"),
    ],
)
def test_only_key_words_are_put_right(said: str, corrected: str) -> None:
    assert correct(tuple(said.split())) == tuple(corrected.split())


def test_what_sounds_alike_is_alike() -> None:
    assert sound_of("ажыви") == sound_of("оживи")
    assert sound_of("улыбнуться") == sound_of("улыбнутся")


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("да вай по пробу ем", "давай попробуем"),
        ("попробую ем", "попробуем"),
        ("са гласна", "согласна"),
        ("не са гласна", "не согласна"),
        ("пакажи видево", "покажи видево"),
        ("у меня на кухне по радио сказали", "у меня на кухне по радио сказали"),
    ],
)
def test_pieces_and_sounds_make_words_where_nothing_was_understood(said: str, otherwise: str) -> None:
    assert hear_otherwise(tuple(said.split())) == tuple(otherwise.split())
