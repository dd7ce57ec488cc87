"""Whom and what an answer to a yes-or-no question speaks of: somebody grown up or a child, another photo, other people.

An answer that speaks of somebody else agrees to nothing, however it is worded.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from skill.dialog.nlu import yes_no_lexicon as lexicon
from skill.dialog.nlu.answer_parts import Part, Role, expressions, names_person
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.stories import YOUNG

PRONOUNS: Final = frozenset("я мы он она они это там тут у ей ему им нам мне".split())  # noqa: SIM905
"""Words with which a clause about somebody begins."""

_POINTING: Final = frozenset({*PRONOUNS, "с", "мой", "моя", "мои", "наш", "наша", "наши", "вот"})
_LETS: Final = frozenset({"давай", "давайте"})
_PROPOSED: Final = frozenset("я мы сначала сперва лучше посмотрим подумаем".split())  # noqa: SIM905
_KEPT_WORDS = (
    "себе сохранила сохранил сохранили скачала скачал скачали переслала переслал забрала забрал оставила оставил"
)
_KEPT: Final = frozenset(_KEPT_WORDS.split())
_CURSE: Final = ("к", "чертовой", "матери")  # names nobody


def speaks_of_young(parts: Sequence[Part]) -> bool:
    """«ну да, это внучок мой»: whether somebody is spoken of who may be a child; «да, внучек» speaks to one, and «у неё
    уж внуки» is an expression of its own."""
    words = {part.words[0] for part in parts if len(part.words) == 1}
    return bool(_POINTING & words) and any(read(word).keys & YOUNG for word in words)


def tells_of_grown(parts: Sequence[Part]) -> bool:
    """Whether all that is said besides a number tells of somebody grown up: «двадцать пять ей тут, свадьба её»."""
    reasons = {one.strip() for one in lexicon.REASONS[Stake.AGE].split(",")}
    rest = [word for part in parts if part.role is Role.OTHER for word in part.words]
    return not rest or (all(word in reasons for word in rest) and not speaks_of_young(parts))


def tells_who(parts: Sequence[Part]) -> bool:
    """«да это же мама» tells who that is, and agrees to nothing."""
    words = [word for part in parts for word in part.words]
    return bool({"это", "эта", "этот"}.intersection(words)) and any(names_person(read(word)) for word in words)


def agrees_for(parts: Sequence[Part]) -> bool:
    """«это папа, мы не против»: who that is, and beside it words that agree for them."""
    return any(part.words in expressions(lexicon.FOR_OTHERS) for part in parts)


def asks_for(parts: Sequence[Part]) -> bool:
    """«а соседку можно, она разрешила» asks whether somebody may be animated, whoever allowed it; «это мой
    дед, конечно можно» answers."""
    words = [word for part in parts for word in part.words]
    asked = "можно" in words[:-1] and not {"да", "конечно"}.intersection(words)
    return asked and any(names_person(read(word)) for word in words)


def names_another(parts: Sequence[Part]) -> bool:
    """«теперь деда давай» wishes for another one, and agrees to nothing."""
    words = [word for part in parts for word in part.words]
    return bool({"теперь", "тогда"}.intersection(words)) and any(names_person(read(word)) for word in words)


def speaks_of_another(parts: Sequence[Part], stake: Stake) -> bool:
    """Whether a phrase agrees to something else than what was asked: to a photo, or to a thing of somebody's."""
    words = [word for part in parts for word in part.words]
    if stake is Stake.DELETION:  # «удали фото соседа»: in another case than that of an address
        deletes = any(part.words in expressions(lexicon.OWN.get(stake, "")) for part in parts)
        told = [word for part in parts if part.words != _CURSE for word in part.words]
        people = [form for word in told if names_person(form := read(word))]
        return (deletes and any(form.keys - {form.text} for form in people)) or _only_kept(parts)
    if stake is not Stake.OFFER and any(pair[0] in _LETS and pair[1] in _PROPOSED for pair in pairwise(words)):
        return True  # «давай сначала посмотрим»
    if stake is Stake.CONSENT and not agrees_for(parts):  # «фото с фото годится», «давай начнём с прабабушки»
        of_whom = any(before == "с" and names_person(read(word)) for before, word in pairwise(words))
        clear = any(part.words in expressions(lexicon.CLEAR) for part in parts)
        return not clear and (of_whom or bool(lexicon.PHOTO_WORDS.intersection(words)))
    return False


def _only_kept(parts: Sequence[Part]) -> bool:
    """«да я себе оставила»: whether something was kept, and nothing says that the rest may go."""
    kept = any(_KEPT.issuperset(part.words) for part in parts)
    return kept and not any(part.words in expressions(lexicon.OWN[Stake.DELETION]) for part in parts)
