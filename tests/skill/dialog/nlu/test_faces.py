"""The face that is meant."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.faces import face_of
from skill.dialog.nlu.morphology import read, split_words


def face(said: str, *, answering: bool = True) -> str | None:
    return face_of(hear([read(word) for word in split_words(said)]), answering=answering)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("левую", "left"),
        ("ту что справа", "right"),
        ("налево", "left"),
        ("второго", "2"),
        ("третьего слева", "3"),
        ("первую справа", "right"),
        ("второго справа", None),
        ("два", "2"),
        ("двадцать пять", None),
        ("все", "all"),
        ("обеих", "all"),
        ("самое крупное", "largest"),
        ("посередине", None),
        ("левую и правую", None),
        ("не левую а правую", "right"),
        ("не левую", None),
        ("бабушку", None),
    ],
)
def test_an_answer_names_a_face(said: str, meant: str | None) -> None:
    assert face(said) == meant


@pytest.mark.parametrize("said", ["все", "два", "налево"])
def test_what_only_an_answer_can_mean(said: str) -> None:
    assert face(said, answering=False) is None
