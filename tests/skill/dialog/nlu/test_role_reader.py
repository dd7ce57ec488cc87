"""Each of several people gets the movement that was said of them; in doubt a phrase is read as before."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.role_reader import BY_PLACE
from skill.dialog.nlu.understand import understand


@pytest.mark.parametrize(
    ("said", "gestures", "face"),
    [
        ("левый улыбнётся, а правый подмигнёт", ("1@smile", "right-1@wink"), "1,right-1"),
        ("пусть бабушка слева улыбнётся, а дедушка справа кивнёт", ("1@smile", "right-1@nod"), "1,right-1"),
        ("первый улыбнётся, второй кивнёт, третий подмигнёт", ("1@smile", "2@nod", "3@wink"), "1,2,3"),
        ("левый улыбнётся и кивнёт, правый подмигнёт", ("1@smile", "1@nod", "right-1@wink"), "1,right-1"),
        ("второй справа улыбнётся, первый слева кивнёт и приблизь камеру",
         ("right-2@smile", "1@nod", "camera-push"), "right-2,1"),
    ],
)  # fmt: skip
def test_each_has_a_movement_of_an_own(said: str, gestures: tuple[str, ...], face: str) -> None:
    meant = understand(said)
    assert (meant.gestures, meant.face) == (gestures, face)


@pytest.mark.parametrize(
    "said",
    [
        "подмигни левым а потом правым глазом", "пусть бабушка слева улыбнётся", "мама улыбнётся, папа подмигнёт",
        "левый не улыбнётся, а правый подмигнёт", "пусть все улыбнутся и кивнут", "левый улыбнётся, ой, правый кивнёт",
    ],
)  # fmt: skip
def test_what_tells_no_two_people_apart_is_read_as_before(said: str) -> None:
    assert not any("@" in one for one in understand(said).gestures)


@pytest.mark.parametrize(
    "said",
    [
        "мама улыбнётся, а папа подмигнёт", "пусть бабушка улыбнётся а дедушка кивнёт",
        "бабушка улыбнется дедушка моргнет", "сестра пусть удивится, а брат кивнёт",
        "маша улыбнётся, а петя кивнёт", "она улыбнётся, он подмигнёт", "пусть он моргнёт а она улыбнётся",
        "мама улыбнётся, а он подмигнёт", "оживи фото: мама улыбнётся, папа подмигнёт",
        "оживи фото, пусть бабушка улыбнётся, а дедушка кивнёт",
    ],
)  # fmt: skip
def test_who_is_named_by_kinship_is_asked_for_a_place(said: str) -> None:
    meant = understand(said)
    assert (meant.intent, meant.topic, meant.gestures) == (Intent.QUESTION, BY_PLACE, ())


@pytest.mark.parametrize(
    "said",
    [
        "мама улыбнётся и кивнёт", "мама, пусть папа улыбнётся и подмигнёт", "пусть мама улыбнётся и папа улыбнётся",
        "пусть мама улыбнётся, а потом она кивнёт", "пусть он улыбнётся и он кивнёт",
        "улыбнись бабушке и кивни дедушке", "пусть мама улыбнётся и подмигнёт папе",
    ],
)  # fmt: skip
def test_one_who_is_named_gets_all_movements(said: str) -> None:
    meant = understand(said)
    assert meant.intent is Intent.GESTURE and meant.gestures
