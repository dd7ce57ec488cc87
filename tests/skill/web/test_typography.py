"""Where a line may not end."""

from __future__ import annotations

import pytest

from skill.web.typography import bind_words


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Скажите «оживи фото»", "Скажите «оживи_фото»"),
        ("Кто за это и на что", "Кто за_это и_на_что"),
        ("через 20 минут", "через 20_минут"),
        ("Скажите — он даст", "Скажите_— он_даст"),
        ("взрослый ли это", "взрослый_ли это"),
        ("что-то не то", "что-то не_то"),
        ("кино и вино", "кино и_вино"),
        ("По настроению", "По настроению"),  # a button's name: each word has a line where they are too long for one
        ("5 минут", "5_минут"),
    ],
)
def test_short_words_stay_with_the_next(text: str, bound: str) -> None:
    assert bind_words(f"<p>{text}</p>").replace("\u00a0", "_") == f"<p>{bound}</p>"


def test_attributes_and_other_languages_stay_as_they_are() -> None:
    page = '<a title="в доме и на крыше" href="/">a 1 b</a>'
    assert bind_words(page) == page
