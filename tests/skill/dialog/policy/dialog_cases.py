"""Scenes of the conversation, each from life: what is facts, what is said, which scene it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skill.dialog.actions import ActionFailed, JobStarted, Outcome, PhotoGone, QueueFull, ResultLink
from skill.dialog.context import DialogContext, KnownTicket
from skill.dialog.policy.decision import ResponseKind
from skill.dialog.state import DialogState, Question
from skill.dialog.types import Kind, Turn
from skill.jobs.model import JobState
from tests.skill.dialog.policy.policy_fixture import PHONE, PUSHING, SPEAKER, TICKET, asked, facts_with, job, turn

S, Q = ResponseKind, Question
WAITING, RUNNING, DONE = JobState.WAITING, JobState.RUNNING, JobState.DONE
REFUSED, FAILED = JobState.REFUSED, JobState.FAILED


@dataclass(frozen=True)
class Case:
    """`heard`: words that must be in the text; `outcomes`: of the actions, where not all goes well."""

    name: str
    turn: Turn
    facts: DialogContext
    kind: ResponseKind
    heard: str = ""
    outcomes: Sequence[Outcome] | None = None


STRANGER = facts_with(consented=False)
FRESH = facts_with()
NEWCOMER = facts_with(explained=frozenset())
BUSY = facts_with(job(RUNNING))
READY = facts_with(job(DONE))
CROWD = facts_with(job(DONE, reason="largest_faces"))
STERN = facts_with(job(DONE, motion="auto", reason="stern"))
TOLD = facts_with(job(DONE, announced=True))
FACES = facts_with(job(REFUSED, reason="several_faces"))
FOUR = facts_with(job(REFUSED, reason="several_faces.even_4"))
FIFTH = facts_with(job(REFUSED, reason="several_faces.of_4"))
ALONE = facts_with(job(REFUSED, reason="several_faces.of_1"))
CHILD = facts_with(job(REFUSED, reason="child", appeal=True, announced=True))
SURELY_CHILD = facts_with(job(REFUSED, reason="child", announced=True))
SECOND = facts_with(job(id="job-2", age=10.0), job(announced=True))
HALF = facts_with(job(FAILED), job(RUNNING, id="job-2"))
FOREIGN = facts_with(job(DONE, mine=False, digits="71"))
AWAITED = facts_with(ticket=TICKET)
LONGEST = facts_with(job(announced=True, length=6.0))
SHORTEST = facts_with(job(announced=True, length=3.0))
CALM_ONE = facts_with(job(DONE, announced=True, motion="idle"))
PUSHED = facts_with(ticket=KnownTicket(pushed=True))
STILL_THERE = facts_with(job(DONE, announced=True, digits="71"), ticket=TICKET)
TWO = facts_with(job(), job(id="job-2"))
SMALL = facts_with(job(REFUSED, reason="face_too_small", announced=True))
FOREIGN_PUSHED = facts_with(job(DONE, mine=False))


def ask(question: Question, base: DialogContext, **fields: Any) -> DialogContext:
    return facts_with(
        *base.jobs, consented=base.consented, ticket=base.ticket, locked=base.locked, state=asked(question, **fields)
    )


START: dict[str, Any] = {"new": True, "number": 0}

CASES: tuple[Case, ...] = (
    # the door
    Case("first time", turn(**START), STRANGER, S.WELCOME, "Здравствуйте"),
    Case("comes back", turn(**START), FRESH, S.WELCOME_BACK, "Готово?"),
    Case("comes back to a result on her own phone", turn(**START, surface=PHONE), READY, S.READY, "Посмотреть видео"),
    Case("a result of somebody in the family is not mentioned", turn(**START), FOREIGN, S.WELCOME_BACK),
    Case("says hello in the middle", turn("привет"), FRESH, S.WELCOME_BACK),
    Case("command in the first phrase", turn("оживи фото", **START), FRESH, S.BY_CODE, "193 746"),
    Case("asks in the first phrase whether it is ready", turn("готово ли видео", **START), READY, S.READY, "телефон"),
    Case("help", turn("помощь"), FRESH, S.HELP, "«Готово?»"),
    Case("abilities", turn("что ты умеешь"), STRANGER, S.ABILITIES, "портрет"),
    Case("rules, agreed to", turn("какие правила"), FRESH, S.RULES, "не храню"),
    Case("rules, not agreed to yet", turn("какие правила"), STRANGER, S.CONSENT, "сутки"),
    Case("thanks", turn("спасибо"), TOLD, S.THANKS),
    Case("thanks, and the video is there", turn("спасибо"), READY, S.READY),
    Case("enough", turn("хватит"), FRESH, S.BYE),
    Case("enough while it is worked on", turn("выход"), BUSY, S.BYE, "«Готово?»"),
    Case("cancel", turn("отмена"), FRESH, S.NEVER_MIND),
    Case("something dangerous", turn("оживи фото", dangerous=True), FRESH, S.DANGEROUS, "ереформулируйте"),
    Case("it came out badly", turn("плохо вышло"), TOLD, S.NEW_WISH),
    Case("it came out well", turn("красиво вышло"), TOLD, S.THANKS),
    Case("let it be for now", turn("пусть пока будет"), TOLD, S.UNCLEAR),
    # consent
    Case("consent before the first photo", turn("оживи фото"), STRANGER, S.CONSENT, "не храню"),
    Case("consent keeps the gesture", turn("оживи фото и пусть улыбнётся"), STRANGER, S.CONSENT, "улыбнётся"),
    Case("agrees", turn("да"), ask(Q.CONSENT, STRANGER, gestures=("smile",)), S.BY_CODE, "улыбнётся"),
    Case("agrees on a phone", turn("да", surface=PHONE), ask(Q.CONSENT, STRANGER), S.BY_LINK, "кнопк"),
    Case("does not agree", turn("нет"), ask(Q.CONSENT, STRANGER), S.CONSENT_NO, "Передумаете"),
    Case("asks again instead of agreeing", turn("оживи фото"), ask(Q.CONSENT, STRANGER), S.CONSENT),
    Case("asks why there are rules", turn("почему"), ask(Q.CONSENT, STRANGER), S.CONSENT),
    Case("mumbles at the rules", turn("бур бур"), ask(Q.CONSENT, STRANGER), S.UNCLEAR, "равил"),
    Case("mumbles at the rules thrice", turn("бур"), ask(Q.CONSENT, STRANGER, misses=2), S.UNCLEAR, "равил"),
    Case("repeats the rules", turn("повтори"), ask(Q.CONSENT, STRANGER), S.CONSENT),
    Case(
        "consent could not be noted", turn("да"), ask(Q.CONSENT, STRANGER), S.BY_CODE, "",
        (ActionFailed(), ActionFailed()),
    ),
    # sending
    Case("by code", turn("отправить фото"), FRESH, S.BY_CODE, "ozhivi.ru"),
    Case("by code, for the first time", turn("оживи фото"), NEWCOMER, S.BY_CODE, "спроси у навыка"),
    Case("by push, for the first time", turn("оживи фото", surface=PUSHING), NEWCOMER, S.BY_PHONE, "спроси у навыка"),
    Case("agrees to a push", turn("да", surface=PUSHING), ask(Q.CONSENT, STRANGER, gestures=("smile", "nod")),
        S.BY_PHONE, "улыбнётся и кивнёт"),
    Case("by link", turn("оживи фото", surface=PHONE), FRESH, S.BY_LINK, "Отправить фото"),
    Case("by push", turn("оживи фото", surface=PUSHING), FRESH, S.BY_PHONE, "уведомление"),
    Case("code instead of a push", turn("скажи код", surface=PUSHING), FRESH, S.BY_CODE, "193 746"),
    Case("pushed once already, linked now", turn("оживи фото", surface=PUSHING, linked=True), FRESH, S.BY_CODE),
    Case("code on a phone", turn("дай код", surface=PHONE), FRESH, S.BY_CODE),
    Case("link wanted from a speaker", turn("пришли ссылку"), FRESH, S.BY_CODE, "адрес"),
    Case("the same code again", turn("повтори код"), AWAITED, S.BY_CODE, "524 871"),
    Case("repeat", turn("повтори"), AWAITED, S.BY_CODE, "524 871"),
    Case("the same link again", turn("оживи фото", surface=PHONE), AWAITED, S.BY_LINK),
    Case("a wish for the photo to come", turn("оживи фото пусть подмигнёт"), FRESH, S.BY_CODE, "подмигнёт"),
    Case("a wish while the photo is on its way", turn("пусть кивнёт"), AWAITED, S.GESTURES_KEPT, "кивнёт"),
    Case("again while the photo is on its way", turn("ещё раз"), AWAITED, S.NO_PHOTO_YET),
    Case("ready, but no photo came", turn("готово?"), AWAITED, S.NO_PHOTO_YET, "не"),
    Case("many are waiting", turn("оживи фото"), facts_with(queue_seconds=200.0), S.BY_CODE, "4 минуты"),
    Case("nobody knows how many are waiting", turn("оживи фото"), facts_with(queue_seconds=None), S.BY_CODE),
    Case("another photo", turn("новое фото"), TOLD, S.BY_CODE),
    Case("yes, let us send", turn("да"), ask(Q.SEND, FRESH), S.BY_CODE),
    Case("no, not now", turn("нет"), ask(Q.SEND, FRESH), S.NEVER_MIND),
    Case("no ticket could be made", turn("оживи фото"), FRESH, S.BY_CODE, "", (ActionFailed(),)),
    Case("linked, nothing sent", turn(kind=Kind.LINKED), FRESH, S.LINKED),
    Case("linked, and the photo came", turn(kind=Kind.LINKED), BUSY, S.WORKING),
    # status
    Case("nothing was sent", turn("готово?"), FRESH, S.NOTHING_SENT),
    Case("it is over", turn("готово?"), facts_with(expired=True), S.EXPIRED, "сутки"),
    Case("waiting", turn("готово?"), facts_with(job(WAITING, seconds=75.0)), S.WORKING, "2 минуты"),
    Case("just begun", turn("готово?"), facts_with(job(RUNNING, age=1.0)), S.WORKING, "Это секунд 15"),
    Case("running", turn("ну как там"), BUSY, S.WORKING, "15 секунд"),
    Case("asks for a photo while one is worked on", turn("оживи фото"), BUSY, S.WORKING),
    Case("ready on a speaker", turn("готово?"), READY, S.READY, "телефон"),
    Case("ready on a phone", turn("готово?", surface=PHONE), READY, S.READY, "Посмотреть видео"),
    Case("ready, of a crowd", turn("готово?"), CROWD, S.READY, "крупные лица"),
    Case("ready, the photo chose the motion", turn("готово?"), STERN, S.READY, "пусть "),
    Case(
        "ready, the link can't be made", turn("готово?", surface=PHONE), READY, S.READY, "телефон",
        (ActionFailed(), ActionFailed()),
    ),
    Case("told before", turn("готово?"), TOLD, S.READY_AGAIN),
    Case("told before, on a phone", turn("готово?", surface=PHONE), TOLD, S.READY_AGAIN, "Посмотреть видео"),
    Case("another video of the same photo", turn("готово?"), SECOND, S.READY),
    Case("gibberish, and the video is there", turn("бур бур бур"), READY, S.READY),
    Case("two ready", turn("готово?"), TWO, S.SEVERAL, "2 видео"),
    Case("one ready, one worked on", turn("готово?"), facts_with(job(), job(RUNNING, id="job-2")), S.SEVERAL, "дно"),
    Case("one failed, one worked on", turn("готово?"), HALF, S.SEVERAL, "почему"),
    Case("two ready on a phone", turn("готово?", surface=PHONE), TWO, S.SEVERAL, "последнее"),
    Case("would you look?", turn("да"), ask(Q.STATUS, BUSY), S.WORKING),
    Case("no face", turn("готово?"), facts_with(job(REFUSED, reason="no_face")), S.REFUSED, "не вижу"),
    Case("a reason of tomorrow", turn("готово?"), facts_with(job(REFUSED, reason="purple.cow")), S.REFUSED, "крупно"),
    Case("why?", turn("почему не получилось"), SMALL, S.REFUSED),
    Case("why, of nothing", turn("почему"), TOLD, S.ALL_WELL),
    Case("why, of somebody else's", turn("почему"), FOREIGN, S.ASK_MINE),
    Case("broken", turn("готово?"), facts_with(job(FAILED, reason="crashed")), S.BROKE, "ошибка"),
    Case("repeats the result", turn("повтори"), TOLD, S.READY_AGAIN),
    Case("repeats nothing", turn("повтори"), FRESH, S.HELP),
    # faces
    Case("several faces", turn("готово?"), FACES, S.WHICH_FACE, "нескольк"),
    Case("the left one", turn("левую"), ask(Q.FACE, FACES), S.CHOSEN),
    Case("the one in the middle", turn("посередине"), ask(Q.FACE, FACES), S.CHOSEN, "посередине"),
    Case("the second from the right", turn("второго справа"), ask(Q.FACE, FACES), S.CHOSEN, "второго справа"),
    Case("between two of them", turn("между мамой и папой"), ask(Q.FACE, FACES), S.FACE_HELP, "слева"),
    Case("the middle of four", turn("готово?"), FOUR, S.WHICH_FACE, "посередине двое"),
    Case("the fifth of four", turn("готово?"), FIFTH, S.WHICH_FACE, "только четыре человека"),
    Case("the second of one", turn("готово?"), ALONE, S.WHICH_FACE, "только один человек"),
    Case("then that one", turn("да"), ask(Q.ONLY_FACE, ALONE), S.CHOSEN),
    Case("animate that one", turn("оживи его"), ask(Q.ONLY_FACE, ALONE), S.CHOSEN),
    Case("not that one", turn("нет"), ask(Q.ONLY_FACE, ALONE), S.NEVER_MIND),
    Case("mumbles at the only one", turn("бур бур"), ask(Q.ONLY_FACE, ALONE), S.UNCLEAR, "живить"),
    Case("grandmother", turn("бабушку"), ask(Q.FACE, FACES), S.FACE_HELP, "слева"),
    Case("can't say who", turn("не знаю"), ask(Q.FACE, FACES), S.FACE_HELP, "крупн"),
    Case("not the left but the right one", turn("не левую а правую"), ask(Q.FACE, FACES), S.CHOSEN),
    Case("not the left one", turn("не левую"), ask(Q.FACE, FACES), S.UNCLEAR),
    Case("yes is nobody", turn("да"), ask(Q.FACE, FACES), S.WHICH_FACE),
    Case("not any more", turn("нет"), ask(Q.FACE, FACES), S.NEVER_MIND),
    Case("mumbles at faces", turn("бур бур"), ask(Q.FACE, FACES), S.UNCLEAR, "ого оживить"),
    Case("all, and the photo is gone", turn("всех"), ask(Q.FACE, FACES), S.CHOSEN, "ришл", (PhotoGone(),)),
    Case("the right one, later", turn("правого"), TOLD, S.CHOSEN),
    Case("the right one, nothing sent", turn("правого"), FRESH, S.BY_CODE),
    Case("the right one, of somebody else's", turn("правого"), FOREIGN, S.ASK_MINE),
    Case("the right one of a refused photo", turn("правого"), facts_with(job(REFUSED, reason="no_face")), S.REFUSED),
    Case("the right one, while it is worked on", turn("правого"), BUSY, S.WAIT_FIRST),
    # wishes
    Case("again", turn("ещё раз"), TOLD, S.NEW_WISH, "секунд 10"),
    Case("yes, another", turn("да"), ask(Q.MORE, TOLD), S.NEW_WISH),
    Case("a smile", turn("пусть улыбнётся"), TOLD, S.NEW_WISH, "улыбнётся"),
    Case("a wish while it is worked on", turn("улыбнись"), BUSY, S.WAIT_FIRST),
    Case("a wish on a refused photo", turn("улыбнись"), facts_with(job(REFUSED, reason="no_face")), S.REFUSED),
    Case("a wish without a photo", turn("пусть улыбнётся"), FRESH, S.BY_CODE, "улыбнётся"),
    Case("a wish on somebody else's", turn("ещё раз"), FOREIGN, S.ASK_MINE),
    Case("the queue is full", turn("ещё раз"), TOLD, S.NEW_WISH, "3 минуты", (QueueFull(170.0),)),
    Case("the photo is gone", turn("пусть кивнёт"), TOLD, S.NEW_WISH, "ришл", (PhotoGone(),)),
    Case("a camera that stands", turn("убери камеру чтоб не ездила"), TOLD, S.ANSWER, "Камера"),
    Case("the same was made before", turn("пусть кивнёт"), TOLD, S.NEW_WISH, "«ещё раз»", (JobStarted("job-1", 0.0),)),
    Case("the queue is down", turn("ещё раз"), TOLD, S.NEW_WISH, "минут", (ActionFailed(),)),
    # what can't be made
    Case("waves", turn("пусть рукой помашет"), TOLD, S.CANNOT, "могу кивнуть"),
    Case("sings, before any photo", turn("пусть споёт песню"), FRESH, S.CANNOT, "Спеть не"),
    Case("something nobody thought of", turn("пусть чавкнет"), TOLD, S.CANNOT, "удив"),
    Case("nods instead", turn("да"), ask(Q.GESTURE, TOLD, gestures=("nod",)), S.NEW_WISH, "кивнёт"),
    Case("nods instead, once the photo is there", turn("да"), ask(Q.GESTURE, AWAITED, gestures=("nod",)),
         S.GESTURES_KEPT, "кивнёт"),
    Case("nods instead, without a photo", turn("да"), ask(Q.GESTURE, FRESH, gestures=("nod",)), S.BY_CODE, "кивнёт"),
    Case("no other movement", turn("нет"), ask(Q.GESTURE, TOLD, gestures=("nod",)), S.NEVER_MIND),
    Case("mumbles at another movement", turn("бур бур"), ask(Q.GESTURE, TOLD, misses=1), S.UNCLEAR, "движени"),
    # somebody is gone
    Case("grandmother is gone", turn("бабушка ушла"), FRESH, S.GRIEF, "она улыбнётся"),
    Case("grandfather died", turn("дедушка умер"), TOLD, S.GRIEF, "он улыбнётся"),
    Case("they are missed", turn("скучаю"), BUSY, S.GRIEF, "Готово"),
    # on the way
    Case("a minute", turn("подожди минутку"), AWAITED, S.TAKE_TIME, "Готово"),
    Case("a minute, and nothing is awaited", turn("сейчас"), FRESH, S.TAKE_TIME, "живи фото"),
    Case("all right, they are at it", turn("хорошо"), AWAITED, S.TAKE_TIME, "Готово"),
    Case("all right, while it is worked on", turn("хорошо"), BUSY, S.WORKING),
    Case("wait, while it is worked on", turn("подожди"), BUSY, S.WORKING),
    Case("was too slow", turn("не успела"), AWAITED, S.BY_CODE, "524 871"),
    Case("the code is typed in", turn("ввела"), AWAITED, S.CHOOSE_PHOTO, "Оживить"),
    Case("the code is typed in, and the photo came", turn("ввела код"), BUSY, S.WORKING),
    Case("the page does not open", turn("не открывается"), AWAITED, S.PAGE_TROUBLE, "новый код"),
    Case("the page does not open, there is none", turn("не открывается"), FRESH, S.NEW_CODE, "193 746"),
    Case("the code is refused", turn("код не подходит"), AWAITED, S.NEW_CODE, "193 746"),
    Case("a new code", turn("новый код"), AWAITED, S.NEW_CODE, "193 746"),
    Case("another code", turn("другой код"), AWAITED, S.NEW_CODE, "193 746"),
    Case("another code without consent", turn("другой код"), STRANGER, S.CONSENT),
    Case("the push did not come", turn("не пришло", surface=PUSHING), PUSHED, S.NEW_CODE, "193 746"),
    Case("it did not come", turn("не пришло"), AWAITED, S.NO_PHOTO_YET),
    Case("no button", turn("не вижу кнопку", surface=PHONE), AWAITED, S.NEW_CODE, "193 746"),
    Case("never mind the photo", turn("отмена"), AWAITED, S.WITHDRAWN, "не жду"),
    Case("never mind the job", turn("отмени"), BUSY, S.STOPPED, "другое"),
    Case("never mind the question, but the photo", turn("отмена"), ask(Q.SEND, AWAITED), S.WITHDRAWN),
    Case("not that movement", turn("не надо улыбаться"), AWAITED, S.NEVER_MIND),
    # a video that is there while another photo is awaited
    Case("ready? of the earlier one", turn("готово?"), STILL_THERE, S.NO_NEW_PHOTO, "на телефоне"),
    Case("show the video, the earlier one", turn("покажи видео", surface=PHONE), STILL_THERE, S.NO_NEW_PHOTO),
    Case("where is my video", turn("где моё видео"), STILL_THERE, S.NO_NEW_PHOTO, "ото"),
    Case("send me a link to it", turn("пришли ссылку на видео", surface=PHONE), STILL_THERE, S.NO_NEW_PHOTO),
    Case("how can I see it", turn("а как его увидеть", surface=PHONE), STILL_THERE, S.NO_NEW_PHOTO, "Посмотреть видео"),
    Case("how can I keep it", turn("как сохранить", surface=PHONE), STILL_THERE, S.SAVE, "Скачать видео"),
    Case("keep it, before it is there", turn("сохрани видео"), BUSY, S.SAVE, "Готово"),
    Case("keep it, where nothing was sent", turn("как сохранить видео"), FRESH, S.SAVE, "фото?"),
    Case("keep somebody else's", turn("сохрани видео"), FOREIGN, S.ASK_MINE),
    Case("send it to mother", turn("отправь маме"), STILL_THERE, S.SHARE, "Поделиться"),
    Case("after a pushed page", turn("готово"), READY, S.READY, "Алиса, спроси у навыка"),
    Case("where is it, after a pushed page", turn("где видео"), TOLD, S.READY_AGAIN, "Алиса, спроси у навыка"),
    # deletion
    Case("delete", turn("удали фото"), TOLD, S.ASK_DELETE, "5 минут"),
    Case("delete, yes", turn("да"), ask(Q.DELETE, TOLD), S.DELETED),
    Case("delete, no", turn("нет"), ask(Q.DELETE, TOLD), S.KEPT),
    Case("delete, mumbled", turn("бур бур"), ask(Q.DELETE, TOLD), S.UNCLEAR, "фото"),
    Case("delete, gone meanwhile", turn("да"), ask(Q.DELETE, FRESH), S.NOTHING_TO_DELETE),
    Case("delete what?", turn("удали фото"), FRESH, S.NOTHING_TO_DELETE),
    Case("delete all", turn("удали всё"), TOLD, S.ASK_DELETE_ALL),
    Case("delete all of a stranger", turn("удали всё"), STRANGER, S.NOTHING_TO_DELETE),
    Case("delete all, yes", turn("да"), ask(Q.DELETE_ALL, TOLD), S.FORGOTTEN),
    Case("delete all, in its words", turn("да удаляй"), ask(Q.DELETE_ALL, TOLD), S.FORGOTTEN),
    Case("delete all? this one", turn("уничтожь этот снимок"), ask(Q.DELETE_ALL, TOLD), S.ASK_DELETE),
    Case("delete all? somebody's", turn("удали фото соседа"), ask(Q.DELETE_ALL, TOLD), S.ASK_DELETE),
    Case("delete, after it is saved", turn("стой сначала сохрани"), ask(Q.DELETE, TOLD), S.SAVE, "удаля"),
    Case("delete all, no", turn("отмена"), ask(Q.DELETE_ALL, TOLD), S.KEPT),
    Case("delete all, once more", turn("повтори"), ask(Q.DELETE_ALL, TOLD), S.ASK_DELETE_ALL),
    # the family
    Case("whose? on a speaker", turn("готово?"), FOREIGN, S.ASK_MINE, "а или нет"),
    Case("whose? on a shared screen", turn("готово?", surface=PHONE), FOREIGN, S.ASK_DIGITS, "две последние"),
    Case("whose? on a shared screen, without a code", turn("готово?", surface=PHONE), FOREIGN_PUSHED, S.ASK_MINE),
    Case("mine", turn("да"), ask(Q.MINE, FOREIGN), S.READY),
    Case("mine, but it is gone", turn("да"), ask(Q.MINE, FRESH), S.NOTHING_SENT),
    Case("not mine", turn("нет"), ask(Q.MINE, FOREIGN), S.NOT_YOURS),
    Case("the digits", turn("семь один", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.READY),
    Case("the digits as a number", turn("71", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.READY),
    Case("the digits in words", turn("семьдесят один", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.READY),
    Case("wrong digits", turn("тридцать пять", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.WRONG_DIGITS),
    Case("one digit", turn("семь", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.WRONG_DIGITS),
    Case("does not remember", turn("не помню"), ask(Q.DIGITS, FOREIGN), S.NOT_YOURS),
    Case("yes is no digits", turn("да", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.ASK_DIGITS),
    Case("yes, of one that is gone", turn("да", surface=PHONE), ask(Q.DIGITS, FRESH), S.NOTHING_SENT),
    Case("help instead of digits", turn("помощь"), ask(Q.DIGITS, FOREIGN), S.HELP),
    Case("too many wrong digits", turn("71", surface=PHONE), facts_with(
        *FOREIGN.jobs, locked=True, state=asked(Q.DIGITS)), S.LOCKED),
    Case("still locked", turn("готово?", surface=PHONE), facts_with(*FOREIGN.jobs, locked=True), S.LOCKED),
    # appeal
    Case("a child", turn("готово?"), facts_with(job(REFUSED, reason="child", appeal=True)), S.REFUSED, "взрослый»"),
    Case("no child", turn("это взрослый"), CHILD, S.ASK_AGE, "восемнадцать"),
    Case("no child, on a speaker in the family", turn("это взрослый"), FOREIGN, S.ASK_MINE),
    Case("of age", turn("да"), ask(Q.AGE, CHILD), S.APPEALED, "секунд 10"),
    Case("thirty", turn("ей тридцать лет"), ask(Q.AGE, CHILD), S.APPEALED),
    Case("thirty at once", turn("это взрослый ей тридцать лет"), CHILD, S.APPEALED),
    Case("ten", turn("ему десять лет"), ask(Q.AGE, CHILD), S.APPEAL_CHILD),
    Case("not of age", turn("нет"), ask(Q.AGE, CHILD), S.APPEAL_CHILD),
    Case("of age, but it is gone", turn("да"), ask(Q.AGE, FRESH), S.NOTHING_SENT),
    Case("of age, the photo is gone", turn("да"), ask(Q.AGE, CHILD), S.APPEALED, "", (PhotoGone(),)),
    Case("no room for an appeal", turn("это взрослый"), SURELY_CHILD, S.APPEAL_NO),
    Case("an appeal to nothing", turn("это взрослый"), TOLD, S.ALL_WELL),
    # questions
    Case("a question", turn("это бесплатно"), FRESH, S.ANSWER, "есплатно"),
    Case("a question at the rules", turn("это бесплатно"), ask(Q.CONSENT, STRANGER), S.ANSWER, "равил"),
    Case("a question at a deletion", turn("кто увидит моё фото"), ask(Q.DELETE, TOLD), S.ANSWER, "программ"),
    Case("a question at the digits", turn("это бесплатно", surface=PHONE), ask(Q.DIGITS, FOREIGN), S.ANSWER, "цифры"),
    Case("a question while the photo is awaited", turn("а чёрно-белая подойдёт"), AWAITED, S.ANSWER, "«Готово?»"),
    Case("a question, and there is news", turn("кто тебя сделал"), READY, S.ANSWER, "идео"),
    Case("how to save, at the rules", turn("как сохранить видео"), ask(Q.CONSENT, STRANGER), S.ANSWER, "равил"),
    Case("how long, nothing sent", turn("сколько ждать"), FRESH, S.ANSWER, "меньше минуты"),
    Case("how long, many are waiting", turn("сколько ждать"), facts_with(queue_seconds=200.0), S.ANSWER, "4 минуты"),
    Case("how long, of a job", turn("сколько ждать"), BUSY, S.WORKING, "15 секунд"),
    Case("a question without facts", turn("это бесплатно"), facts_with(down=True), S.ANSWER, "есплатно"),
    Case("as a GIF", turn("а гифку можно"), TOLD, S.SAVE, "ифк"),
    Case("as a GIF, nothing sent", turn("а гифку можно"), FRESH, S.ANSWER, "ифк"),
    # the video otherwise
    Case("longer", turn("сделай подлиннее"), TOLD, S.NEW_WISH, "6 секунд"),
    Case("longer than can be", turn("сделай подлиннее"), LONGEST, S.ANSWER, "6 секунд"),
    Case("longer, nothing sent", turn("сделай подлиннее"), FRESH, S.ANSWER, "4 секунды"),
    Case("longer, while it is worked on", turn("сделай подлиннее"), BUSY, S.WAIT_FIRST),
    Case("longer, of a refused photo", turn("сделай подлиннее"), SMALL, S.REFUSED),
    Case("longer, of somebody else's", turn("сделай подлиннее"), FOREIGN, S.ASK_MINE),
    Case("longer, the photo is gone", turn("сделай подлиннее"), TOLD, S.NEW_WISH, "ришлите", (PhotoGone(),)),
    Case("shorter", turn("сделай покороче"), TOLD, S.NEW_WISH, "короче"),
    Case("shorter than can be", turn("сделай покороче"), SHORTEST, S.ANSWER, "коротк"),
    Case("calmer", turn("сделай поспокойнее"), TOLD, S.NEW_WISH),
    Case("calmer than can be", turn("сделай поспокойнее"), CALM_ONE, S.ANSWER),
    Case("livelier", turn("сделай поживее"), CALM_ONE, S.NEW_WISH),
    Case("livelier than lively", turn("сделай поживее"), TOLD, S.NEW_WISH, "улыбн"),
    Case("as it was", turn("верни как было"), SECOND, S.UNDONE, "режнее", (JobStarted("job-1", 0.0),)),
    Case("as it was, on a phone", turn("верни как было", surface=PHONE), SECOND, S.UNDONE, "Посмотреть видео",
         (JobStarted("job-1", 0.0), ResultLink("https://ozhivi.ru/u/result"))),
    Case("as it was, which is gone", turn("верни как было"), SECOND, S.UNDONE, "секунд 10"),
    Case("as it was, the photo is gone", turn("верни как было"), SECOND, S.UNDONE, "", (PhotoGone(),)),
    Case("as it was, of the first", turn("верни как было"), TOLD, S.ANSWER),
    Case("the code slowly", turn("помедленнее"), AWAITED, S.BY_CODE, "524 871"),
    Case("the video slower", turn("помедленнее"), TOLD, S.NEW_WISH),
    Case("nothing slowly", turn("помедленнее"), FRESH, S.HELP),
    # misunderstood
    Case("once", turn("бур бур"), FRESH, S.UNCLEAR, "живи фото"),
    Case("twice", turn("бур бур"), facts_with(state=DialogState(2, misses=1)), S.UNCLEAR, "живи фото"),
    Case("thrice", turn("бур бур"), facts_with(state=DialogState(2, misses=2)), S.UNCLEAR, "нет"),
    Case("thrice, with a video", turn("бур бур"), ask(Q.NONE, TOLD, misses=2), S.UNCLEAR, "видео"),
    Case("twice after an offer", turn("бур бур"), ask(Q.SEND, FRESH, misses=1), S.UNCLEAR, "фото"),
    Case("at the digits", turn("помню вроде"), facts_with(state=asked(Q.MINE), consented=True), S.UNCLEAR, "вы"),
    # down
    Case("facts are down", turn("готово?"), facts_with(down=True), S.DOWN, "минут"),
    Case("help works without facts", turn("помощь"), facts_with(down=True), S.HELP),
    Case("greets without facts", turn(**START), facts_with(consented=False, down=True), S.WELCOME_BACK),
    Case("rules without facts", turn("какие правила"), facts_with(consented=False, down=True), S.RULES),
    Case("linked without facts", turn(kind=Kind.LINKED), facts_with(down=True), S.DOWN),
    Case("leaves without facts", turn("хватит", surface=SPEAKER), facts_with(down=True), S.BYE),
)  # fmt: skip
