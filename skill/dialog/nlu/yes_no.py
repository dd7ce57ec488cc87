"""Answers to yes-or-no questions: a phrase is a yes only where nothing in it denies, delays, doubts or asks.

Every word has to be known to agree or to go along with what agrees, so that a phrase nobody thought of is never taken
for a yes: it leaves the question open, and the question is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, StrEnum, auto
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from skill.dialog.nlu import yes_no_lexicon as lexicon
from skill.dialog.nlu.age import BELOW, Age, read_age
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.misheard import sound_of
from skill.dialog.nlu.morphology import Word, is_known, read

_LONGEST: Final = 4  # words of an expression
_FEW: Final = 2  # words of no known meaning beside a «нет»; with more of them it belongs to another thought
_REPEATED = re.compile(r"(.)\1+")


class Stake(StrEnum):
    """Kinds of yes-or-no questions, by what a wrong yes would do."""

    OFFER = "offer"
    """«Отправим фото?», «Сделать ещё?»: nothing that can't be undone, so light words agree as well."""

    CONSENT = "consent"
    """«Согласны с правилами?»: a consent is recorded."""

    DELETION = "deletion"
    """«Удалить?»: photos and videos are lost."""

    AGE = "age"
    """«Всем есть восемнадцать?»: a photo that may be a child's is animated."""

    OWNER = "owner"
    """«Это были вы?»: somebody's video is shown."""

    FACE = "face"
    """«Кого оживить?»: a yes names nobody."""

    ANY = "yes_no"
    """A question that is not known: only what agrees to all of them."""


class Answer(StrEnum):
    """An answer to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def stake_of(expecting: str) -> Stake:
    """The stake of a question by its name: an unknown one is answered with care, none at all lightly."""
    if not expecting:
        return Stake.OFFER
    return Stake(expecting) if expecting in set(Stake) else Stake.ANY


class Role(Enum):
    """The part that a word has in an answer."""

    ASSENT = auto()
    """Agrees: «да», «согласна», at deletion «удаляй»."""

    LIGHT = auto()
    """Agrees to an offer and to nothing else: «пусть», «хочу»."""

    REFUSAL = auto()
    """«Нет» in the question's own words: «оставь», «ребёнок», «это муж»."""

    DENIAL = auto()
    """«не», «без», «никогда»."""

    DELAY = auto()
    """«потом»."""

    DOUBT = auto()
    """Takes a part of the answer away: «почти», «вроде», «да ну»."""

    QUESTION = auto()
    """«что», «зачем», «ли», «если»."""

    THANKS = auto()
    """Polite beside a clear yes, a polite no alone."""

    COMPANION = auto()
    """Goes along with anything: «ну», «я», «пожалуйста»."""

    OTHER = auto()
    """Not a word of an answer."""


_AGAINST: Final = frozenset({Role.DENIAL, Role.DELAY, Role.DOUBT, Role.QUESTION, Role.REFUSAL})
_Table = Mapping[tuple[str, ...], Role]


class Part(NamedTuple):
    """A word or an expression of an answer."""

    role: Role
    """Its part in the answer."""

    words: tuple[str, ...]
    """Its words as they were said."""


def answer_to(said: Sequence[str], stake: Stake) -> Answer:
    """The answer that a phrase gives to a question.

    Args:
        said: words in lower case, ё as е, misheard ones put right.
        stake: of the question that was asked.

    Returns:
        YES where something agrees and nothing else is said; NO where it is denied or put off; UNCLEAR for all the rest,
        also where the phrase answers another question.
    """
    parts = split_answer(said, stake)
    if stake is Stake.AGE and (age := read_age(said)):
        return _of_age(age, said, parts)
    roles = {part.role for part in parts}
    if Role.QUESTION not in roles and _refuses(parts):
        return Answer.NO
    return Answer.YES if _agrees(parts, stake) else Answer.UNCLEAR


def denies(said: Sequence[str]) -> bool:
    """Whether a phrase denies, delays, doubts or asks, whatever else is in it: no platform's «да» outweighs that."""
    return any(part.role in _AGAINST for part in split_answer(said, Stake.ANY))


