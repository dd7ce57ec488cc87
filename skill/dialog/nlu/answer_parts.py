"""Parts of an answer to a yes-or-no question: the words that agree, deny, ask, or go along, by what is at stake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple

from skill.dialog.nlu import yes_no_lexicon as lexicon
from skill.dialog.nlu.age import BELOW
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.misheard import sound_of
from skill.dialog.nlu.morphology import Word, is_known, read
from skill.dialog.nlu.objections import no_objection
from skill.dialog.nlu.rhetoric import rhetorical
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.synonyms import SYNONYMS

_LONGEST: Final = 4  # words of an expression
_HASTE_WORDS = "быстро быстрому живо быстрее побыстрее короче покороче скорее поскорее поживее недолго"
_HASTE: Final = frozenset(_HASTE_WORDS.split())
_REASON: Final = 6  # words of «а то маршрутка едет»
_AT_HOME: Final = frozenset({("у", "меня"), ("у", "нас")})
_IN_A_HURRY: Final = frozenset({"мне", "нам"})
# where it matters that nobody objects
_NO_OBJECTION: Final = frozenset({Stake.CONSENT, Stake.OFFER})
# where questions that want no answer go along
_RHETORICAL: Final = frozenset({Stake.CONSENT, Stake.OFFER, Stake.DELETION})
_REPEATED = re.compile(r"(.)\1+")


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


AGAINST: Final = frozenset({Role.DENIAL, Role.DELAY, Role.DOUBT, Role.QUESTION, Role.REFUSAL})
Table = Mapping[tuple[str, ...], Role]


class Part(NamedTuple):
    """A word or an expression of an answer."""

    role: Role
    """Its part in the answer."""

    words: tuple[str, ...]
    """Its words as they were said."""


def split_answer(said: Sequence[str], stake: Stake) -> tuple[Part, ...]:
    """The parts of an answer from left to right, at each place the longest expression that is known."""
    return _split_answer(tuple(said), stake)


@lru_cache(maxsize=32)  # an answer is asked for its parts by one rule after another
def _split_answer(said: tuple[str, ...], stake: Stake) -> tuple[Part, ...]:
    table = _table(stake)
    said, reason = _reason_for_haste(said, stake)
    words = tuple(_known_form(word, table) for word in said)
    start, end = no_objection(words) if stake in _NO_OBJECTION else (0, 0)
    agreed = (Part(Role.ASSENT, words[start:end]),) if end else ()
    return (*_split(words[:start], table, stake), *agreed, *_split(words[end:], table, stake), *reason)


def _reason_for_haste(said: tuple[str, ...], stake: Stake) -> tuple[tuple[str, ...], tuple[Part, ...]]:
    """The answer, and why it is in a hurry: «угу, только покороче, а то маршрутка едет». What denies or asks is no such
    reason."""
    starts = (at for at in range(1, len(said)) if said[at - 1] in _HASTE and _gives_reason(said[at : at + 2], stake))
    start = next(starts, None)
    if stake not in {Stake.CONSENT, Stake.OFFER} or start is None or len(said) - start > _REASON:
        return said, ()
    reason = said[start:]
    table = _table(stake)
    harmless = all(table.get((word,), Role.OTHER) not in AGAINST for word in reason)
    return (said[:start], (Part(Role.COMPANION, reason),)) if harmless else (said, ())


def _gives_reason(said: Sequence[str], stake: Stake) -> bool:
    """Whether a reason for haste begins with these words: «а то …», beside an offer «у меня суп кипит»."""
    offered = stake is Stake.OFFER and (tuple(said) in _AT_HOME or bool(_IN_A_HURRY.intersection(said[:1])))
    return tuple(said) == ("а", "то") or offered


def _split(said: tuple[str, ...], table: Table, stake: Stake) -> Iterator[Part]:
    place, longest = 0, _longest(stake)
    while place < len(said):
        if stake in _RHETORICAL and (end := _rhetorical(said, place, stake)):
            yield Part(Role.COMPANION, said[place:end])
            place = end
            continue
        sizes = (size for size in range(longest.get(said[place], 1), 1, -1) if said[place : place + size] in table)
        words = said[place : place + next(sizes, 1)]
        yield Part(table.get(words) or _unlisted(words[0], stake), words)
        place += len(words)


def _rhetorical(said: tuple[str, ...], place: int, stake: Stake) -> int:
    """The place after a question that wants no answer, 0 where none begins here; at the rules its «да» is a part of it:
    «да зачем спрашиваешь» agrees to nothing."""
    idioms = stake is not Stake.DELETION
    if stake is Stake.CONSENT and said[place] == "да" and place + 1 < len(said):
        return rhetorical(said, place + 1)
    return rhetorical(said, place, idioms=idioms)


def _unlisted(word: str, stake: Stake) -> Role:
    """«несогласна» denies; who is named may be spoken to, but at OWNER the name tells who sent the photo."""
    if word.startswith("не") and word[2:] in _agreeing():
        return Role.DENIAL
    form = read(word)
    if stake is Stake.AGE and form.cardinal is not None:
        return Role.COMPANION
    return Role.COMPANION if names_person(form) and stake is not Stake.OWNER else Role.OTHER


def names_person(form: Word) -> bool:
    """Whether somebody is named; what the dictionary only takes for a name is none («улучшайзер»), nor what only means
    the same as a word for somebody («сынишка» may be a child)."""
    own = form.keys - {SYNONYMS[key] for key in form.keys if key in SYNONYMS}
    return (form.name and form.known) or bool(own & PEOPLE)


def _known_form(word: str, table: Table) -> str:
    """«дааа» → да, «сагласна» → согласна; what is listed or in the dictionary stays."""
    if (word,) in table or is_known(word):
        return word
    short = _REPEATED.sub(r"\1", word)
    return short if (short,) in table else _by_sound().get(sound_of(word), word)


@lru_cache(maxsize=len(Stake))
def _table(stake: Stake) -> Table:
    """Expression → role where this is at stake; what comes later in here goes first."""
    offer = stake is Stake.OFFER
    lists: list[tuple[str, Role]] = [
        (lexicon.COMPANIONS, Role.COMPANION),
        (lexicon.BESIDE.get(stake, ""), Role.COMPANION),
        (f"{lexicon.BEGUN}, {lexicon.TURNED}" if stake is Stake.AGE else "", Role.COMPANION),
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
    return {words: role for text, role in lists for words in expressions(text)}


@lru_cache(maxsize=len(Stake))
def _longest(stake: Stake) -> Mapping[str, int]:
    """First word → words of the longest expression that begins with it."""
    found: dict[str, int] = {}
    for words in _table(stake):
        found[words[0]] = max(found.get(words[0], 1), min(len(words), _LONGEST))
    return found


@lru_cache(maxsize=64)
def expressions(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(one.split()) for one in text.split(",") if one.strip())


@lru_cache(maxsize=1)
def _agreeing() -> frozenset[str]:
    """Single words that agree to something."""
    texts = (lexicon.ASSENTS, lexicon.EAGER, lexicon.LIGHT, lexicon.EMPHATIC, *lexicon.OWN.values())
    return frozenset(words[0] for text in texts for words in expressions(text) if len(words) == 1)


@lru_cache(maxsize=1)
def _by_sound() -> Mapping[str, str]:
    """Agreeing words by their sound, those long enough to be known by it."""
    words = (words[0] for words in expressions(lexicon.ASSENTS) if len(words) == 1 and len(words[0]) > 3)
    return {sound_of(word): word for word in words}
