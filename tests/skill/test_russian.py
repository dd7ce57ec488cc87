"""Numbers as they are read and as they are said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.russian import (
    HOUR,
    MINUTE,
    SECOND,
    VIDEO,
    Gender,
    cardinal,
    counted,
    digits,
    duration,
    roughly,
    span,
    spelled,
)


@pytest.mark.parametrize(
    ("number", "gender", "said"),
    [
        (0, Gender.HE, "ноль"),
        (1, Gender.SHE, "одну"),
        (2, Gender.IT, "два"),
        (11, Gender.SHE, "одиннадцать"),
        (21, Gender.SHE, "двадцать одну"),
        (40, Gender.HE, "сорок"),
        (112, Gender.SHE, "сто двенадцать"),
        (999, Gender.IT, "девятьсот девяносто девять"),
        (1001, Gender.IT, "одну тысячу одно"),
        (2312, Gender.HE, "две тысячи триста двенадцать"),
        (21_000, Gender.HE, "двадцать одну тысячу"),
        (515_000, Gender.HE, "пятьсот пятнадцать тысяч"),
    ],
)
def test_cardinal(number: int, gender: Gender, said: str) -> None:
    assert cardinal(number, gender) == said


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_cardinal_has_limits(number: int) -> None:
    with pytest.raises(ValueError, match="between"):
        cardinal(number)


@pytest.mark.parametrize(
    ("form", "text", "tts"),
    [
        (counted(21, SECOND), "21 секунду", "двадцать одну секунду"),
        (counted(3, MINUTE), "3 минуты", "три минуты"),
        (counted(12, MINUTE), "12 минут", "двенадцать минут"),
        (counted(24, HOUR), "24 часа", "двадцать четыре часа"),
        (counted(101, HOUR), "101 час", "сто один час"),
        (counted(1, VIDEO), "1 видео", "одно видео"),
    ],
)
def test_counted(form: object, text: str, tts: str) -> None:
    assert (getattr(form, "text", ""), getattr(form, "tts", "")) == (text, tts)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "5 секунд"),
        (5.1, "10 секунд"),
        (21.0, "25 секунд"),
        (31.0, "40 секунд"),
        (50.0, "50 секунд"),
        (51.0, "минуту"),
        (70.0, "минуту"),
        (75.0, "2 минуты"),
        (900.0, "15 минут"),
        (3600.0, "час"),
        (3700.0, "час"),
        (86400.0, "сутки"),
        (40 * 3600.0, "40 часов"),
        (2 * 86400.0, "2 дня"),
        (3 * 86400.0, "3 дня"),
        (1e12, "99 дней"),
    ],
)
def test_span(seconds: float, said: str) -> None:
    assert span(seconds).text == said


@pytest.mark.parametrize(
    ("seconds", "text", "tts"),
    [
        (3.0, "секунд 5", "секунд пять"),
        (17.0, "секунд 20", "секунд двадцать"),
        (60.0, "около минуты", "около минуты"),
        (130.0, "минуты 2", "минуты две"),
        (400.0, "минут 7", "минут семь"),
        (21 * 60.0, "примерно 21 минуту", "примерно двадцать одну минуту"),
        (3600.0, "около часа", "около часа"),
        (2 * 3600.0, "часа 2", "часа два"),
        (86400.0, "около суток", "около суток"),
    ],
)
def test_what_has_just_begun_takes_roughly(seconds: float, text: str, tts: str) -> None:
    assert (roughly(seconds).text, roughly(seconds).tts) == (text, tts)


@given(st.floats(0, 1e9))
def test_any_span_is_said_in_words(seconds: float) -> None:
    assert not any(letter.isdigit() for letter in span(seconds).tts + roughly(seconds).tts)


def test_digits_are_said_one_by_one() -> None:
    assert digits("007310").text == "007 310"
    said = "ноль sil <[600]> ноль sil <[600]> семь sil <[1000]> три sil <[600]> один sil <[600]> ноль"
    assert digits("007310").tts == said
    assert digits("0073", slowly=True).tts == "ноль sil <[1000]> ноль sil <[1600]> семь sil <[1000]> три"


def test_an_address_is_spelled() -> None:
    assert spelled("https://ozhivi.ru").text == "ozhivi.ru"
    assert spelled("https://ozhivi.ru").tts == "о, зет, аш, и, вэ, и, точка ру"
    assert spelled("https://оживи.рф").tts == "оживи, точка эр эф"
    assert spelled("http://127.0.0.1:8080/").tts.endswith("один, двоеточие, восемь, ноль, восемь, ноль")
    assert spelled("https://photo.example.ru", "фото точка икзампл точка ру").tts == "фото точка икзампл точка ру"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (86400, "24 часа"),
        (3600, "1 час"),
        (900, "15 минут"),
        (61, "1 минуту"),
        (0.2, "1 секунду"),
        (7 * 86400, "7 дней"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words
