"""Words said to somebody else in the room before the assistant is spoken to, and who is called before a wish."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.stake import GRAVE, Stake, stake_of
from skill.dialog.nlu.yes_no import Answer, answer_to, consents, denies

Said = tuple[str, ...]

ASSISTANTS: Final = frozenset(
    {"алиса", "алис", "алисочка", "алисонька", "алисушка", "салют", "афина", "джой", "маруся"}
)
CALLED: Final = frozenset(
    {"мам", "пап", "баб", "ба", "мамуль", "папуль", "бабуль", "дедуль", "дед", "дедушка", "бабушка", "теть", "дядь"}
)
_SIGHS: Final = frozenset({"ой", "ну", "да", "так", "слушай", "ох", "ах", "эй", "а"})
_HUSH_WORDS = (
    "отстань отстаньте отойди отойдите цыц тише тихо помолчи помолчите замолчи замолчите уйди уйдите брысь иди идите "
    "погоди погодите подожди подождите слезь перестань перестаньте прекрати прекратите хватит"
)
# what somebody else in the room is told, of one word
_HUSHES: Final = frozenset(_HUSH_WORDS.split())
_ASKING_WORDS = "спросить узнать сказать позвонить подумать ответить решить объяснить говорить спрашивать думать решать"
# who is told one of these is asked for an answer
_ASKS: Final = frozenset(_ASKING_WORDS.split())
_TURN_WORDS = "да так ну а пусть пускай давай давайте оживи сделай покажи лучше короче ладно хорошо чтоб чтобы"
# what is said to the assistant begins with one of these
_TURNS: Final = frozenset(_TURN_WORDS.split())
_NEAR: Final = 6  # words from an order to the name of who is told
_TO_ALL: Final = frozenset({"animate", "show", "send", "code", "link", "delete", "save", "download"})


def without_others(said: Said, expecting: str) -> Said:
    """«кирилл, положи ложку, … да, алиса, давай уже» → «давай уже»: what is said to somebody else is no answer.

    Beside a grave question nothing is left out that denies or asks, and only before a clear consent.
    """
    begun = next((at for at, word in enumerate(said) if word not in _SIGHS), 0)
    verb = _order(said, begun) or (expecting == Stake.OFFER and _hush(said, begun)) or 0
    start = _turn_to_us(said, verb, expecting) if verb else 0
    return said[start:] if start and _may_leave_out(said[:start], said[start:], expecting) else said


def _order(said: Said, begun: int) -> int:
    """The place after the order that somebody else is given, 0 where there is none."""
    named = begun < len(said) and is_person(said[begun])
    place = begun + named
    told = said[place : place + 1] == ("не",)
    verb = said[place + told : place + told + 1]
    if not verb or not (named or ASSISTANTS.intersection(said[place:])):
        return 0
    if verb[0] in _HUSHES:
        return place + told + 1
    form = read(verb[0])
    heard = hear([form])
    about_us = heard.gestures or heard.concepts - {"filler", "stay", "wait", "head"}
    return place + told + 1 if form.imperative and form.known and not about_us and not form.keys & _ASKS else 0


def _hush(said: Said, begun: int) -> int:
    """The place after «погоди ты, не лезь, Артём»: somebody is named after the order."""
    called = next((at for at in range(begun + 1, min(begun + _NEAR, len(said))) if _is_called(said[at])), 0)
    return called + 1 if said[begun : begun + 1] and said[begun] in _HUSHES and called else 0


def _is_called(word: str) -> bool:
    return word in CALLED or (read(word).name and word not in ASSISTANTS)


def _turn_to_us(said: Said, verb: int, expecting: str) -> int:
    """The place where the assistant is spoken to, 0 where it is not."""
    names = [at for at in range(verb, len(said) - 1) if said[at] in ASSISTANTS]
    if names:
        return names[-1] + 1
    turns = (at for at in range(verb, len(said)) if said[at] in _TURNS and _tells(said[at:], expecting))
    return next(turns, 0)


def _tells(said: Said, expecting: str) -> bool:
    """Whether a clause is a wish by itself, or answers an offer."""
    heard = hear([read(word) for word in said])
    answers = stake_of(expecting) in {Stake.OFFER, Stake.CONSENT} and answer_to(said, Stake.OFFER) is not Answer.UNCLEAR
    return answers or bool(heard.gestures) or bool(heard.concepts & _TO_ALL)


def _may_leave_out(others: Said, rest: Said, expecting: str) -> bool:
    if hear([read(word) for word in others]).gestures:
        return False  # «бабушка, кивни, … а дед пусть улыбнётся»
    if expecting not in GRAVE:
        return True
    return expecting == Stake.CONSENT and consents(rest) and not denies(others) and not denies(rest)


def is_person(word: str) -> bool:
    """Whether somebody in the room may be called so."""
    form = read(word)
    return word in CALLED or (form.name and word not in ASSISTANTS) or bool(form.keys & PEOPLE)
