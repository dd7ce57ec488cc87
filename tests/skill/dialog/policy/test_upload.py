"""Ways for a photo to come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skill.dialog.actions import (
    InviteUpload,
    MarkExplained,
    RememberGestures,
)
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.policy.upload import WAY_BACK
from skill.dialog.state import DialogState, Question
from tests.skill.dialog.policy.policy_fixture import (
    PHONE,
    PUSHING,
    TICKET,
    facts_with,
    say,
    turn,
)


def test_nothing_is_asked_of_a_photo_before_consent() -> None:
    for said in ("оживи фото", "отправить фото", "новое фото", "пусть улыбнётся", "ещё раз", "скажи код", "да"):
        heard = say(turn(said), facts_with(consented=False, state=DialogState(2, Question.SEND)))
        assert heard.decision.kind is ResponseKind.CONSENT, said
        assert heard.decision.actions == ()


def test_asking_twice_gives_the_same_code() -> None:
    for said in ("оживи фото", "код", "повтори", "повтори код"):
        heard = say(turn(said), facts_with(ticket=TICKET))
        assert heard.decision.actions == ()
        assert "524 871" in heard.text
        figures = "пять sil <[600]> два sil <[600]> четыре sil <[1000]> восемь sil <[600]> семь sil <[600]> один."
        assert heard.reply.tts.count(figures) == 2
        assert heard.reply.tts.endswith(figures)
        assert heard.text.endswith("524 871.")


def test_the_way_back_is_explained_once() -> None:
    first = say(turn("оживи фото"), facts_with(explained=frozenset()))
    assert first.decision.actions == (InviteUpload("code"), MarkExplained(WAY_BACK))
    assert "спроси у навыка" in first.text
    later = say(turn("оживи фото"), facts_with())
    assert later.decision.actions == (InviteUpload("code"),)
    assert "спроси у навыка" not in later.text
    assert "«Готово?»" in later.text


@pytest.mark.parametrize("other", [{"platform": "salute"}, {"surface": PHONE}])
def test_only_a_speaker_of_alice_needs_the_way_back(other: dict[str, Any]) -> None:
    assert "спроси у навыка" not in say(turn("код", **other), facts_with(explained=frozenset())).text


def test_a_code_that_is_nearly_over_is_not_told_again() -> None:
    heard = say(turn("повтори код"), facts_with(ticket=replace(TICKET, seconds=60.0)))
    assert heard.decision.actions == (InviteUpload("code"),)


def test_a_wish_with_a_live_code_is_remembered_and_the_code_stays() -> None:
    heard = say(turn("оживи фото и пусть подмигнёт"), facts_with(ticket=TICKET))
    assert heard.decision.actions == (RememberGestures(("wink",)),)


def test_a_code_can_be_had_after_a_push() -> None:
    pushed = facts_with(ticket=replace(TICKET, link="", code="", pushed=True))
    assert say(turn("код", surface=PUSHING), pushed).decision.actions == (InviteUpload("code"),)
    again = say(turn("оживи фото", surface=PUSHING), pushed)
    assert (again.decision.actions, again.reply.link_account) == ((), True)


def test_a_push_only_where_the_device_can_do_it() -> None:
    assert say(turn("оживи фото", surface=PUSHING), facts_with()).reply.link_account
    assert not say(turn("отправь на телефон"), facts_with()).reply.link_account
    assert not say(turn("отправь на телефон", surface=PUSHING, linked=True), facts_with()).reply.link_account


def test_the_link_is_a_button() -> None:
    heard = say(turn("оживи фото", surface=PHONE), facts_with())
    assert heard.reply.buttons[0].url == "https://ozhivi.ru/u/fresh"
    assert heard.decision.actions == (InviteUpload("link"),)


def test_a_code_that_is_refused_is_replaced() -> None:
    for said in ("код не подходит", "новый код", "другой код"):
        heard = say(turn(said), facts_with(ticket=TICKET, gestures=("nod",)))
        assert heard.decision.actions == (InviteUpload("code", ("nod",)),)
        assert "193 746" in heard.text


def test_the_link_that_waits_keeps_its_button() -> None:
    for said in ("готово?", "подожди", "ввела", "пусть кивнёт", "не открывается"):
        heard = say(turn(said, surface=PHONE), facts_with(ticket=TICKET))
        assert heard.reply.buttons[0].url == TICKET.link, said
