"""Clipping: whole sentences, whole markup, sizes in the platform's units."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.dialog.limits import (
    clean,
    clean_json,
    clean_url,
    clip_speech,
    clip_state,
    clip_text,
    compact_json,
    json_size,
    speech_units,
    split_text,
    strip_markup,
    utf16_units,
)

PIECES = (
    "Раз. ",
    "два три",
    "! ",
    "…",
    "sil <[300]>",
    "слово<[t r a n]>",
    '<speaker audio="a>b.opus">',
    "🙂",
    "\n",
    "3.5 ",
)
PIECES += ("<speaker effect='megaphone'>", '<speaker effect="-">', "«Да.» ", "<", "]>")


def test_what_fits_is_left_alone() -> None:
    assert clip_text("Готово. Смотрите", 16) == "Готово. Смотрите"
    assert clip_speech('Гот+ово <speaker audio="alice-music-harp-1.opus">', 8) == (
        'Гот+ово <speaker audio="alice-music-harp-1.opus">'
    )


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("Раз. Два три. Четыре", 15, "Раз. Два три."),
        ("Вышло 3.5 секунды ровно", 18, "Вышло 3.5 секунды…"),
        ("Скажите «готово?» потом ещё", 20, "Скажите «готово?»"),
        ("Слово, потом другое", 12, "Слово,"[:-1] + "…"),
        ("Ааааааааааааааа", 5, "Аааа…"),
        ("🙂🙂🙂🙂", 5, "🙂🙂…"),
        ("Строка\nещё одна длинная", 10, "Строка…"),
    ],
)
def test_the_end_of_a_sentence_then_of_a_word(text: str, limit: int, clipped: str) -> None:
    assert clip_text(text, limit) == clipped


def test_markup_is_never_cut() -> None:
    assert clip_speech("Раз. sil <[500]> Два три четыре пять.", 12) == "Раз."
    assert clip_speech("Раз два sil <[500]> три", 12) == "Раз два…"
    assert clip_speech('Раз. <speaker audio="a.opus"> Два три.', 6) == 'Раз. <speaker audio="a.opus">'[:4]
    assert clip_speech('<speaker effect="megaphone">Раз. Два три.<speaker effect="-">', 6) == (
        '<speaker effect="megaphone">Раз.<speaker effect="-">'
    )


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.integers(0, 80))
def test_any_speech_within_any_limit(tts: str, limit: int) -> None:
    clipped = clip_speech(tts, limit)
    assert speech_units(clipped) <= limit
    assert not set(strip_markup(clipped)) & set("<>")
    if speech_units(tts) <= limit:
        assert strip_markup(clipped) == strip_markup(tts).replace("<", "").replace(">", "")
    assert clip_speech(clipped, limit) == clipped


@given(st.text(), st.integers(0, 40))
def test_any_text_within_any_limit(text: str, limit: int) -> None:
    assert utf16_units(clip_text(text, limit)) <= limit


@given(st.text(alphabet="аб .!,\n«»", max_size=300), st.integers(5, 40))
def test_pieces_are_the_whole_text(text: str, limit: int) -> None:
    text = " ".join(text.split())
    pieces = split_text(text, limit)
    assert all(0 < utf16_units(piece) <= limit for piece in pieces)
    letters = [char for char in text if char in "аб«»"]
    assert [char for piece in pieces for char in piece if char in "аб«»"] == letters


def test_control_characters_and_half_pairs_go() -> None:
    assert clean("\ta\x00b\r\nc\ud800 ") == "ab\nc\ufffd"


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://фото.рф/u/бабушка?код=1&x=%20y", "https://xn--n1aalg.xn--p1ai/u/%D0%B1%D0%B0%D0%B1%D1%83%D1%88%D0%BA%D0%B0?%D0%BA%D0%BE%D0%B4=1&x=%20y"),
        ("http://127.0.0.1:8080/u/abc_-", "http://127.0.0.1:8080/u/abc_-"),
        ("javascript:alert(1)", ""),
        ("https://user:password@example.ru/", ""),
        ("https://example.ru:99999/", ""),
        ("https:///path", ""),
        ("https://[::1", ""),
        ("https://example.ru/" + "я" * 200, ""),
        ("https://example.ru/a b\"<>", "https://example.ru/a%20b%22%3C%3E"),
    ],
)  # fmt: skip
def test_addresses_are_ascii(url: str, made: str) -> None:
    assert clean_url(url) == made
    assert clean_url(made) == made


LEAVES = st.none() | st.booleans() | st.floats() | st.text() | st.integers()


@given(st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_can_be_sent_without_nulls(value: object) -> None:
    made = clean_json({"value": value})
    text = compact_json(made)
    assert json.loads(text.encode()) == json.loads(text)

    def nulls(one: object) -> bool:
        if isinstance(one, dict):
            return any(map(nulls, one.values()))
        return any(map(nulls, one)) if isinstance(one, list) else one is None

    assert not nulls(made)


def test_the_oldest_entries_of_a_state_go_first() -> None:
    state = {"first": "а" * 500, "second": "б" * 200, "third": "в" * 100}
    assert list(clip_state(state)) == ["second", "third"]
    assert json_size(clip_state(state)) <= 1024
    assert clip_state({"one": "а" * 600}) == {}
    assert clip_state({"one": "а" * 500}) == {"one": "а" * 500}  # 1,010 bytes
