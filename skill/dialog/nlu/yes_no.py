"""Answers to yes-or-no questions: a phrase is a yes only where nothing in it denies, delays, doubts or asks.

Every word has to be known to agree or to go along with what agrees, so that a phrase nobody thought of is never taken
for a yes: it leaves the question open, and the question is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

from skill.dialog.nlu import yes_no_lexicon as lexicon
from skill.dialog.nlu.age import BELOW, Age, read_age
from skill.dialog.nlu.answer_parts import AGAINST, Part, Role, expressions, names_person, split_answer
from skill.dialog.nlu.answer_subjects import (
    PRONOUNS,
    agrees_for,
    asks_for,
    names_another,
    speaks_of_another,
    speaks_of_young,
    tells_of_grown,
    tells_who,
)
from skill.dialog.nlu.grown import own_words, tells_of_others
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.objections import no_objection
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.stories import conclusions

_FEW: Final = 2  # words of no known meaning beside a «нет»; with more of them it belongs to another thought
_TAKES_BACK: Final = frozenset("нет не стой стоп подожди погоди хотя передумала передумал".split())  # noqa: SIM905
_HEDGED: Final = frozenset({"наверное", "наверно", "пожалуй", "вроде", "кажется"})
_PARTS_OF_RULES: Final = frozenset("первым вторым третьим последним одним остальным".split())  # noqa: SIM905
_WILL: Final = frozenset("согласна согласен согласны соглашусь соглашаюсь хочу буду стану дам даю надо".split())  # noqa: SIM905
_AGREEMENT: Final = frozenset("согласна согласен согласны соглашусь соглашаюсь".split())  # noqa: SIM905
_MOCKING: Final = frozenset({"разбежался", "разбежалась", "разбежались"})
_LONGEST_REASON: Final = 9  # words
# that say nobody objects: a bare «нет» before one of them leaves the answer open
_UNOBJECTING: Final = frozenset({"против", "возражаю", "возражаем", "возражений", "откажусь"})
_SIGHS: Final = frozenset("ой ох ах ну а алиса салют так".split())  # noqa: SIM905
_HARDLY: Final = frozenset({("не", "очень"), ("не", "особо"), ("не", "больно"), ("не", "слишком"), ("не", "шибко")})
_BETWEEN: Final = frozenset({"то", "и", "я", "мы", "уж", "ж"})
_OF_COURSE: Final = frozenset({("да", "конечно"), ("конечно", "да")})  # «да конечно, это ж моя мама»
_NODS: Final = frozenset({"угу", "ага", "да", "конечно"})
_NEEDLESS: Final = frozenset({("не", "нужно"), ("не", "надо"), ("не", "нужны"), ("не", "нужен"), ("не", "нужна")})
_FOR_ME: Final = frozenset({"мне", "оно", "они", "это", "больше", "нам"})


class Answer(StrEnum):
    """An answer to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def answer_to(said: Sequence[str], stake: Stake) -> Answer:
    """The answer that a phrase gives to a question.

    Args:
        said: words in lower case, ё as е, misheard ones put right.
        stake: of the question that was asked.

    Returns:
        YES where something agrees and nothing else is said; NO where it is denied or put off; UNCLEAR for all the rest,
        also where the phrase answers another question.
    """
    if stake is Stake.CONSENT and (_MOCKING.intersection(said) or _hardly(said)):
        return Answer.NO  # «ага, щас, разбежалась»
    if stake is Stake.AGE and (own := own_words(said)) != tuple(said):
        return _of_own(said, own)
    parts = split_answer(said, stake)
    if stake is Stake.AGE and (age := read_age(said)):
        return _of_age(age, said, parts)
    if (stake is Stake.CONSENT and (_wavers(said, parts) or objects_to_nothing(said))) or (
        stake is Stake.DELETION and _but_agrees(said)
    ):
        return Answer.UNCLEAR
    roles = {part.role for part in parts}
    if (Role.QUESTION not in roles and _refuses(parts)) or refuses_clearly(said, stake):
        return Answer.NO
    agrees = _agrees(parts, stake) or _agrees_with_reason(said, parts, stake)
    return Answer.YES if agrees or (stake is Stake.CONSENT and _concludes(said)) else Answer.UNCLEAR


def _of_own(said: Sequence[str], own: Sequence[str]) -> Answer:
    """The answer of the words about the person themselves; what they have besides agrees to nothing."""
    answer = answer_to(own, Stake.AGE)
    doubtful = answer is Answer.YES and (tells_of_others(said) or not _clearly_grown(own))
    return Answer.UNCLEAR if doubtful else answer


def _clearly_grown(said: Sequence[str]) -> bool:
    """Whether an age is told, or somebody is called grown up."""
    words = [part.words for part in split_answer(said, Stake.AGE)]
    return read_age(said) is not None or any(one in expressions(lexicon.CLEARLY[Stake.AGE]) for one in words)


