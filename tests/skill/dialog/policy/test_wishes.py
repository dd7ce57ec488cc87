"""Wishes on a photo, its deletion, and what is dropped."""

from __future__ import annotations

from dataclasses import replace

from skill.dialog.actions import (
    ActionFailed,
    DeletePhoto,
    ForgetUser,
    InviteUpload,
    Outcome,
    PhotoGone,
    QueueFull,
    StartJob,
    StopJob,
    WithdrawInvitation,
)
from skill.dialog.state import DialogState, Question
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import (
    TICKET,
    asked,
    facts_with,
    job,
    say,
    state_after,
    turn,
)

DONE, REFUSED = JobState.DONE, JobState.REFUSED


def test_again_moves_otherwise_and_a_gesture_keeps_the_rest() -> None:
    first, second = job(announced=True, seed=4, face="2"), job(id="job-2", photo="job-1", seed=7, announced=True)
    again = say(turn("ещё раз"), facts_with(second, first, state=DialogState(2, job="job-1")))
    assert again.decision.actions == (StartJob("job-1", (), 8, "2"),)
    smile = say(turn("пусть улыбнётся"), facts_with(second, first, state=DialogState(2, job="job-1")))
    assert smile.decision.actions == (StartJob("job-1", ("smile",), 4, "2"),)


def test_a_face_is_chosen() -> None:
    several = facts_with(job(REFUSED, reason="several_faces", gestures=("nod",)), state=asked(Question.FACE))
    assert say(turn("левую"), several).decision.actions == (StartJob("job-1", ("nod",), 0, "left"),)


def test_an_appeal_needs_a_word_and_room() -> None:
    child = job(REFUSED, reason="child.young", appeal=True, announced=True)
    asks = say(turn("это взрослый"), facts_with(child))
    assert (asks.decision.actions, state_after(asks).question) == ((), Question.AGE)
    given = say(turn("да"), facts_with(child, state=state_after(asks)))
    assert given.decision.actions == (StartJob("job-1", (), 0, None, adult=True),)
    assert say(turn("это взрослый"), facts_with(replace(child, appeal=False))).decision.actions == ()
    assert say(turn("ему десять лет"), facts_with(child, state=state_after(asks))).decision.actions == ()


def test_nothing_is_deleted_without_a_yes() -> None:
    photo = facts_with(
        job(announced=True), job(id="job-2", photo="job-1", announced=True), job(id="job-3", photo="job-3")
    )
    asks = say(turn("удали фото"), photo)
    assert (asks.decision.actions, state_after(asks).question) == ((), Question.DELETE)
    yes = say(turn("да"), replace(photo, state=state_after(asks)))
    assert yes.decision.actions == (DeletePhoto(("job-1", "job-2")),)
    for said in ("нет", "не надо", "отмена", "бур бур", "готово?", "хватит"):
        other = say(turn(said), replace(photo, state=state_after(asks)))
        assert not any(isinstance(action, DeletePhoto | ForgetUser) for action in other.decision.actions), said


def test_a_photo_is_as_old_as_its_first_video() -> None:
    wished_later = facts_with(job(id="job-2", photo="job-1", age=60.0, announced=True), job(age=7200.0, announced=True))
    heard = say(turn("удали фото"), wished_later)
    assert "2 часа" in heard.text


def test_what_is_under_way_is_dropped_on_request() -> None:
    assert say(turn("отмена"), facts_with(ticket=TICKET)).decision.actions == (WithdrawInvitation(),)
    assert say(turn("отмени"), facts_with(job(JobState.RUNNING))).decision.actions == (StopJob(("job-1",)),)
    both = facts_with(job(JobState.RUNNING), ticket=TICKET)
    assert say(turn("отмени"), both).decision.actions == (WithdrawInvitation(),)
    spoken_of = replace(both, state=DialogState(2, job="job-1"))
    assert say(turn("отмени"), spoken_of).decision.actions == (StopJob(("job-1",)),)
    for said in ("не надо", "не улыбайся", "не удаляй", "нет"):
        assert say(turn(said), both).decision.actions == ()
    foreign = facts_with(job(JobState.RUNNING, mine=False))
    assert say(turn("отмени"), foreign).decision.actions == ()


def test_what_can_not_be_made_is_offered_otherwise() -> None:
    offer = say(turn("пусть помашет рукой"), facts_with(job(announced=True)))
    assert offer.decision.actions == ()
    assert state_after(offer).question is Question.GESTURE
    agreed = say(turn("да"), facts_with(job(announced=True), state=state_after(offer)))
    assert agreed.decision.actions == (StartJob("job-1", ("nod",), 0),)


def test_deleting_all_forgets_the_person() -> None:
    asks = say(turn("удали всё"), facts_with())
    yes = say(turn("да"), facts_with(state=replace(state_after(asks), claimed=("job-1",))))
    assert (yes.decision.actions, state_after(yes).claimed) == ((ForgetUser(),), ())


def test_where_the_photo_is_gone_a_yes_sends_it_again() -> None:
    gone = say(turn("пусть улыбнётся"), facts_with(job(announced=True)), (PhotoGone(),))
    assert state_after(gone).question is Question.SEND
    assert say(turn("да"), facts_with(job(announced=True), state=state_after(gone))).decision.actions == (
        InviteUpload("code", ("smile",)),
    )


def test_no_time_is_promised_where_nothing_began() -> None:
    refusals: tuple[Outcome, ...] = (PhotoGone(), ActionFailed(), QueueFull(100.0))
    for refusal in refusals:
        heard = say(turn("ещё раз"), facts_with(job(announced=True)), (refusal,))
        assert "Будет готово" not in heard.text
        assert "Осталось" not in heard.text