def begins_with_assent(said: Sequence[str], stake: Stake) -> bool:
    """Whether a phrase agrees and then says more, without denying, delaying or asking: «да, удали фото»."""
    parts = split_answer(said, stake)
    roles = [part.role for part in parts if part.role is not Role.COMPANION]
    return roles[:1] == [Role.ASSENT] and not _AGAINST.intersection(roles) and not _speaks_of_another(parts, stake)


def is_whole(said: Sequence[str], stake: Stake) -> bool:
    """Whether every word of a phrase is one of an answer."""
    return all(part.role is not Role.OTHER for part in split_answer(said, stake))


def split_answer(said: Sequence[str], stake: Stake) -> tuple[Part, ...]:
    """The parts of an answer from left to right, at each place the longest expression that is known."""
    table = _table(stake)
    return tuple(_split(tuple(_known_form(word, table) for word in said), table, stake))


def _split(said: tuple[str, ...], table: _Table, stake: Stake) -> Iterator[Part]:
    place = 0
    while place < len(said):
        sizes = (size for size in range(_LONGEST, 1, -1) if said[place : place + size] in table)
        words = said[place : place + next(sizes, 1)]
        yield Part(table.get(words) or _unlisted(words[0], stake), words)
        place += len(words)


def _unlisted(word: str, stake: Stake) -> Role:
    """«несогласна» denies; who is named may be spoken to, but at OWNER the name tells who sent the photo."""
    if word.startswith("не") and word[2:] in _agreeing():
        return Role.DENIAL
    form = read(word)
    if stake is Stake.AGE and form.cardinal is not None:
        return Role.COMPANION
    return Role.COMPANION if _person(form) and stake is not Stake.OWNER else Role.OTHER


def _person(form: Word) -> bool:
    """Whether somebody is named; what the dictionary only takes for a name is none («улучшайзер»)."""
    return (form.name and form.known) or bool(form.keys & PEOPLE)


def _known_form(word: str, table: _Table) -> str:
    """«дааа» → да, «сагласна» → согласна; what is listed or in the dictionary stays."""
    if (word,) in table or is_known(word):
        return word
    short = _REPEATED.sub(r"\1", word)
    return short if (short,) in table else _by_sound().get(sound_of(word), word)


def _refuses(parts: Sequence[Part]) -> bool:
    """«не оставляй» denies a refusal, which is neither; a «нет» inside of another thought is none either."""
    refusals = [at for at, part in enumerate(parts) if part.role is Role.REFUSAL]
    if any(at and parts[at - 1].words in {("не",), ("ни",)} for at in refusals):
        return False
    denied = any(part.role in {Role.DENIAL, Role.DELAY} for part in parts)
    return bool(refusals) or (denied and sum(part.role is Role.OTHER for part in parts) <= _FEW)


def _agrees(parts: Sequence[Part], stake: Stake) -> bool:
    roles = {part.role for part in parts}
    light = Role.LIGHT in roles
    if roles & (_AGAINST | {Role.OTHER}) or (light and stake is not Stake.OFFER):
        return False
    if Role.THANKS in roles and not any(part.words in _expressions(lexicon.CLEAR) for part in parts):
        return False
    if stake in {Stake.CONSENT, Stake.DELETION} and _tells_who(parts) and not _agrees_for(parts):
        return False
    if stake is not Stake.OFFER and (_names_another(parts) or _speaks_of_another(parts, stake)):
        return False
    return light or Role.ASSENT in roles


def _speaks_of_another(parts: Sequence[Part], stake: Stake) -> bool:
    """Whether a phrase agrees to something else than what was asked: to a photo, or to a thing of somebody's."""
    words = [word for part in parts for word in part.words]
    if stake is Stake.DELETION:  # «удали фото соседа»: in another case than that of an address
        deletes = any(part.words in _expressions(lexicon.OWN.get(stake, "")) for part in parts)
        people = [form for word in words if _person(form := read(word))]
        return deletes and any(form.keys - {form.text} for form in people)
    if stake is Stake.CONSENT and not _agrees_for(parts):  # «фото с фото годится», «давай начнём с прабабушки»
        of_whom = any(before == "с" and _person(read(word)) for before, word in pairwise(words))
        clear = any(part.words in _expressions(lexicon.CLEAR) for part in parts)
        return not clear and (of_whom or bool(lexicon.PHOTO_WORDS.intersection(words)))
    return False


