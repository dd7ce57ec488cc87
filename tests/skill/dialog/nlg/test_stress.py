"""Stress marks."""

from __future__ import annotations

import re

from skill.dialog.nlg import stress
from skill.dialog.nlg.stress import spoken, stressed


def test_stress_is_marked_whatever_the_capitals() -> None:
    assert stressed("Оживи фото, а потом спросите.") == "Ожив+и ф+ото, а пот+ом спрос+ите."
    assert stressed("Живой портрет") == "Живой портрет"


def test_what_is_marked_stays() -> None:
    assert stressed(stressed("Ожило! Черт не разобрать.")) == "+Ожило! Ч+ерт не разобрать."
    assert stressed("мо+ю") == "мо+ю"


def test_a_text_is_read_without_marks() -> None:
    assert spoken("Оживи фото").text == "Оживи фото"
    assert spoken("Оживи фото").tts == "Ожив+и ф+ото"


def test_each_word_is_marked_once_before_a_vowel() -> None:
    marked = stress._WORDS.split()
    assert len({word.replace("+", "") for word in marked}) == len(marked)
    assert all(re.fullmatch(r"[а-яё]*\+[аеёиоуыэюя][а-яё]*", word) for word in marked)
