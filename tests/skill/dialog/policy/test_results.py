"""How it is with a photo, and who hears of it."""

from __future__ import annotations

from dataclasses import replace

from skill.dialog.actions import (
    ActionFailed,
    CountWrongDigits,
    MarkAnnounced,
    ShareResult,
)
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import Question
from skill.dialog.types import Card
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import (
    PHONE,
    TICKET,
    asked,
    facts_with,
    job,
    say,
    state_after,
    turn,
)

DONE, REFUSED = JobState.DONE, JobState.REFUSED


def test_a_result_is_announced_once() -> None:
    first = say(turn("готово?"), facts_with(job()))
    assert first.decision.actions == (MarkAnnounced(("job-1",)),)
    again = say(turn("готово?"), facts_with(job(announced=True)))
    assert (again.decision.kind, again.decision.actions) == (ResponseKind.READY_AGAIN, ())


def test_several_results_are_announced_together_and_failures_when_they_are_explained() -> None:
    heard = say(turn("готово?"), facts_with(job(), job(id="job-2"), job(REFUSED, id="job-3", reason="no_face")))
    assert heard.decision.actions == (MarkAnnounced(("job-1", "job-2")),)
    why = say(turn("почему?"), facts_with(job(REFUSED, id="job-3", reason="no_face"), job(announced=True)))
    assert why.decision.actions == (MarkAnnounced(("job-3",)),)


def test_an_earlier_video_is_shown_while_another_photo_is_awaited() -> None:
    facts = facts_with(job(announced=True), ticket=TICKET)
    for said in ("готово?", "покажи видео", "где моё видео", "как сохранить", "отправь маме"):
        heard = say(turn(said, surface=PHONE), facts)
        assert heard.decision.actions == (ShareResult("job-1"),), said
        assert "https://ozhivi.ru/u/result" in {button.url for button in heard.reply.buttons}


def test_a_family_members_result_is_told_only_after_the_check() -> None:
    foreign = facts_with(job(mine=False, digits="71"))
    for said in ("", "готово?", "почему?", "ещё раз", "левую", "спасибо", "бур бур", "это взрослый"):
        heard = say(turn(said, new=not said), foreign)
        assert heard.decision.actions == (), said
        assert "видео готово" not in heard.text.lower()
    proved = say(turn("да"), replace(foreign, state=asked(Question.MINE)))
    assert (proved.decision.kind, state_after(proved).claimed) == (ResponseKind.READY, ("job-1",))


def test_a_shared_screen_asks_for_the_digits() -> None:
    foreign = facts_with(job(mine=False, digits="71"), state=asked(Question.DIGITS))
    right = say(turn("семь один", surface=PHONE), foreign)
    assert right.decision.actions == (ShareResult("job-1"), MarkAnnounced(("job-1",)))
    wrong = say(turn("семь два", surface=PHONE), foreign)
    assert (wrong.decision.actions, wrong.reply.buttons[0].url) == ((CountWrongDigits(),), "")
    assert state_after(wrong).question is Question.DIGITS
    locked = say(turn("семь один", surface=PHONE), replace(foreign, locked=True))
    assert locked.decision.kind is ResponseKind.LOCKED


def test_not_this_photo_perhaps_the_one_before() -> None:
    mine, other = job(id="job-1", photo="job-1", mine=False), job(id="job-3", photo="job-3", mine=False, age=60.0)
    facts = facts_with(replace(other, id="job-4"), other, mine, state=asked(Question.MINE, job="job-4"))
    no = say(turn("нет"), facts)
    assert (no.decision.kind, state_after(no).job) == (ResponseKind.ASK_MINE, "job-1")
    assert say(turn("нет"), replace(facts, state=state_after(no))).decision.kind is ResponseKind.NOT_YOURS
    yes = say(turn("да"), facts)
    assert state_after(yes).claimed == ("job-3", "job-4")


def test_a_picture_is_shown_where_there_is_one() -> None:
    heard = say(turn("готово?", surface=PHONE), facts_with(job(picture="1652229/abc")))
    assert heard.reply.card == Card(
        "1652229/abc", "Ваше видео", "Нажмите, чтобы посмотреть", "https://ozhivi.ru/u/result"
    )
    assert say(turn("готово?"), facts_with(job(picture="1652229/abc"))).reply.card is None
    assert say(turn("готово?", surface=PHONE), facts_with(job())).reply.card is None


def test_a_locked_family_is_not_let_in_by_a_yes() -> None:
    locked = facts_with(job(mine=False), locked=True, state=asked(Question.MINE))
    assert say(turn("да"), locked).decision.kind is ResponseKind.LOCKED


def test_a_result_is_told_also_where_its_link_or_note_failed() -> None:
    heard = say(turn("готово?", surface=PHONE), facts_with(job()), (ActionFailed(), ActionFailed()))
    assert "отово" in heard.text
    assert not any(button.url for button in heard.reply.buttons)