def refuses_clearly(said: Sequence[str], stake: Stake) -> bool:
    """Whether a phrase refuses in so many words, whatever else it says: «нет, не согласна, я не хочу, чтобы …»; beside
    an offer also what puts it off: «ой нет, у меня руки в муке, давай потом»."""
    at = next((at for at, word in enumerate(said) if word not in _SIGHS), len(said))
    begun = tuple(said[at : at + 1]) == ("нет",)
    if stake is Stake.CONSENT and _hardly(said):
        return True
    if stake is Stake.CONSENT:
        rest = tuple(said[at + begun : at + begun + 2])
        denied = rest[:1] == ("не",) and rest[1:] != ()
        agreed_later = bool(_AGREEMENT.intersection(said[at + begun + 2 :]))
        return denied and rest[1] in (_WILL if begun else _AGREEMENT) and not agreed_later and "ли" not in said
    roles = {part.role for part in split_answer(said, stake)}
    if stake is Stake.DELETION:  # «ой нет, погоди, дочке сперва покажу»
        return begun and Role.ASSENT not in roles
    return stake is Stake.OFFER and begun and Role.DELAY in roles


def _hardly(said: Sequence[str]) -> bool:
    """«не очень-то я согласен»: whether an agreement is taken back by how little there is of it."""
    at = next((at for at, pair in enumerate(pairwise(said)) if pair in _HARDLY), None)
    if at is None or "ли" in said:
        return False
    rest = [word for word in said[at + 2 :] if word not in _BETWEEN]
    return rest[:1] != [] and rest[0] in _WILL


def assents(said: Sequence[str], stake: Stake) -> bool:
    """Whether something in a phrase agrees, whatever else is in it."""
    return any(part.role is Role.ASSENT for part in split_answer(said, stake))


def _but_agrees(said: Sequence[str]) -> bool:
    """«жалко, конечно, но удаляй»: whether a deletion is agreed to after all."""
    rest = said[said.index("но") + 1 :] if "но" in said else ()
    return bool(rest) and _agrees(split_answer(rest, Stake.DELETION), Stake.DELETION)


def agrees_to_spare(said: Sequence[str]) -> bool:
    """«угу, не нужно оно мне больше»: whether a deletion is agreed to because nothing of it is needed; it may be
    meant otherwise, too."""
    first = next((word for word in said if word not in _SIGHS), "")
    needless = any(pair in _NEEDLESS for pair in pairwise(said))
    return first in _NODS and needless and bool(_FOR_ME.intersection(said)) and "нет" not in said


def consents(said: Sequence[str]) -> bool:
    """Whether somebody consents in so many words, whatever else is said: «согласен, но если что, буду жаловаться»."""
    parts = split_answer(said, Stake.CONSENT)
    return any(_AGREEMENT.intersection(part.words) and not _denied(parts, at) for at, part in enumerate(parts))


def _wavers(said: Sequence[str], parts: Sequence[Part]) -> bool:
    """Whether the rules are neither clearly agreed to nor clearly refused: «да нет наверное», «с первым согласна, а со
    вторым нет», «не мешай, … да, алиса, я за», «а внука нельзя?»"""
    agreed = [at for at, part in enumerate(parts) if part.role is Role.ASSENT and not _denied(parts, at)]
    against = [at for at, part in enumerate(parts) if part.role is Role.DENIAL]
    if "нельзя" in said and any(names_person(read(word)) for word in said):
        return True
    if not (agreed and against):
        return False
    if _HEDGED.intersection(said) or _PARTS_OF_RULES.intersection(said):
        return True
    taken_back = any(_TAKES_BACK.intersection(parts[at].words) for at in against if at > agreed[-1])
    return not taken_back


def objects_to_nothing(said: Sequence[str]) -> bool:
    """«нет, я не против»: whether a «нет» stands beside what says that there is no objection."""
    parts = split_answer(said, Stake.CONSENT)
    objects = any(part.role is Role.ASSENT and _UNOBJECTING.intersection(part.words) for part in parts)
    denied = [part.words for part in parts if part.role in AGAINST]
    return objects and bool(denied) and all(words == ("нет",) for words in denied)


def _denied(parts: Sequence[Part], at: int) -> bool:
    """Whether an agreeing word is denied by the one before it: «не согласна»."""
    return at > 0 and parts[at - 1].role is Role.DENIAL and parts[at].words not in expressions(lexicon.IDIOMS)


def denies(said: Sequence[str]) -> bool:
    """Whether a phrase denies, delays, doubts or asks, whatever else is in it: no platform's «да» outweighs that."""
    return any(part.role in AGAINST for part in split_answer(said, Stake.ANY))


def refuses_or_asks(said: Sequence[str], stake: Stake) -> bool:
    """Whether anything in a phrase denies, delays, doubts or asks where this is at stake."""
    return any(part.role in AGAINST for part in split_answer(said, stake))


def asks(said: Sequence[str]) -> bool:
    """Whether there is a word in a phrase that asks."""
    return any(part.role is Role.QUESTION for part in split_answer(said, Stake.ANY))


def delays(said: Sequence[str]) -> bool:
    """Whether a phrase puts something off: «давай завтра продолжим»."""
    return any(part.role is Role.DELAY for part in split_answer(said, Stake.ANY))


