"""Misheard key words."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.misheard import correct, sound_of


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
