"""What the conversation wants done, and where it stands afterwards."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from skill.dialog.actions import (
    ActionFailed,
    CountWrongDigits,
    DeletePhoto,
    ForgetUser,
    InviteUpload,
    MarkAnnounced,
    MarkExplained,
    Outcome,
    PhotoGone,
    QueueFull,
    RecordConsent,
    RememberGestures,
    ShareResult,
    StartJob,
    StopJob,
    WithdrawInvitation,
)
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.policy.decide import decide, speak
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.policy.upload import RULES, WAY_BACK
from skill.dialog.state import DialogState, Question, read_state
from skill.dialog.types import Card
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import PHONE, PUSHING, TICKET, Heard, asked, job, known, say, turn

DONE, REFUSED = JobState.DONE, JobState.REFUSED


# words that once were taken for a yes, and others of their kind
_AT_THE_RULES = (
    "не подходят|не соглашусь|не годится|на что согласна|с чем согласна|обязательно|пусть|сделай|точно|почти согласна|"
    "если согласна|да ну|да ладно|потом|какие правила"
)
_AT_DELETION = (
    "пусть будет|да ну его|не начинай|иди отсюда|точно навсегда|нет не удаляй|не удаляй|пусть|сделай|точно|навсегда|"
    "жалко|а если удалю|что удалить|оставь|удалить"
)
_AT_AGE = (
    "нет восемнадцати|ему ещё не восемнадцать|почти восемнадцать|не исполнилось восемнадцать|не верно|не точно|"
    "мне сорок а дочке десять|скоро восемнадцать|всем кроме внука|семнадцать|точно|пусть|вроде есть|двадцать месяцев|"
    "сколько лет|это не ребёнок|там дети"
)
DENIED = [
    *((said, Question.CONSENT) for said in _AT_THE_RULES.split("|")),
    *((said, question) for question in (Question.DELETE, Question.DELETE_ALL) for said in _AT_DELETION.split("|")),
    *((said, Question.AGE) for said in _AT_AGE.split("|")),
]


def after(heard: Heard) -> DialogState:
    """Where the conversation stands, as the platform would give it back."""
    return read_state(heard.reply.state)


def test_a_result_is_announced_once() -> None:
    first = say(turn("готово?"), known(job()))
    assert first.decision.actions == (MarkAnnounced(("job-1",)),)
    again = say(turn("готово?"), known(job(announced=True)))
    assert (again.decision.kind, again.decision.actions) == (ResponseKind.READY_AGAIN, ())


def test_several_results_are_announced_together_and_failures_when_they_are_explained() -> None:
    heard = say(turn("готово?"), known(job(), job(id="job-2"), job(REFUSED, id="job-3", reason="no_face")))
    assert heard.decision.actions == (MarkAnnounced(("job-1", "job-2")),)
    why = say(turn("почему?"), known(job(REFUSED, id="job-3", reason="no_face"), job(announced=True)))
    assert why.decision.actions == (MarkAnnounced(("job-3",)),)


def test_a_gesture_is_remembered_through_the_rules() -> None:
    rules = say(turn("оживи фото и пусть улыбнётся"), known(consented=False))
    assert (after(rules).question, after(rules).gestures) == (Question.CONSENT, ("smile",))
    agreed = say(turn("да"), known(consented=False, state=after(rules)))
    assert agreed.decision.actions == (RecordConsent(RULES), InviteUpload("code", ("smile",)))


def test_another_gesture_during_the_rules_takes_its_place() -> None:
    heard = say(turn("пусть лучше кивнёт"), known(consented=False, state=asked(Question.CONSENT, gestures=("smile",))))
    assert (heard.decision.kind, after(heard).gestures) == (ResponseKind.CONSENT, ("nod",))


def test_nothing_is_asked_of_a_photo_before_consent() -> None:
    for said in ("оживи фото", "отправить фото", "новое фото", "пусть улыбнётся", "ещё раз", "скажи код", "да"):
        heard = say(turn(said), known(consented=False, state=DialogState(2, Question.SEND)))
        assert heard.decision.kind is ResponseKind.CONSENT, said
        assert heard.decision.actions == ()


def test_asking_twice_gives_the_same_code() -> None:
    for said in ("оживи фото", "код", "повтори", "повтори код"):
        heard = say(turn(said), known(ticket=TICKET))
        assert heard.decision.actions == ()
        assert "524 871" in heard.text
        figures = "пять sil <[600]> два sil <[600]> четыре sil <[1000]> восемь sil <[600]> семь sil <[600]> один."
        assert heard.reply.tts.count(figures) == 2
        assert heard.reply.tts.endswith(figures)
        assert heard.text.endswith("524 871.")


def test_the_way_back_is_explained_once() -> None:
    first = say(turn("оживи фото"), known(explained=frozenset()))
    assert first.decision.actions == (InviteUpload("code"), MarkExplained(WAY_BACK))
    assert "спроси у навыка" in first.text
    later = say(turn("оживи фото"), known())
    assert later.decision.actions == (InviteUpload("code"),)
    assert "спроси у навыка" not in later.text
    assert "«Готово?»" in later.text


@pytest.mark.parametrize("other", [{"platform": "salute"}, {"surface": PHONE}])
def test_only_a_speaker_of_alice_needs_the_way_back(other: dict[str, Any]) -> None:
    assert "спроси у навыка" not in say(turn("код", **other), known(explained=frozenset())).text


def test_a_code_that_is_nearly_over_is_not_told_again() -> None:
    heard = say(turn("повтори код"), known(ticket=replace(TICKET, seconds=60.0)))
    assert heard.decision.actions == (InviteUpload("code"),)


def test_a_wish_with_a_live_code_is_remembered_and_the_code_stays() -> None:
    heard = say(turn("оживи фото и пусть подмигнёт"), known(ticket=TICKET))
    assert heard.decision.actions == (RememberGestures(("wink",)),)


def test_a_code_can_be_had_after_a_push() -> None:
    pushed = known(ticket=replace(TICKET, link="", code="", pushed=True))
    assert say(turn("код", surface=PUSHING), pushed).decision.actions == (InviteUpload("code"),)
    again = say(turn("оживи фото", surface=PUSHING), pushed)
    assert (again.decision.actions, again.reply.link_account) == ((), True)


def test_a_push_only_where_the_device_can_do_it() -> None:
    assert say(turn("оживи фото", surface=PUSHING), known()).reply.link_account
    assert not say(turn("отправь на телефон"), known()).reply.link_account
    assert not say(turn("отправь на телефон", surface=PUSHING, linked=True), known()).reply.link_account


def test_the_link_is_a_button() -> None:
    heard = say(turn("оживи фото", surface=PHONE), known())
    assert heard.reply.buttons[0].url == "https://ozhivi.ru/u/fresh"
    assert heard.decision.actions == (InviteUpload("link"),)


def test_again_moves_otherwise_and_a_gesture_keeps_the_rest() -> None:
    first, second = job(announced=True, seed=4, face="2"), job(id="job-2", photo="job-1", seed=7, announced=True)
    again = say(turn("ещё раз"), known(second, first, state=DialogState(2, job="job-1")))
    assert again.decision.actions == (StartJob("job-1", (), 8, "2"),)
    smile = say(turn("пусть улыбнётся"), known(second, first, state=DialogState(2, job="job-1")))
    assert smile.decision.actions == (StartJob("job-1", ("smile",), 4, "2"),)


def test_a_face_is_chosen() -> None:
    several = known(job(REFUSED, reason="several_faces", gestures=("nod",)), state=asked(Question.FACE))
    assert say(turn("левую"), several).decision.actions == (StartJob("job-1", ("nod",), 0, "left"),)


def test_a_face_that_is_not_told_is_asked_for_again() -> None:
    facts = known(job(REFUSED, reason="several_faces", announced=True), state=asked(Question.FACE))
    decision = decide(turn("вон того"), Understood(Intent.CHOOSE), facts)
    assert (decision.kind, decision.state.question, decision.state.misses) == (ResponseKind.UNCLEAR, Question.FACE, 1)
    assert "оживить" in speak(turn("вон того"), facts, decision).text


def test_an_appeal_needs_a_word_and_room() -> None:
    child = job(REFUSED, reason="child.young", appeal=True, announced=True)
    asks = say(turn("это взрослый"), known(child))
    assert (asks.decision.actions, after(asks).question) == ((), Question.AGE)
    given = say(turn("да"), known(child, state=after(asks)))
    assert given.decision.actions == (StartJob("job-1", (), 0, None, adult=True),)
    assert say(turn("это взрослый"), known(replace(child, appeal=False))).decision.actions == ()
    assert say(turn("ему десять лет"), known(child, state=after(asks))).decision.actions == ()


def test_nothing_is_deleted_without_a_yes() -> None:
    photo = known(job(announced=True), job(id="job-2", photo="job-1", announced=True), job(id="job-3", photo="job-3"))
    asks = say(turn("удали фото"), photo)
    assert (asks.decision.actions, after(asks).question) == ((), Question.DELETE)
    yes = say(turn("да"), replace(photo, state=after(asks)))
    assert yes.decision.actions == (DeletePhoto(("job-1", "job-2")),)
    for said in ("нет", "не надо", "отмена", "бур бур", "готово?", "хватит"):
        other = say(turn(said), replace(photo, state=after(asks)))
        assert not any(isinstance(move, DeletePhoto | ForgetUser) for move in other.decision.actions), said


def test_a_photo_is_as_old_as_its_first_video() -> None:
    wished_later = known(job(id="job-2", photo="job-1", age=60.0, announced=True), job(age=7200.0, announced=True))
    heard = say(turn("удали фото"), wished_later)
    assert "2 часа" in heard.text


def test_all_is_asked_for_when_all_is_said() -> None:
    heard = say(turn("удали всё"), known(job(announced=True), state=asked(Question.DELETE)))
    assert (heard.decision.kind, heard.decision.actions) == (ResponseKind.ASK_DELETE_ALL, ())


def test_what_is_under_way_is_dropped_on_request() -> None:
    assert say(turn("отмена"), known(ticket=TICKET)).decision.actions == (WithdrawInvitation(),)
    assert say(turn("отмени"), known(job(JobState.RUNNING))).decision.actions == (StopJob(("job-1",)),)
    both = known(job(JobState.RUNNING), ticket=TICKET)
    assert say(turn("отмени"), both).decision.actions == (WithdrawInvitation(),)
    spoken_of = replace(both, state=DialogState(2, job="job-1"))
    assert say(turn("отмени"), spoken_of).decision.actions == (StopJob(("job-1",)),)
    for said in ("не надо", "не улыбайся", "не удаляй", "нет"):
        assert say(turn(said), both).decision.actions == ()
    foreign = known(job(JobState.RUNNING, mine=False))
    assert say(turn("отмени"), foreign).decision.actions == ()


def test_a_code_that_is_refused_is_replaced() -> None:
    for said in ("код не подходит", "новый код", "другой код"):
        heard = say(turn(said), known(ticket=TICKET, gestures=("nod",)))
        assert heard.decision.actions == (InviteUpload("code", ("nod",)),)
        assert "193 746" in heard.text


def test_the_link_that_waits_keeps_its_button() -> None:
    for said in ("готово?", "подожди", "ввела", "пусть кивнёт", "не открывается"):
        heard = say(turn(said, surface=PHONE), known(ticket=TICKET))
        assert heard.reply.buttons[0].url == TICKET.link, said


def test_an_earlier_video_is_shown_while_another_photo_is_awaited() -> None:
    facts = known(job(announced=True), ticket=TICKET)
    for said in ("готово?", "покажи видео", "где моё видео", "как сохранить", "отправь маме"):
        heard = say(turn(said, surface=PHONE), facts)
        assert heard.decision.actions == (ShareResult("job-1"),), said
        assert "https://ozhivi.ru/u/result" in {button.url for button in heard.reply.buttons}


def test_what_can_not_be_made_is_offered_otherwise() -> None:
    offer = say(turn("пусть помашет рукой"), known(job(announced=True)))
    assert offer.decision.actions == ()
    assert after(offer).question is Question.GESTURE
    agreed = say(turn("да"), known(job(announced=True), state=after(offer)))
    assert agreed.decision.actions == (StartJob("job-1", ("nod",), 0),)


@pytest.mark.parametrize(("said", "question"), DENIED)
def test_no_denial_does_anything(said: str, question: Question) -> None:
    """At the rules, «удалить?» and «это взрослый?»."""
    child = job(JobState.REFUSED, reason="child.appeal", appeal=True, announced=True)
    for platform in ({}, {"YANDEX.CONFIRM": {}}):
        facts = known(child, consented=question is not Question.CONSENT, state=asked(question))
        heard = say(turn(said, intents=platform), facts)
        harmful = (RecordConsent, DeletePhoto, ForgetUser, StartJob)
        assert not any(isinstance(action, harmful) for action in heard.decision.actions)


@pytest.mark.parametrize(
    ("said", "question", "answered"),
    [
        ("согласна", Question.CONSENT, "Поняла: "),
        ("нет", Question.CONSENT, "Поняла: не согласны"),
        ("да", Question.DELETE, "Поняла: удалить"),
        ("нет", Question.DELETE, "Поняла: "),
        ("да", Question.DELETE_ALL, "Поняла: "),
        ("да", Question.AGE, "Поняла: "),
        ("нет", Question.AGE, "Поняла: "),
    ],
)
def test_what_was_understood_is_said_back(said: str, question: Question, answered: str) -> None:
    child = job(JobState.REFUSED, reason="child.appeal", appeal=True, announced=True)
    heard = say(turn(said), known(child, consented=question is not Question.CONSENT, state=asked(question)))
    assert heard.text.startswith(answered)


def test_deleting_all_forgets_the_person() -> None:
    asks = say(turn("удали всё"), known())
    yes = say(turn("да"), known(state=replace(after(asks), claimed=("job-1",))))
    assert (yes.decision.actions, after(yes).claimed) == ((ForgetUser(),), ())


def test_a_family_members_result_is_told_only_after_the_check() -> None:
    foreign = known(job(mine=False, digits="71"))
    for said in ("", "готово?", "почему?", "ещё раз", "левую", "спасибо", "бур бур", "это взрослый"):
        heard = say(turn(said, new=not said), foreign)
        assert heard.decision.actions == (), said
        assert "видео готово" not in heard.text.lower()
    proved = say(turn("да"), replace(foreign, state=asked(Question.MINE)))
    assert (proved.decision.kind, after(proved).claimed) == (ResponseKind.READY, ("job-1",))


def test_a_shared_screen_asks_for_the_digits() -> None:
    foreign = known(job(mine=False, digits="71"), state=asked(Question.DIGITS))
    right = say(turn("семь один", surface=PHONE), foreign)
    assert right.decision.actions == (ShareResult("job-1"), MarkAnnounced(("job-1",)))
    wrong = say(turn("семь два", surface=PHONE), foreign)
    assert (wrong.decision.actions, wrong.reply.buttons[0].url) == ((CountWrongDigits(),), "")
    assert after(wrong).question is Question.DIGITS
    locked = say(turn("семь один", surface=PHONE), replace(foreign, locked=True))
    assert locked.decision.kind is ResponseKind.LOCKED


def test_not_this_photo_perhaps_the_one_before() -> None:
    mine, other = job(id="job-1", photo="job-1", mine=False), job(id="job-3", photo="job-3", mine=False, age=60.0)
    facts = known(replace(other, id="job-4"), other, mine, state=asked(Question.MINE, job="job-4"))
    no = say(turn("нет"), facts)
    assert (no.decision.kind, after(no).job) == (ResponseKind.ASK_MINE, "job-1")
    assert say(turn("нет"), replace(facts, state=after(no))).decision.kind is ResponseKind.NOT_YOURS
    yes = say(turn("да"), facts)
    assert after(yes).claimed == ("job-3", "job-4")


def test_a_picture_is_shown_where_there_is_one() -> None:
    heard = say(turn("готово?", surface=PHONE), known(job(picture="1652229/abc")))
    assert heard.reply.card == Card(
        "1652229/abc", "Ваше видео", "Нажмите, чтобы посмотреть", "https://ozhivi.ru/u/result"
    )
    assert say(turn("готово?"), known(job(picture="1652229/abc"))).reply.card is None
    assert say(turn("готово?", surface=PHONE), known(job())).reply.card is None


def test_a_locked_family_is_not_let_in_by_a_yes() -> None:
    locked = known(job(mine=False), locked=True, state=asked(Question.MINE))
    assert say(turn("да"), locked).decision.kind is ResponseKind.LOCKED


def test_what_failed_leaves_the_question_open() -> None:
    talk = asked(Question.CONSENT, gestures=("smile",))
    failed = say(turn("да"), known(consented=False, state=talk), (ActionFailed(), ActionFailed()))
    assert (after(failed).question, after(failed).gestures) == (Question.CONSENT, ("smile",))


def test_a_result_is_told_also_where_its_link_or_note_failed() -> None:
    heard = say(turn("готово?", surface=PHONE), known(job()), (ActionFailed(), ActionFailed()))
    assert "отово" in heard.text
    assert not any(button.url for button in heard.reply.buttons)


def test_where_the_photo_is_gone_a_yes_sends_it_again() -> None:
    gone = say(turn("пусть улыбнётся"), known(job(announced=True)), (PhotoGone(),))
    assert after(gone).question is Question.SEND
    assert say(turn("да"), known(job(announced=True), state=after(gone))).decision.actions == (
        InviteUpload("code", ("smile",)),
    )


def test_no_time_is_promised_where_nothing_began() -> None:
    refusals: tuple[Outcome, ...] = (PhotoGone(), ActionFailed(), QueueFull(100.0))
    for refusal in refusals:
        heard = say(turn("ещё раз"), known(job(announced=True)), (refusal,))
        assert "Будет готово" not in heard.text
        assert "Осталось" not in heard.text


def test_a_dangerous_phrase_changes_nothing() -> None:
    talk = asked(Question.DELETE)
    heard = say(turn("да", dangerous=True), known(job(), state=talk))
    assert heard.decision.actions == ()
    assert after(heard) == replace(talk, number=3)


def test_misunderstood_thrice_a_yes_is_enough() -> None:
    facts = known()
    for misses in (1, 2, 3):
        heard = say(turn("бур бур", number=2 + misses), facts)
        assert after(heard).misses == misses
        facts = replace(facts, state=after(heard))
    assert say(turn("да", number=6), facts).decision.actions == (InviteUpload("code"),)


def test_what_is_understood_ends_the_counting() -> None:
    assert after(say(turn("помощь"), known(state=DialogState(2, misses=2)))).misses == 0


def test_a_yes_to_nothing_is_not_understood() -> None:
    assert say(turn("да"), known()).decision.kind is ResponseKind.UNCLEAR


def test_the_conversation_brings_no_web_and_no_dictionary() -> None:
    code = (
        "import sys, skill.dialog.policy.decide; print({'aiohttp', 'numpy', 'pymorphy3', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