def agrees_in_part(said: Sequence[str], stake: Stake) -> bool:
    """Whether something in a phrase agrees, and nothing denies or asks, though it is no clear yes."""
    roles = {part.role for part in split_answer(said, stake)}
    return Role.ASSENT in roles and not roles & AGAINST


def begins_with_assent(said: Sequence[str], stake: Stake) -> bool:
    """Whether a phrase agrees and then says more, without denying, delaying or asking: «да, удали фото»."""
    parts = split_answer(said, stake)
    roles = [part.role for part in parts if part.role is not Role.COMPANION]
    return roles[:1] == [Role.ASSENT] and not AGAINST.intersection(roles) and not speaks_of_another(parts, stake)


def agrees_and_wishes(said: Sequence[str]) -> bool:
    """Whether the rules are clearly agreed to before a movement is wished for: «да, и пусть улыбнётся». «да пусть
    улыбнётся» may be no more than a wish."""
    parts = split_answer(said, Stake.CONSENT)
    clear = [part.words in expressions(lexicon.CLEAR) for part in parts]
    begun = clear[:1] == [True] and (parts[0].words != ("да",) or said[1:2] == ("и",) or clear[1:2] == [True])
    return (
        begun and not AGAINST.intersection(part.role for part in parts) and not speaks_of_another(parts, Stake.CONSENT)
    )


def is_whole(said: Sequence[str], stake: Stake) -> bool:
    """Whether every word of a phrase is one of an answer."""
    return all(part.role is not Role.OTHER for part in split_answer(said, stake))


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
    if roles & (AGAINST | {Role.OTHER}) or (light and stake is not Stake.OFFER):
        return False
    if stake is Stake.AGE and speaks_of_young(parts):
        return False
    if Role.THANKS in roles and not any(part.words in expressions(lexicon.CLEAR) for part in parts):
        return False
    sure = stake is Stake.CONSENT and any(part.words in _OF_COURSE for part in parts)
    who = stake in {Stake.CONSENT, Stake.DELETION} and tells_who(parts) and not (agrees_for(parts) or sure)
    if who or (stake is Stake.CONSENT and asks_for(parts)):
        return False
    if stake is not Stake.OFFER and (names_another(parts) or speaks_of_another(parts, stake)):
        return False
    return light or Role.ASSENT in roles


def _agrees_with_reason(said: Sequence[str], parts: Sequence[Part], stake: Stake) -> bool:
    """Whether a phrase agrees in so many words and then tells why, in words that are known for such a reason:
    «согласна, я эти ваши правила уже слышала», «есть-есть, он уже из армии пришёл»."""
    clearly, reasons = lexicon.CLEARLY.get(stake, ""), lexicon.REASONS.get(stake, "")
    if not clearly or AGAINST & {part.role for part in parts}:
        return False
    starts = (at for at in range(1, len(said)) if said[at] in PRONOUNS and len(said) - at <= _LONGEST_REASON)
    return any(_is_clear(said[:at], stake, clearly) and _tells(said[at:], stake, reasons) for at in starts)


def _concludes(said: Sequence[str]) -> bool:
    """Whether the rules are agreed to in so many words at the end of a story that leaves no doubt of it."""
    clearly = lexicon.CLEARLY[Stake.CONSENT]
    return any(_is_clear(end, Stake.CONSENT, clearly) for end in conclusions(said))


def _is_clear(said: Sequence[str], stake: Stake, clearly: str) -> bool:
    """Whether a phrase is an agreement in words of its own, and nobody else's."""
    parts = split_answer(said, stake)
    own = any(part.words in expressions(clearly) or no_objection(part.words)[1] for part in parts)
    return own and _agrees(parts, stake) and not any(names_person(read(word)) for word in said)


def _tells(said: Sequence[str], stake: Stake, reasons: str) -> bool:
    """Whether every word of a clause is one of a reason, or goes along with it."""
    known = frozenset(one.strip() for one in reasons.split(","))
    rest = split_answer([word for word in said if word not in known], stake)
    told = any(word in known for word in said) and all(part.role in {Role.COMPANION, Role.ASSENT} for part in rest)
    return told and not speaks_of_young(split_answer(said, stake))


def _of_age(age: Age, said: Sequence[str], parts: Sequence[Part]) -> Answer:
    """The youngest counts, and a number that is denied is nobody's age."""
    roles = {part.role for part in parts}
    if age.minor:
        return Answer.NO
    if any(part.role is Role.REFUSAL and not BELOW.intersection(part.words) for part in parts):
        return Answer.UNCLEAR if Role.DENIAL in roles else Answer.NO  # «не ребёнок, ей тридцать»
    if Role.DENIAL in roles:
        return Answer.NO
    if age.below or roles & (AGAINST | {Role.LIGHT}) or not tells_of_grown(parts):
        return Answer.UNCLEAR
    others = age.ages == 1 and "мне" in said and any(names_person(read(word)) for word in said)
    return Answer.UNCLEAR if others else Answer.YES  # «мне сорок, а это мой сын» tells nothing of the son
