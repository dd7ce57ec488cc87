"""Numbers in a phrase."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.numerals import cardinal, numbers, ordinal, read_figures


@pytest.mark.parametrize(
    ("forms", "number"),
    [(("пять",), 5), (("сорок",), 40), (("сто",), 100), (("1990",), 1990), (("12345",), None), (("дом",), None)],
)
def test_a_cardinal(forms: tuple[str, ...], number: int | None) -> None:
    assert cardinal(*forms) == number


def test_an_ordinal() -> None:
    assert (ordinal("второго", "второй"), ordinal("двадцатый"), ordinal("тридцатый")) == (2, 20, None)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("тридцать пять", [(1, 35)]),
        ("сорок и пятнадцать", [(0, 40), (2, 15)]),
        ("сто два", [(1, 102)]),
        ("сто двадцать", [(1, 120)]),
        ("семь один", [(0, 7), (1, 1)]),
        ("никто", []),
    ],
)
def test_numbers_of_a_phrase(said: str, found: list[tuple[int, int]]) -> None:
    assert numbers([read(word) for word in said.split()]) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("семь один", "71"),
        ("семьдесят один", "71"),
        ("71", "71"),
        ("7 1", "71"),
        ("цифры семь, один", "71"),
        ("ноль семь", "07"),
        ("десять", "10"),
        ("двадцать", "20"),
        ("двадцать ноль", "200"),
        ("пять два четыре восемь семь одна", "524871"),
        ("не помню", ""),
        ("", ""),
    ],
)
def test_figures(said: str, found: str) -> None:
    assert read_figures(said) == found


@given(st.text(max_size=60))
def test_figures_of_anything_are_figures(said: str) -> None:
    assert read_figures(said) == "" or read_figures(said).isdecimal()
