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
        ("второго справа", "right-2"),
        ("слева направо третий", "3"),
        ("справа налево второй", "right-2"),
        ("между мамой и папой", None),
        ("последнего", "right"),
        ("третьего с конца", "right-3"),
        ("первого с конца", "right"),
        ("предпоследнюю", "right-2"),
        ("предпоследний слева", None),
        ("двадцать первый справа", None),
        ("средний", "middle"),
        ("между левым и правым", "middle"),
        ("посередине слева", None),
        ("два", "2"),
        ("двадцать пять", None),
        ("все", "all"),
        ("обеих", "all"),
        ("самое крупное", "largest"),
        ("посередине", "middle"),
        ("левую и правую", None),
        ("не левую а правую", "right"),
        ("не левую", None),
        ("бабушку", None),
        ("самый правый не не не левый", "left"),
        ("левый ой нет правый", "right"),
        ("второго вернее третьего", "3"),
        ("нет левый", "left"),
        ("слева или вернее справа", None),
        ("не всех только ту что слева", "left"),
        ("да любого", "largest"),
        ("без разницы", "largest"),
    ],
)
def test_an_answer_names_a_face(said: str, meant: str | None) -> None:
    assert face(said) == meant


@pytest.mark.parametrize("said", ["все", "два", "налево", "любого"])
def test_what_only_an_answer_can_mean(said: str) -> None:
    assert face(said, answering=False) is None
