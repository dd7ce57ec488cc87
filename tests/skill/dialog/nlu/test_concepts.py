"""Concepts of a phrase: denied, past, wished for."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.morphology import read, split_words


def heard(said: str) -> Heard:
    return hear([read(word) for word in split_words(said)])


@pytest.mark.parametrize(
    ("said", "there", "absent"),
    [
        ("удали фото", {"delete", "photo"}, {"not.delete"}),
        ("не удаляй фото", {"not.delete"}, {"delete"}),
        ("удалять не надо", {"not.delete", "neednot"}, {"delete"}),
        ("не надо ничего удалять а лучше оживи", {"not.delete", "animate"}, {"not.animate"}),
        ("бабушка ожила", {"animate.past", "person"}, {"animate"}),
        ("сделай чтобы бабушка ожила", {"animate"}, {"animate.past"}),
        ("фото удаляется", {"delete", "delete.fin"}, set()),
        ("что ты умеешь", {"abilities"}, {"what"}),
        ("посмотри направо", {"look", "to-right"}, {"show"}),
        ("отправь маме", {"send", "whom", "to-person"}, set()),
        ("пусть чавкнет", {"let", "strange-verb"}, set()),
        ("бур не", {"no"}, set()),
    ],
)
def test_concepts(said: str, there: set[str], absent: set[str]) -> None:
    assert there <= heard(said).concepts
    assert not absent & heard(said).concepts


def test_gestures_stand_in_the_order_said_and_turn_where_the_words_say() -> None:
    assert heard("кивни и улыбнись").gestures == ("nod", "smile")
    assert heard("поверни голову направо").gestures == ("turn:right",)
    assert heard("поверни голову").gestures == ("turn",)
    assert heard("не улыбайся").gestures == ()


def test_what_is_strange_is_counted() -> None:
    assert [heard(said).strangers for said in ("оживи фото", "оживи холодильник", "утюг сломается")] == [0, 1, 3]
