"""Preparation of a phrase: what is said around a wish goes, the wish stays."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.preparation import after_launch, prepare


@pytest.mark.parametrize(
    ("said", "expecting", "left"),
    [
        ("прикрой глаза как будто спит", "", "прикрой глаза"),
        ("мам а пусть моргнет", "", "пусть моргнет"),
        ("бабушка говорит можно", "offer", "можно"),
        ("бабушка говорит можно", "consent", "бабушка говорит можно"),
        ("влево то есть нет вправо", "", "вправо"),
        ("влево голову а не вправо", "", "поверни влево голову"),
        ("да нет наверное хотя ладно давай", "offer", "ладно давай"),
        ("да нет наверное хотя ладно давай", "consent", "да нет наверное хотя ладно давай"),
        ("давай хотя муж просил подождать гостей", "offer", "давай хотя муж просил подождать гостей"),
        ("почти не моргает пусть почаще", "", "моргает пусть почаще"),
    ],
)
def test_only_what_is_meant_is_left(said: str, expecting: str, left: str) -> None:
    assert prepare(tuple(said.split()), expecting) == tuple(left.split())


def test_the_skills_own_name_is_no_wish() -> None:
    assert after_launch(("алиса", "запусти", "навык", "оживи", "фото")) == (True, ())
    assert after_launch(("попроси", "оживи", "фото", "и", "удали", "все")) == (True, ("удали", "все"))
    assert after_launch(("оживи", "фото")) == (False, ("оживи", "фото"))
