"""What changes a video that is there."""

from __future__ import annotations

import re

import pytest

from pipeline.limits import AUTO
from skill.dialog.actions import RememberGestures, ShareResult, StartJob
from skill.dialog.policy.changes import CALM, LIVELY, SHORT_SECONDS
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import PHONE, TICKET, facts_with, job, say, turn

SMILING = job(announced=True, gestures=("smile",), seed=4, face="left")


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("сделай подлиннее", StartJob("job-1", ("smile",), 4, "left", motion=LIVELY, length=6.0)),
        ("сделай покороче", StartJob("job-1", ("smile",), 4, "left", motion=LIVELY, length=SHORT_SECONDS)),
        ("сделай поспокойнее", StartJob("job-1", ("smile:0.6",), 4, "left", motion=LIVELY, length=4.0)),
        ("пусть двигается помедленнее", StartJob("job-1", ("smile:slow",), 4, "left", motion=LIVELY, length=4.0)),
        ("помедленнее", StartJob("job-1", ("smile:slow",), 4, "left", motion=LIVELY, length=4.0)),
        ("слишком быстро кивает", StartJob("job-1", ("nod:slow",), 4, "left", motion=LIVELY, length=4.0)),
        ("пусть кивает подольше", StartJob("job-1", ("nod",), 4, "left", motion=LIVELY, length=6.0)),
        ("сильнее улыбнись", StartJob("job-1", ("smile:1.4",), 4, "left", motion=LIVELY, length=4.0)),
    ],
)
def test_a_change_keeps_the_rest(said: str, start: StartJob) -> None:
    assert say(turn(said), facts_with(SMILING)).decision.actions == (start,)


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("smile", "сделай поспокойнее", "чуть-чуть улыбнётся"),
        ("smile:1.4", "сделай поспокойнее", "пусть улыбнётся"),
        ("wink:left:0.6", "посильнее", "пусть подмигнёт левым глазом"),
        ("nod:2", "помедленнее", "медленно дважды кивнёт"),
        ("nod:slow", "слишком медленно ускорь", "пусть кивнёт"),
        ("turn:left", "в другую сторону", "повернёт голову направо"),
        ("smile", "убери улыбку", "серьёзн|без улыбки"),
    ],
)
def test_a_gesture_changes_its_manner(before: str, said: str, after: str) -> None:
    assert re.search(after, say(turn(said), facts_with(job(announced=True, gestures=(before,)))).text)


@pytest.mark.parametrize(
    ("before", "said", "left"),
    [
        (("nod", "wink:left"), "убери кивок", ("wink:left",)),
        (("blink:2",), "убери моргание", ("tilt:0.5",)),
        (("nod",), "убери вздох и кивок", ("blink", "tilt:0.5")),
    ],
)
def test_a_movement_is_taken_out(before: tuple[str, ...], said: str, left: tuple[str, ...]) -> None:
    heard = say(turn(said), facts_with(job(announced=True, gestures=before)))
    assert [one.gestures for one in heard.decision.actions if isinstance(one, StartJob)] == [left]


def test_what_is_not_there_is_not_taken_out() -> None:
    heard = say(turn("убери кивок"), facts_with(job(announced=True, gestures=("wink",))))
    assert [(one.gestures, one.seed) for one in heard.decision.actions if isinstance(one, StartJob)] == [(("wink",), 1)]
    assert say(turn("убери кивок"), facts_with()).decision.actions == ()


@pytest.mark.parametrize("motion", [CALM, LIVELY])
@pytest.mark.parametrize(("before", "said"), [("smile:0.6", "сделай поспокойнее"), ("smile:slow", "помедленнее")])
def test_a_gesture_at_its_end_gives_way_to_calm(before: str, said: str, motion: str) -> None:
    heard = say(turn(said), facts_with(job(announced=True, gestures=(before,), motion=motion)))
    assert heard.decision.actions == (StartJob("job-1", (), 0, motion=CALM, length=4.0),)


def test_a_gesture_that_is_as_strong_as_can_be_is_not_made_anew() -> None:
    heard = say(turn("посильнее"), facts_with(job(announced=True, gestures=("smile:1.4",))))
    assert (heard.decision.kind, heard.decision.actions) == (ResponseKind.CANNOT, ())


def test_what_is_calm_can_be_livelier() -> None:
    calm = job(announced=True, motion=CALM)
    assert say(turn("сделай поживее"), facts_with(calm)).decision.actions == (
        StartJob("job-1", (), 0, motion=LIVELY, length=4.0),
    )


def test_what_the_photo_chose_is_calm_where_its_mood_is() -> None:
    stern, plain = (job(announced=True, motion=AUTO, reason=reason) for reason in ("stern", ""))
    livelier = say(turn("сделай поживее"), facts_with(stern)).decision.actions
    assert livelier == (StartJob("job-1", (), 0, motion=LIVELY, length=4.0),)
    assert say(turn("сделай поживее"), facts_with(plain)).decision.actions == (
        StartJob("job-1", ("smile:1.4", "nod:1.4"), 0, motion=AUTO, length=4.0),
    )
    for one in (stern, plain):
        assert say(turn("поспокойнее"), facts_with(one)).decision.actions == (
            StartJob("job-1", (), 0, motion=CALM, length=4.0),
        )


def test_another_movement_is_offered_where_it_can_not_be_stronger() -> None:
    heard = say(turn("двигайся посильнее"), facts_with(job(announced=True, gestures=("smile:1.4",))))
    assert (heard.decision.kind, heard.decision.state.question) == (ResponseKind.CANNOT, Question.GESTURE)
    assert "Кивнуть?" in heard.text


def test_the_video_before_is_shown_again() -> None:
    first = job(announced=True, gestures=("wink",), length=6.0)
    facts = facts_with(job(id="job-3", state=JobState.RUNNING), job(id="job-2", state=JobState.FAILED), first)
    again = StartJob("job-1", ("wink",), 0, motion=LIVELY, length=6.0)
    assert say(turn("верни как было"), facts).decision.actions == (again,)
    assert say(turn("верни как было", surface=PHONE), facts).decision.actions == (again, ShareResult("job-1"))


def test_what_was_made_before_is_shown_again() -> None:
    calm, first = job(id="job-2", announced=True, motion=CALM), job(announced=True)
    facts = facts_with(calm, first)
    decision = say(turn("сделай поживее"), facts).decision
    assert (decision.kind, decision.job) == (ResponseKind.UNDONE, first)


def test_one_change_at_a_time() -> None:
    facts = facts_with(job(id="job-2", state=JobState.RUNNING), job(announced=True))
    assert say(turn("сделай подлиннее"), facts).decision.kind is ResponseKind.WAIT_FIRST


def test_a_code_is_said_slowly_while_it_waits() -> None:
    tts = say(turn("помедленнее"), facts_with(ticket=TICKET)).reply.tts
    assert "пять sil <[1000]> два sil <[1000]> четыре sil <[1600]> восемь" in tts
    assert "медленнее" not in tts
    assert say(turn("скажи код помедленнее"), facts_with(ticket=TICKET)).reply.tts == tts
    assert say(turn("слишком быстро"), facts_with(ticket=TICKET)).reply.tts == tts


@pytest.mark.parametrize(
    ("said", "gestures"),
    [
        ("пусть кивнёт помедленнее", ("nod:slow",)),
        ("пусть улыбается не так сильно", ("smile:0.6",)),
    ],
)
def test_before_a_video_a_movement_in_a_manner_is_a_wish(said: str, gestures: tuple[str, ...]) -> None:
    assert say(turn(said), facts_with(ticket=TICKET)).decision.actions == (RememberGestures(gestures),)
