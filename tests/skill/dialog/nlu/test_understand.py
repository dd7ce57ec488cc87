"""Understanding: the phrase tables, any text at all, denials, and what the platform recognised."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.motion.gesture_wish import parse_gesture
from pipeline.motion.gestures import GESTURES
from skill.camera_words import CAMERA_WORDS
from skill.dialog.nlu import phrase_reader
from skill.dialog.nlu.intents import Intent as SameIntent
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.understand import Intent, Understood, understand, warm
from skill.story_words import STORY_WORDS
from tests.skill.dialog.nlu.intent_topics import INTENT_TOPICS
from tests.skill.dialog.nlu.phrase_tables import encode_ahead, table, understood

PHRASES = table("phrases.tsv")
UNSEEN = table("phrases_unseen.tsv")
EXPECTING = ("", *map(str, Stake))
SHARE = 1 if os.environ.get("OZHIVI_TEST_FUZZ") == "whole" else 3
"""Of the phrases one is denied after each question; with OZHIVI_TEST_FUZZ=whole all are."""
# words of the skill, so that random phrases come near its rules
WORDS = sorted({word for phrase in PHRASES for word in phrase.text.split()})


def test_every_phrase_is_understood() -> None:
    otherwise = [f"{phrase}: {meant}" for phrase, meant in understood(PHRASES) if meant != phrase.meant]
    assert otherwise == []


def test_what_people_say_to_a_portrait_is_understood() -> None:
    phrases = table("movements.tsv")
    encode_ahead([phrase.text for phrase in phrases])
    heard = [(phrase, understand(phrase.text, stage=Stage.DONE)) for phrase in phrases]
    assert len(phrases) >= 400
    assert [f"{phrase}: {meant}" for phrase, meant in heard if meant != phrase.meant] == []


@pytest.mark.parametrize(
    "said",
    [
        *("свари кофе", "купи хлеба", "посчитай", "нажми", "прости", "дальше", "ладно", "три семь ноль один"),
        *("алиса вздёрни нос", "не вздёрни нос", "перезагрузи страницу потом вздёрни нос и поправь галстук"),
    ],
)
def test_an_order_that_is_not_for_the_person_is_no_movement(said: str) -> None:
    assert understand(said, stage=Stage.DONE).intent is not Intent.UNSUPPORTED


@pytest.mark.parametrize("stage", Stage)
def test_words_of_a_movement_that_tell_or_praise_order_none(stage: Stage) -> None:
    told = ("бабушка дышит", "какая счастливая", "я счастлива", "хитрый какой", "говори", "говори код", "вспомни код")
    assert [said for said in told if understand(said, stage=stage).gestures] == []


def test_an_unknown_order_is_a_movement_that_can_not_be_made_where_a_video_is_there() -> None:
    assert understand("поправь галстук", stage=Stage.DONE) == Understood(Intent.UNSUPPORTED, topic="other")
    assert understand("поправь галстук", expecting=Stake.CONSENT, stage=Stage.DONE).intent is Intent.UNKNOWN
    assert understand("поправь галстук", stage=Stage.NEW).intent is Intent.UNKNOWN


@pytest.mark.parametrize("stake", [Stake.OFFER, Stake.CONSENT, Stake.DELETION])
@pytest.mark.parametrize("stage", Stage)
def test_a_movement_that_is_denied_is_never_made_or_offered(stake: Stake, stage: Stage) -> None:
    denied = [phrase.text for phrase in table("movements.tsv") if phrase.meant.intent is Intent.CANCEL]
    meant = {said: understand(said, expecting=stake, stage=stage) for said in denied}
    wrong = {Intent.YES, Intent.UNSUPPORTED, Intent.GESTURE, Intent.DELETE}
    assert len(denied) >= 30
    assert [f"{said}: {one}" for said, one in meant.items() if one.intent in wrong] == []


def test_phrases_written_after_the_matcher_are_understood() -> None:
    missed = [str(phrase) for phrase, meant in understood(UNSEEN) if meant != phrase.meant]
    assert len(UNSEEN) >= 60
    assert len(missed) <= 0.05 * len(UNSEEN), missed


def test_the_tables_are_large_and_cover_every_intent() -> None:
    texts = [(phrase.text, phrase.expecting) for phrase in [*PHRASES, *UNSEEN]]
    assert len(set(texts)) == len(texts)
    assert len(PHRASES) >= 400
    assert {phrase.meant.intent for phrase in PHRASES} == set(Intent)
    movements = {movement for phrase in PHRASES for movement in phrase.meant.gestures}
    assert movements >= set(STORY_WORDS)
    wished = {parse_gesture(movement) for movement in movements - set(STORY_WORDS)}
    assert {wish.name for wish in wished} == set(GESTURES)
    for name, gesture in GESTURES.items():
        assert {wish.side for wish in wished if wish.name == name} >= set(gesture.sides) or name == "shake"


FACES = {None, "left", "middle", "right", "largest", "all"}
FACES.update(f"{side}{number}" for number in range(1, 21) for side in ("", "right-"))


def sensible(meant: Understood) -> bool:
    return (
        all(
            gesture in {*STORY_WORDS, *CAMERA_WORDS} or str(parse_gesture(gesture)) == gesture
            for gesture in meant.gestures
        )
        and len(set(meant.gestures)) == len(meant.gestures)
        and (meant.face in FACES or set((meant.face or "").split(",")) <= FACES - {"left", "right", "all"})
        and meant.how in {"", "link", "code", "phone", "repeat", "new"}
        and meant.what in {"", "photo", "all"}
        and meant.topic in INTENT_TOPICS[meant.intent]
        and (meant.age is None or 0 < meant.age <= 120)
    )


TEXTS = st.one_of(
    st.text(max_size=1024),
    st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюяё -", max_size=1024),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
)


@settings(max_examples=600 // SHARE, deadline=None)
@given(text=TEXTS, expecting=st.sampled_from([*EXPECTING, "?"]))
def test_any_text_is_answered_and_always_alike(text: str, expecting: str) -> None:
    meant = understand(text[:1024], expecting=expecting)
    assert sensible(meant)
    assert understand(text[:1024], expecting=expecting) == meant


@pytest.mark.parametrize("denial", ["не", "не надо", "не хочу", "ни за что не", "только не", "нет не"])
def test_what_is_denied_is_never_deleted(denial: str) -> None:
    phrases = [phrase for phrase in PHRASES if phrase.meant.intent is Intent.DELETE]
    assert phrases
    for at, expecting in enumerate(EXPECTING):
        heard = understood(phrases[at % SHARE :: SHARE], expecting=expecting, form=f"{denial} {{}}")
        assert [str(phrase) for phrase, meant in heard if meant.intent in {Intent.DELETE, Intent.YES}] == []


@pytest.mark.parametrize("written", ["ОЖИВИ ФОТО!!!", "  оживи, фото  ", "ожив+и ф+ото", "Оживи\nфото…"])
def test_case_marks_and_stress_change_nothing(written: str) -> None:
    assert understand(written) == Understood(Intent.ANIMATE)


@pytest.mark.parametrize(
    ("text", "platform", "meant"),
    [
        ("да", {"YANDEX.CONFIRM": {}}, Understood(Intent.YES)),
        ("не-а", {"YANDEX.REJECT": {}}, Understood(Intent.NO)),
        ("спаси", {"YANDEX.HELP": {}}, Understood(Intent.HELP)),
        ("чем удивишь", {"YANDEX.WHAT_CAN_YOU_DO": {}}, Understood(Intent.ABILITIES)),
        ("как-как", {"YANDEX.REPEAT": {}}, Understood(Intent.REPEAT)),
        ("ожививка", {"photo.animate": {}}, Understood(Intent.ANIMATE)),
        ("ну это", {"photo.smile": {}}, Understood(Intent.GESTURE, gestures=("smile",))),
        ("моргни", {"photo.wink": {}}, Understood(Intent.GESTURE, gestures=("wink",))),
        ("кивни и улыбнись", {"photo.smile": {}}, Understood(Intent.GESTURE, gestures=("nod", "smile"))),
        ("туда", {"photo.turn_right": {}}, Understood(Intent.GESTURE, gestures=("turn:right",))),
        ("туда", {"photo.turn": {"side": "left"}}, Understood(Intent.GESTURE, gestures=("turn:left",))),
        ("туда", {"photo.turn": {"side": "up"}}, Understood(Intent.GESTURE, gestures=("turn",))),
        (
            "медленно поверни голову влево",
            {"photo.turn": {"side": "left"}},
            Understood(Intent.GESTURE, gestures=("turn:left:slow",)),
        ),
        ("ну это", {"photo.close_eyes": {}}, Understood(Intent.GESTURE, gestures=("close-eyes",))),
        ("оживи", {"photo.animate": {"style": "close_eyes"}}, Understood(Intent.ANIMATE, gestures=("close-eyes",))),
        ("сотри фото", {"photo.delete": {}}, Understood(Intent.DELETE, what="photo")),
        ("сотри", {"photo.delete": {"what": "all"}}, Understood(Intent.DELETE, what="all")),
        ("не удаляй", {"photo.delete": {}}, Understood(Intent.CANCEL, topic="kept")),
        ("оживи", {"photo.animate": {"style": "nod"}}, Understood(Intent.ANIMATE, gestures=("nod",))),
        ("код", {"photo.send": {"how": "code"}, "YANDEX.CONFIRM": {}}, Understood(Intent.SEND, how="code")),
        ("ей", {"photo.appeal": {"age": "31"}}, Understood(Intent.APPEAL, age=31)),
        ("вон та", {"photo.choose": {"face": "right"}}, Understood(Intent.CHOOSE, face="right")),
        ("оживи фото", {"someone.else": {"face": "right"}}, Understood(Intent.ANIMATE)),
        ("оживи", {"photo.animate": {"style": "dance", "face": "behind"}}, Understood(Intent.ANIMATE)),
    ],
)
def test_the_platform_wins(text: str, platform: dict[str, dict[str, str]], meant: Understood) -> None:
    assert understand(text, platform=platform) == meant


def test_the_dictionary_comes_with_warm_and_not_with_the_import() -> None:
    code = "import sys, skill.dialog.nlu.understand as i; assert 'pymorphy3' not in sys.modules; i.warm(); "
    code += "assert 'pymorphy3' in sys.modules; assert 'aiohttp' not in sys.modules; "
    code += "from skill.dialog.nlu.sentence_encoder import _net; assert not _net.cache_info().currsize"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_phrase_that_was_said_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = understand("а пусть она подмигнёт левым", expecting="")
    monkeypatch.setattr(phrase_reader, "hear", None)
    assert understand("а пусть она подмигнёт левым", expecting="") is meant
    with pytest.raises(TypeError):
        understand("а пусть она подмигнёт левым", expecting=str(Stake.OFFER))


def test_warm_may_be_called_twice() -> None:
    warm()
    warm()
    assert SameIntent is Intent
