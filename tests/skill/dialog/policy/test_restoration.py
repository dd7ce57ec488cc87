"""«Почини»: a new video of the restored photo, or a wish that is remembered for the photo to come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill.dialog.actions import InviteUpload, RememberGestures, StartJob
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.jobs.model import JobState
from skill.restore_words import RESTORED, UNRESTORED, movement_of
from tests.skill.dialog.policy.policy_fixture import TICKET, asked, facts_with, job, say, state_after, turn

DONE = job(announced=True, gestures=("smile",), seed=4)


MENDED = movement_of("auto,repair")
"""Scratches that a person sees are filled also where the measure of the damage would ask for nothing."""


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("почини фото", RESTORED), ("убери царапины", MENDED), ("сделай почётче", RESTORED),
        ("восстанови старую фотографию", RESTORED),
    ],
)  # fmt: skip
def test_a_video_that_is_there_is_made_of_the_restored_photo(said: str, meant: str) -> None:
    heard = say(turn(said), facts_with(DONE))
    assert heard.decision.actions == (StartJob("job-1", (meant,), 4),)
    assert (heard.decision.kind, heard.decision.topic) == (ResponseKind.NEW_WISH, "restoring")
    assert "подправлю снимок" in heard.text


@pytest.mark.parametrize("said", ["сделай чётче", "мутная карточка почётче сделай", "увеличь резкость"])
def test_a_small_face_is_made_sharper_where_there_is_the_net_for_it(said: str) -> None:
    facts = facts_with(DONE)
    able = replace(facts, service=replace(facts.service, enlarges=True))
    heard = say(turn(said), able)
    assert heard.decision.actions == (StartJob("job-1", (movement_of("auto,enlarge"),), 4),)
    assert heard.decision.topic == "sharpening" and "чётче" in heard.text
    assert say(turn(said), facts).decision.topic == "restoring"


@pytest.mark.parametrize("said", ["а качество какое будет", "качество получше есть"])
def test_a_plain_question_gets_an_answer_and_no_video(said: str) -> None:
    heard = say(turn(said), facts_with(DONE))
    assert (heard.decision.kind, heard.decision.actions) == (ResponseKind.ANSWER, ())


def test_it_is_remembered_for_the_photo_that_is_awaited_beside_what_was_wished() -> None:
    heard = say(turn("почини фото"), facts_with(ticket=TICKET, gestures=("smile",)))
    assert heard.decision.actions == (RememberGestures(("smile", RESTORED)),)


def test_it_is_remembered_until_a_photo_is_offered() -> None:
    heard = say(turn("убери царапины"), facts_with())
    assert heard.decision.actions == () and state_after(heard).gestures == (MENDED,)
    agreed = say(turn("да", number=4), facts_with(state=state_after(heard)))
    assert [one.gestures for one in agreed.decision.actions if isinstance(one, InviteUpload)] == [(MENDED,)]


def test_nothing_is_done_twice_nor_beside_a_stake_nor_while_a_video_is_made() -> None:
    assert say(turn("почини фото"), facts_with(job(announced=True, restore="auto"))).decision.actions == ()
    open_one = facts_with(DONE, state=asked(Question.DELETE, gestures=("smile",)))
    heard = say(turn("почини фото"), open_one)
    assert (heard.decision.actions, heard.decision.state.question) == ((), Question.DELETE)
    assert heard.decision.state.gestures == ("smile",)
    assert say(turn("почини фото"), facts_with(job(JobState.RUNNING))).decision.kind is ResponseKind.WAIT_FIRST


def test_as_it_was() -> None:
    restored = job(id="job-2", photo="job-1", announced=True, restore="auto")
    heard = say(turn("верни как было"), facts_with(restored))
    assert heard.decision.actions == (StartJob("job-2", (UNRESTORED,), 0),)
    assert heard.decision.topic == "unrestored"
    shown = say(turn("верни как было"), facts_with(restored, DONE))  # the video before it is there
    assert shown.decision.kind is ResponseKind.UNDONE and shown.decision.job == DONE
    assert say(turn("верни как было"), facts_with(DONE)).decision.topic == "undo_nothing"


COLOURED = movement_of("colour")


@pytest.mark.parametrize("said", ["сделай цветным", "раскрась", "хочу цветную сделать из чёрно белой"])
def test_a_video_that_is_there_is_made_in_colours(said: str) -> None:
    heard = say(turn(said), facts_with(DONE))
    assert heard.decision.actions == (StartJob("job-1", (COLOURED,), 4),)
    assert heard.decision.topic == "colouring" and ("угада" in heard.text or "гадаю" in heard.text)


def test_colour_comes_beside_what_was_restored_and_is_remembered() -> None:
    heard = say(turn("раскрась"), facts_with(job(announced=True, restore="auto")))
    assert heard.decision.actions == (StartJob("job-1", (movement_of("auto,colour"),), 0),)
    awaited = say(turn("сделай цветным"), facts_with(ticket=TICKET, gestures=(RESTORED, "smile")))
    assert awaited.decision.actions == (RememberGestures(("smile", movement_of("auto,colour"))),)
    asking = say(turn("раскрашивать умеешь"), facts_with(DONE))
    assert asking.decision.actions == () and "цвета" in asking.text.lower()


@pytest.mark.parametrize("said", ["верни чёрно-белое", "сделай чёрно-белым", "убери цвет"])
def test_as_it_was_without_colours(said: str) -> None:
    coloured = job(id="job-2", photo="job-1", announced=True, restore="auto,colour")
    heard = say(turn(said), facts_with(coloured))
    assert heard.decision.actions == (StartJob("job-2", (RESTORED,), 0),) and heard.decision.topic == "uncoloured"
    grey = job(photo="job-1", announced=True, restore="auto")
    assert say(turn(said), facts_with(coloured, grey)).decision.kind is ResponseKind.UNDONE
    assert say(turn(said), facts_with(DONE)).decision.kind is ResponseKind.ANSWER  # it was never coloured


@pytest.mark.parametrize(
    ("wishes", "offered", "start"),
    [
        (("пусть подмигнёт",), "пусть подмигнёт", ("wink",)),
        (("раскрась",), "аскрасить", (movement_of("colour"),)),
        (("раскрась", "нет пусть кивнёт"), "кивнёт", ("nod", movement_of("colour"))),
        (("пусть подмигнёт", "пусть кивнёт"), "кивнёт", ("nod",)),
    ],
)
def test_a_wish_while_a_video_is_made_is_offered_when_that_is_there(
    wishes: tuple[str, ...], offered: str, start: tuple[str, ...]
) -> None:
    state = asked(Question.NONE)
    for said in (*wishes, "а долго ждать"):  # what is asked in between takes nothing away
        heard = say(turn(said), facts_with(job(JobState.RUNNING), state=state))
        assert heard.decision.actions == ()
        state = state_after(heard)
    for question in (Question.DELETE, Question.DELETE_ALL):  # with what is deleted, what was wished of it goes
        forgotten = replace(state, question=question, job="job-1")
        assert state_after(say(turn("да"), facts_with(job(announced=True), state=forgotten))).later == ()
    told = say(turn("готово"), facts_with(job(), state=state))
    assert told.decision.kind is ResponseKind.READY and offered in told.text
    made = say(turn("да"), facts_with(job(announced=True), state=state_after(told)))
    assert [one.gestures for one in made.decision.actions if isinstance(one, StartJob)] == [start]
    left = say(turn("нет"), facts_with(job(announced=True), state=state_after(told)))
    assert left.decision.actions == () and state_after(left).later == ()
