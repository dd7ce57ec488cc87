"""Our own reading of a phrase: words → concepts → intent and slots."""

from __future__ import annotations

from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.misheard import heard
from skill.dialog.nlu.morphology import read, words
from skill.dialog.nlu.rules import intent_of

_STARTS = "запустить открыть включить попросить спросить вызвать активировать позвать начать сказать"
_LAUNCH = frozenset(_STARTS.split())
_SKILL = frozenset({"навык", "игра", "скилл", "программа"})
_NAME = ("оживи", "фото")
_OLDEST = 120
# a wish that repeats the question's own verb after «да»: «да, удали»
_AGREED = frozenset({Intent.ANIMATE, Intent.DELETE, Intent.SEND, Intent.CHOOSE})
_AGREEING = "да ага угу конечно хорошо ладно согласен согласна давай давайте разрешаю подтверждаю"
_YES = frozenset(_AGREEING.split())


def read_phrase(text: str, expecting: str) -> Understood:
    """What the phrase means without the platform's help."""
    said = heard(words(text))
    launched, said = _after_launch(said)
    if launched and not said:
        return Understood(Intent.HELLO)
    phrase = hear([read(word) for word in said])
    intent = intent_of(phrase, expecting)
    if expecting == "yes_no" and intent in _AGREED and said[0] in _YES:
        intent = Intent.YES
    return _filled(intent, phrase, expecting)


def _after_launch(said: tuple[str, ...]) -> tuple[bool, tuple[str, ...]]:
    """«запусти навык оживи фото и удали всё» → «удали всё»."""
    rest = said[1:] if said[:1] == ("алиса",) else said
    if not rest or not read(rest[0]).keys & _LAUNCH:
        return False, said
    rest = rest[1:]
    if rest[:1] == ("у",):
        rest = rest[1:]
    if rest and read(rest[0]).keys & _SKILL:
        rest = rest[1:]
    if rest[:2] != _NAME:
        return False, said
    rest = rest[2:]
    return True, rest[1:] if rest[:1] == ("и",) else rest


def _filled(intent: Intent, phrase: Heard, expecting: str) -> Understood:
    taken = phrase.concepts & {"delete", "clear"}
    moving = not taken and intent in (Intent.ANIMATE, Intent.GESTURE, Intent.AGAIN, Intent.NEW, Intent.YES)
    choosing = intent in (Intent.ANIMATE, Intent.CHOOSE, Intent.GESTURE, Intent.YES, Intent.AGAIN)
    return Understood(
        intent,
        gestures=phrase.gestures if moving else (),
        face=_face(phrase, answering=intent is Intent.CHOOSE and expecting == "face") if choosing else None,
        how=_how(phrase) if intent is Intent.SEND else "",
        what=_what(phrase) if intent is Intent.DELETE or (intent is Intent.YES and "delete" in phrase.concepts) else "",
        age=_age(phrase) if intent is Intent.APPEAL else None,
    )


def _face(phrase: Heard, *, answering: bool) -> str | None:
    met = phrase.concepts
    if "everyone" in met or (answering and "all" in met):
        return "all"
    if "photo" not in met or "at-left" in met or "at-right" in met:
        spoken = phrase.ordinals or (phrase.numbers if answering or "numbered" in met else ())
        if spoken and not ({"at-right", "to-right"} & met):
            return str(spoken[0]) if 1 <= spoken[0] <= 20 else None
        if spoken and spoken[0] > 1:
            return None  # «второй справа»: how many there are is not known here
    if {"at-left", "at-right"} <= met:
        return None
    for side in ("left", "right"):
        turned = f"to-{side}" in met and answering
        if f"at-{side}" in met or turned:
            return side
    return "largest" if "largest" in met else None


def _how(phrase: Heard) -> str:
    met = phrase.concepts
    if met & {"code", "link"} and met & {"repeat", "once-more", "say-again", "clear.past"}:
        return "repeat"
    return next(
        (how for how in ("phone", "code", "link") if how in met and not (how == "phone" and met & {"code", "no"})), ""
    )


def _what(phrase: Heard) -> str:
    return "all" if phrase.concepts & {"all", "data", "everyone", "me"} else "photo"


def _age(phrase: Heard) -> int | None:
    return next((number for number in phrase.numbers if 0 < number <= _OLDEST), None)
