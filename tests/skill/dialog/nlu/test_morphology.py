"""Words as the dictionary knows them."""

from __future__ import annotations

from skill.dialog.nlu.morphology import MOST_WORDS, is_known, read, split_words


def test_words_have_no_case_marks_or_stress() -> None:
    assert split_words("Оживи, ф+ото… ЁЛКИ и и\u0301ва!") == ("оживи", "фото", "елки", "и", "ива")
    assert len(split_words("да " * 1000)) == MOST_WORDS


def test_a_word_has_its_dictionary_forms() -> None:
    assert "улыбнуться" in read("улыбнётся".replace("ё", "е")).keys
    assert "оживить~" in read("оживлено").keys
    assert read("ожила").past
    assert read("удаляется").finite
    assert not read("удаляю").finite
    assert read("удали").imperative
    assert read("маме").dative
    assert (read("маша").name, read("бабушка").gender, read("дед").gender) == (True, "femn", "masc")
    assert (read("пять").cardinal, read("второго").ordinal, read("71").cardinal) == (5, 2, 71)


def test_what_is_no_word_is_known_to_nobody() -> None:
    assert is_known("бабушка")
    for word in ("бзыктыврн", "hello", "а" * 40):
        assert not is_known(word)