def _names_another(parts: Sequence[Part]) -> bool:
    """«теперь деда давай» wishes for another one, and agrees to nothing."""
    words = [word for part in parts for word in part.words]
    return bool({"теперь", "тогда"}.intersection(words)) and any(_person(read(word)) for word in words)


def _agrees_for(parts: Sequence[Part]) -> bool:
    """«это папа, мы не против»: who that is, and beside it words that agree for them."""
    return any(part.words in _expressions(lexicon.FOR_OTHERS) for part in parts)


def _tells_who(parts: Sequence[Part]) -> bool:
    """«да это же мама» tells who that is, and agrees to nothing."""
    words = [word for part in parts for word in part.words]
    return bool({"это", "эта", "этот"}.intersection(words)) and any(_person(read(word)) for word in words)


def _of_age(age: Age, said: Sequence[str], parts: Sequence[Part]) -> Answer:
    """The youngest counts, and a number that is denied is nobody's age."""
    roles = {part.role for part in parts}
    if age.minor:
        return Answer.NO
    if any(part.role is Role.REFUSAL and not BELOW.intersection(part.words) for part in parts):
        return Answer.UNCLEAR if Role.DENIAL in roles else Answer.NO  # «не ребёнок, ей тридцать»
    if Role.DENIAL in roles:
        return Answer.NO
    if age.below or roles & (_AGAINST | {Role.OTHER, Role.LIGHT}):
        return Answer.UNCLEAR
    others = age.ages == 1 and "мне" in said and any(_person(read(word)) for word in said)
    return Answer.UNCLEAR if others else Answer.YES  # «мне сорок, а это мой сын» tells nothing of the son


@lru_cache(maxsize=len(Stake))
def _table(stake: Stake) -> _Table:
    """Expression → role where this is at stake; what comes later in here goes first."""
    offer = stake is Stake.OFFER
    lists: list[tuple[str, Role]] = [
        (lexicon.COMPANIONS, Role.COMPANION),
        (lexicon.BESIDE.get(stake, ""), Role.COMPANION),
        (lexicon.THANKS, Role.THANKS),
        (lexicon.HEDGES, Role.COMPANION if offer else Role.DOUBT),
        (lexicon.EMPHATIC, Role.LIGHT if offer else Role.COMPANION),
        (lexicon.LIGHT, Role.LIGHT),
        (lexicon.EAGER, Role.ASSENT if offer or stake is Stake.CONSENT else Role.OTHER),
        (lexicon.POLITE, Role.LIGHT if offer else Role.COMPANION),
        (lexicon.ALMOST, Role.DOUBT),
        (", ".join(BELOW) if stake is Stake.AGE else "", Role.DOUBT),
        (lexicon.DENIALS, Role.DENIAL),
        (lexicon.DELAYS, Role.DELAY),
        (lexicon.QUESTIONS, Role.QUESTION),
        (lexicon.DOUBTFUL, Role.DOUBT),
        (f"{lexicon.ASSENTS}, {lexicon.IDIOMS}", Role.ASSENT),
        (lexicon.CONTENT if offer else "", Role.DOUBT),
        (lexicon.SPARING, Role.REFUSAL),
        (lexicon.CHILDREN if stake in {Stake.CONSENT, Stake.DELETION} else "", Role.DOUBT),
        (lexicon.PERMITS if stake is Stake.AGE else "", Role.DOUBT),
        (lexicon.OWN.get(stake, ""), Role.ASSENT),
        (lexicon.REFUSALS.get(stake, ""), Role.REFUSAL),
    ]
    return {words: role for text, role in lists for words in _expressions(text)}


@lru_cache(maxsize=64)
def _expressions(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(one.split()) for one in text.split(",") if one.strip())


@lru_cache(maxsize=1)
def _agreeing() -> frozenset[str]:
    """Single words that agree to something."""
    texts = (lexicon.ASSENTS, lexicon.EAGER, lexicon.LIGHT, lexicon.EMPHATIC, *lexicon.OWN.values())
    return frozenset(words[0] for text in texts for words in _expressions(text) if len(words) == 1)


@lru_cache(maxsize=1)
def _by_sound() -> Mapping[str, str]:
    """Agreeing words by their sound, those long enough to be known by it."""
    words = (words[0] for words in _expressions(lexicon.ASSENTS) if len(words) == 1 and len(words[0]) > 3)
    return {sound_of(word): word for word in words}
