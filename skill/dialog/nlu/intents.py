"""Intents of the skill and their slots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """Wishes, questions and answers that the skill tells apart."""

    ANIMATE = "animate"
    """«Оживи фото»."""

    SEND = "send"
    """A way for a photo is wanted: «код», «пришли ссылку»."""

    ENTERED = "entered"
    """The page was reached: «ввела код», «открыла страницу»."""

    TROUBLE = "trouble"
    """The way does not work: «не открывается», «код не подходит», «не пришло»."""

    WAIT = "wait"
    """More time is wanted: «подожди», «сейчас»."""

    STATUS = "status"
    """«Готово?», «покажи видео»."""

    SAVE = "save"
    """The video is to be kept: «как сохранить»."""

    SHARE = "share"
    """The video is for somebody else: «отправь маме»."""

    GESTURE = "gesture"
    """«Пусть улыбнётся»."""

    UNSUPPORTED = "unsupported"
    """A movement that the skill can't make: «пусть помашет рукой»."""

    AGAIN = "again"
    """The same otherwise: «ещё раз»."""

    NEW = "new"
    """Another photo."""

    DELETE = "delete"
    """«Удали фото», «удали всё»."""

    CHOOSE = "choose"
    """One of several faces: «левую», «второго»."""

    CONSENT_TEXT = "consent_text"
    """What becomes of photos: «это безопасно?»."""

    APPEAL = "appeal"
    """«Это взрослый», «ей тридцать»."""

    MINOR = "minor"
    """The contrary: «ей ещё нет восемнадцати»."""

    GRIEF = "grief"
    """Somebody is gone: «бабушка умерла», «скучаю по ней»."""

    WHY = "why"
    """«Почему не получилось?»"""

    HELP = "help"
    """«Помощь», «что говорить»."""

    ABILITIES = "abilities"
    """«Что ты умеешь?»"""

    REPEAT = "repeat"
    """«Повтори»."""

    YES = "yes"
    """An answer that agrees; only `yes_no.answer_to` makes one."""

    NO = "no"
    """An answer that denies."""

    THANKS = "thanks"
    """«Спасибо», «как здорово»."""

    QUESTION = "question"
    """A question about the skill: «это бесплатно?», «а кота можно?»."""

    HELLO = "hello"
    """«Привет»."""

    EXIT = "exit"
    """«Хватит», «до свидания»."""

    CANCEL = "cancel"
    """Something is not to be done after all: «отмена», «не надо»."""

    UNKNOWN = "unknown"
    """Nothing of this skill, or nothing clear."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The meaning of a phrase."""

    intent: Intent
    """What is wanted."""

    gestures: tuple[str, ...] = ()
    """Gestures to make, in the order said, spelled as `parse_gesture` reads them: smile, `wink:left`, `blink:2`;
    and stories by their names."""

    face: str | None = None
    """The face that is meant: left, middle, right, largest, all, its number from the left, «1» … «20», or from the
    right, «right-2» … «right-20», or several, «1,3»; None where nobody is named, or the words don't tell which, as in a
    CHOOSE without a face."""

    how: str = ""
    """Of SEND: link, code, phone, repeat for the same once more, new for another code; empty where it was not said."""

    what: str = ""
    """Of DELETE: photo or all."""

    age: int | None = None
    """Years of the youngest person, where it was said and nothing denies it."""

    topic: str = ""
    """Narrows the intent. Of UNSUPPORTED: one of `lexicon.MOVEMENTS`, or other. Of TROUBLE: page, code, button or push.
    Of CANCEL: drop, where all that is under way is to be dropped; kept, where nothing is to be deleted. Of CHOOSE:
    place or person, where the words tell no face. Of GRIEF: he or she. Of NO: kept, where something is to be saved
    instead. Of SEND: link, where one is wanted on the phone. Of QUESTION, CONSENT_TEXT, AGAIN, GESTURE, REPEAT and
    STATUS: those of `questions`. Else empty."""
