"""A phrase without what is said around it: who is spoken to, what it is likened to, what was taken back."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.corrections import (
    corrected_age,
    on_second_thoughts,
    other_movement,
    wished_instead,
    without_denied_side,
    without_dropped,
    without_replaced,
    without_spared,
)
from skill.dialog.nlu.grown import own_words
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.room import CALLED, without_others
from skill.dialog.nlu.stake import GRAVE, Stake, stake_of
from skill.dialog.nlu.yes_no import Answer, answer_to
from skill.story_words import MOVEMENT_WORDS

Said = tuple[str, ...]
"""Words in lower case, ё as е, misheard ones put right."""

_LAUNCH: Final = frozenset(
    "запустить открыть включить попросить спросить вызвать активировать позвать начать сказать".split()  # noqa: SIM905
)
_SKILL: Final = frozenset({"навык", "игра", "скилл", "программа"})
_NAME: Final = ("оживи", "фото")
_FORGET: Final = frozenset({"забудь", "забудьте", "забывай", "забывайте"})
_BRIEFLY: Final = "короче"
_HEAD: Final = frozenset({"голову", "голова", "головой", "головку"})
_AWAY: Final = frozenset({"влево", "вправо", "налево", "направо", "вверх", "вниз", "наверх", "левым", "правым"})
_HEADED: Final = frozenset({"влево", "вправо", "налево", "направо"})
_CORRECTS: Final = (
    ("то", "есть", "нет"),
    ("ой", "нет"),
    ("тьфу", "нет"),
    ("ой",),
    ("тьфу",),
    ("нет",),
    ("вернее",),
    ("точнее",),
)
_LET: Final = frozenset({"пусть", "пускай"})
_OFTENER: Final = frozenset("почаще чаще побольше больше сильнее посильнее".split())  # noqa: SIM905
_REPORTS: Final = frozenset("говорит говорят сказала сказал сказали велит велела просит".split())  # noqa: SIM905
_ONCE_MORE: Final = frozenset("а теперь и нет давай ну потом еще пусть лучше".split())  # noqa: SIM905
_EYE: Final = frozenset({(), ("глазом",), ("глазиком",), ("глазком",)})
_TURN: Final = "поверни"
_SHORT_TURN: Final = 7  # words of a phrase in which a side belongs to the head
_LIKENED: Final = frozenset({"мол", "дескать", "типа", "будто", "словно"})
_LIKENED_PAIRS: Final = frozenset({("как", "будто"), ("вроде", "как"), ("как", "бы")})
_SHORT_DENIAL: Final = 4  # words of «нет, не кивнёт»
_SINCERELY: Final = frozenset({("если", "честно"), ("честно", "говоря"), ("честно", "сказать"), ("правду", "сказать")})
_CALMS: Final = frozenset({("не", "бойся"), ("не", "бойтесь"), ("не", "переживай"), ("не", "волнуйся")})
_HOWEVER: Final = "хотя"


def prepare(said: Said, expecting: str) -> Said:
    """The words that tell what is meant.

    Args:
        said: the whole phrase.
        expecting: the `Stake` of the open question, empty for none.
    """
    said = _without_pairs(said)
    said = said if expecting else _once_denied(said)  # an answer to a question is never made of half a denial
    said = without_spared(said) if expecting == Stake.FACE else said
    said = without_others(said, expecting)
    said = _before_comparison(_after_second_thought(said, expecting), expecting)
    said = said if expecting in GRAVE else _wished(said)
    said = _of_the_person(corrected_age(said)) if expecting == Stake.AGE else said
    said = _without_address(_without_report(said, expecting))
    said = without_dropped(said)
    said = said if expecting in GRAVE else _with_wink(other_movement(said), expecting)
    return _with_turn(_wished_more(_corrected(said)))


def _wished(said: Said) -> Said:
    """Of two movements or sides, one of which is taken back, the other."""
    said = on_second_thoughts(_without_end(said))
    return without_denied_side(without_replaced(wished_instead(_instead(said))))


def _of_the_person(said: Said) -> Said:
    """«взрослая, двое детей у неё» → «взрослая», where what they have leaves no doubt."""
    own = own_words(said)
    return own if answer_to(own, Stake.AGE) is answer_to(said, Stake.AGE) else said


def _once_denied(said: Said) -> Said:
    """«не не не лыбиться» → «не лыбиться»; «не не забудь удалить» says neither."""
    if _FORGET.intersection(said):
        return said
    return tuple(word for before, word in zip(("", *said), said, strict=False) if (before, word) != ("не", "не"))


def after_launch(said: Said) -> tuple[bool, Said]:
    """Whether a phrase opens the skill, and what it says besides: «запусти навык оживи фото и удали всё» → «удали
    всё»."""
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


def _after_second_thought(said: Said, expecting: str) -> Said:
    """«да нет, наверное, хотя ладно, давай» → «ладно, давай», beside an offer; where more is at stake it stays in
    doubt."""
    if stake_of(expecting) is not Stake.OFFER or _HOWEVER not in said:
        return said
    rest = said[said.index(_HOWEVER) + 1 :]
    return rest if answer_to(rest, Stake.OFFER) is not Answer.UNCLEAR else said


def _instead(said: Said) -> Said:
    """«нет, не кивнёт, а головой покачает» → «пусть головой покачает»: the other movement is wished for."""
    for place in range(1, len(said) - 1):
        denied = said[:1] in {("не",), ("нет",)} and "не" in said[:2] and said[place] == "а" and place <= _SHORT_DENIAL
        if denied and all(hear([read(word) for word in part]).gestures for part in (said[2:place], said[place + 1 :])):
            return ("пусть", *said[place + 1 :])
    return said


def _before_comparison(said: Said, expecting: str) -> Said:
    """«прикрой глаза как будто спит» → «прикрой глаза»: what a movement is likened to is no wish."""
    if expecting in GRAVE:
        return said
    for place in range(1, len(said)):
        ends = said[place] in _LIKENED or said[place : place + 2] in _LIKENED_PAIRS
        if ends and hear([read(word) for word in said[:place]]).gestures:
            return said[:place]
    return said


def _without_pairs(said: Said) -> Said:
    """«согласен, если честно» → «согласен»: the two words tell nothing."""
    for at, pair in enumerate(pairwise(said)):
        if pair in _SINCERELY | _CALMS and len(said) > len(pair):
            return said[:at] + said[at + len(pair) :]
    return said


def _without_end(said: Said) -> Said:
    """«пусть моргнёт пару раз, и всё» → «пусть моргнёт пару раз»."""
    return said[:-2] if said[-2:] == ("и", "все") and len(said) > _SHORT_DENIAL else said


def _without_address(said: Said) -> Said:
    """«мам, а пусть моргнёт» → «пусть моргнёт»; «короче, пусть моргнёт» says nothing of the length."""
    if said[1:2] == ("а",) and said[0] in CALLED:
        return said[2:]
    rest = said[1:]
    if said[:1] != (_BRIEFLY,) or not rest:
        return said
    concepts = hear([read(word) for word in rest]).concepts
    wished = concepts & {"animate", "photo", "code", "link", "delete", *MOVEMENT_WORDS}
    return rest if wished and "video" not in concepts else said


def _without_report(said: Said, expecting: str) -> Said:
    """«бабушка говорит, можно» → «можно», beside an offer: who said so matters nothing."""
    if stake_of(expecting) is not Stake.OFFER or len(said) < 3 or said[1] not in _REPORTS:
        return said
    return said[2:] if read(said[0]).keys & PEOPLE and answer_to(said[2:], Stake.OFFER) is Answer.YES else said


def _wished_more(said: Said) -> Said:
    """«почти не моргает, пусть почаще» → «моргает, пусть почаще»: more is wished for of what there is too little of."""
    if "не" not in said or not _LET.intersection(said) or not _OFTENER.intersection(said):
        return said
    place = said.index("не")
    moves = bool(hear([read(word) for word in said[place + 1 : place + 2]]).gestures)
    wished = moves and any(said.index(word) > place for word in _LET.intersection(said))
    return tuple(word for at, word in enumerate(said) if at != place and word != "почти") if wished else said


def _corrected(said: Said) -> Said:
    """«влево, то есть нет, вправо» → «вправо»: of two sides the last one is meant."""
    for place in range(2, len(said)):
        start = next((place - len(one) for one in _CORRECTS if said[:place][-len(one) :] == one), 0)
        before = {at for at in range(start) if said[at] in _AWAY}
        if start and said[place] in _AWAY and before:
            return tuple(word for at, word in enumerate(said) if at not in before and not start <= at < place)
    return said


def _with_wink(said: Said, expecting: str) -> Said:
    """«а теперь правым глазом» → «подмигни правым глазом»; of several people «левым» may be one."""
    rest = tuple(word for word in said if word not in _ONCE_MORE)
    of_eye = rest[:1] in {("левым",), ("правым",)} and rest[1:] in _EYE
    return ("подмигни", *rest) if of_eye and not (expecting == Stake.FACE and len(rest) == 1) else said


def _with_turn(said: Said) -> Said:
    """«влево голову, а не вправо» → «поверни влево голову»: it is no choice of a face."""
    if not _HEAD.intersection(said) or not _HEADED.intersection(said) or len(said) > _SHORT_TURN:
        return said
    ends = next((at for at, pair in enumerate(pairwise(said)) if pair == ("а", "не")), len(said))
    spoken = [read(word) for word in said]
    moved = any(word.imperative or word.finite or word.past for word in spoken) or hear(spoken).gestures
    return said if moved else (_TURN, *said[:ends])
