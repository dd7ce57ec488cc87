"""Reading of a whole phrase: the clause that counts, among reasons, asides and second thoughts."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.understand import understand


@pytest.mark.parametrize(
    ("said", "expecting", "stage", "intent"),
    [
        ("сейчас гостям покажу давай алиса не подведи", "offer", "new", Intent.YES),
        ("ну давайте попробуем раз уж зашла", "offer", "new", Intent.YES),
        ("да нет наверное хотя ладно давай", "offer", "new", Intent.YES),
        ("да нет наверное хотя ладно давай", "consent", "new", Intent.UNKNOWN),
        ("ну чё попробуем дед", "offer", "new", Intent.ANIMATE),
        ("ок принято", "consent", "new", Intent.YES),
        ("так принято", "consent", "new", Intent.UNKNOWN),
        ("согласна согласна я эти ваши правила уже слышала", "consent", "new", Intent.YES),
        ("конечно да мы же все взрослые тут за столом сидим", "consent", "new", Intent.YES),
        ("не согласна я зачем это мои снимки куда то отправлять", "consent", "new", Intent.NO),
        ("есть есть он уже из армии пришел тут", "age", "refused", Intent.YES),
    ],
)
def test_what_counts_in_a_phrase_is_heard(said: str, expecting: str, stage: str, intent: Intent) -> None:
    assert understand(said, expecting=expecting, stage=stage).intent is intent


def test_a_question_behind_a_stray_denial_is_answered() -> None:
    meant = understand("не ну с удалением окей а вот куда фотка то уходит", expecting="consent", stage="new")
    assert (meant.intent, meant.topic) == (Intent.QUESTION, "place")
    assert understand("нет не согласна а куда фото уходит", expecting="consent").intent is Intent.NO


@pytest.mark.parametrize(
    "said",
    [
        "согласна я подумать",
        "согласна мама моя я не знаю",
        "согласна я раньше была",
        "согласна мы там дети",
        "да да я слышала",
        "муж согласен я нет",
        "конечно да мы с детьми сидим",
    ],
)
def test_a_reason_that_is_none_leaves_the_consent_open(said: str) -> None:
    assert understand(said, expecting="consent", stage="new").intent is not Intent.YES


@pytest.mark.parametrize(
    "said", ["есть есть он в школе", "есть есть она с детьми", "да есть он не служил", "ну да это внучок мой"]
)
def test_a_reason_that_is_none_leaves_the_age_open(said: str) -> None:
    assert understand(said, expecting="age", stage="refused").intent is not Intent.YES


def test_what_is_denied_after_a_movement_is_not_wished_for() -> None:
    assert understand("погрустнее сделай он веселым сроду не был", stage="done").gestures == ("sad",)
