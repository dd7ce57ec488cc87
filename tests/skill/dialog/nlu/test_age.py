"""Ages that are said."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.age import Age, read_age


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("ей тридцать пять лет", Age(35, below=False, ages=1)),
        ("мне сорок а дочке десять", Age(10, below=False, ages=2)),
        ("почти восемнадцать", Age(18, below=True, ages=1)),
        ("не младше восемнадцати", Age(18, below=False, ages=1)),
        ("двадцать месяцев", Age(1, below=False, ages=2)),
        ("полтора года", Age(1, below=False, ages=1)),
        ("родилась в 1990", None),
        ("ноль", None),
        ("всем есть", None),
    ],
)
def test_the_youngest_counts(said: str, age: Age | None) -> None:
    assert read_age(said.split()) == age


@pytest.mark.parametrize(
    ("age", "minor"),
    [
        (Age(17, below=False, ages=1), True),
        (Age(18, below=False, ages=1), False),
        (Age(18, below=True, ages=1), True),
        (Age(20, below=True, ages=1), True),
        (Age(21, below=True, ages=1), False),
    ],
)
def test_who_is_a_minor_for_certain(age: Age, minor: bool) -> None:
    assert age.minor is minor


def test_minutes_and_things_are_no_ages() -> None:
    for said in ("мне выходить через пять минут", "дай мне два снимка", "мне осталось десять процентов"):
        assert read_age(said.split()) is None, said
    assert read_age(["мне", "двенадцать", "лет"]) == Age(12, below=False, ages=1)
