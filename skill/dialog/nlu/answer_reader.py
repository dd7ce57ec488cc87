"""Bearing of a phrase on the question that the skill has just asked: its answer, or a matter of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from skill.dialog.nlu.age import ADULT, read_age
from skill.dialog.nlu.concepts import Heard
from skill.dialog.nlu.deferral import defers
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import GRAVE, Stake, stake_of
from skill.dialog.nlu.yes_no import (
    Answer,
    agrees_and_wishes,
    agrees_in_part,
    answer_to,
    assents,
    begins_with_assent,
    consents,
    denies,
    is_whole,
    refuses_clearly,
    refuses_or_asks,
)

ASKS: Final = frozenset({"или", "откуда", "как", "какой", "какого", "чьей", "потом"})
"""Words that ask which, or how."""
WONDERS: Final = frozenset({"почему", "зачем", "отчего", "когда", "сколько", "ли", "если", "чего", "куда"})
"""Words that ask why, when, or whether."""
# beside one of these «а …» asks nothing: «а я не согласна»
_REFUSING: Final = frozenset(
    "нет нету неа согласна согласен согласны соглашусь надо нужно хочу буду стану дам против ну пошли пошел".split()  # noqa: SIM905
)
_MAY: Final = frozenset({"можно", "может", "можешь", "умеет", "умеешь", "будет", "сможет"})
# a wish that repeats the question's own verb after «да»: «да, удали»
_BRIEF: Final = 8  # words of a wish that comes with a yes to a question of weight
_SKIPS: Final = frozenset({"сразу", "предисловий"})
_TAKEN_UP: Final[Mapping[str, frozenset[Intent]]] = MappingProxyType(
    {
        Stake.OFFER: frozenset({Intent.ANIMATE, Intent.SEND, Intent.CHOOSE}),
        Stake.CONSENT: frozenset({Intent.ANIMATE, Intent.SEND}),
        Stake.DELETION: frozenset({Intent.DELETE}),
        Stake.OWNER: frozenset({Intent.STATUS}),
    }
)
# a «нет» beside one of these is a «нет»
_EMPTY: Final = frozenset({Intent.UNKNOWN, Intent.NO, Intent.THANKS, Intent.HELLO, Intent.MINOR})
_WONDERED: Final = _EMPTY | {Intent.QUESTION, Intent.CONSENT_TEXT}
# «нет восемнадцати» needs one of these to be about somebody's age
_AGED: Final = frozenset({"year", "whom", "person", "its", "adult", "minor"})
# what was shown is done with
_CLOSED: Final = frozenset({"ясно", "понятно", "разобрались", "закончили", "насмотрелись"})
_NEXT: Final = frozenset({"давай", "давайте", "теперь"})
# that want something to be done, where «да» may only go along with what is said
_EAGER: Final = frozenset({"давай", "давайте", "поехали", "погнали", "попробуем", "хочу", "хотим"})
_HURRY: Final = frozenset(
    "скорей скорее быстрей быстрее побыстрее побыстрей поскорее поскорей шустрее поторопись поторопитесь".split()  # noqa: SIM905
)
_OF_HOURS: Final = frozenset({"час", "часа", "часу", "часов", "минут", "минуты"})
# that come before a deletion: «погоди, дай сперва скачаю»
_KEEPING: Final = frozenset({Intent.SAVE, Intent.SHARE, Intent.QUESTION, Intent.CONSENT_TEXT})
_SPEAKERS: Final = frozenset({"я", "мы"})
_OF_AGE: Final = frozenset({Intent.APPEAL, Intent.NO, Intent.UNKNOWN})


def answered(intent: Intent, phrase: Heard, expecting: str) -> Intent:
    """The intent, unless the phrase answers what was asked: nothing else makes a YES.

    Args:
        intent: what the phrase is by the rules for commands and questions.
        phrase: what was heard.
        expecting: the `Stake` of the open question, empty for none.
    """
    if "person" in phrase.concepts and _CLOSED.intersection(phrase.words) and _NEXT.intersection(phrase.words):
        return Intent.UNKNOWN if expecting in GRAVE else Intent.NEW  # «с этим ясно, давай тётю Зину»
    if expecting in GRAVE and intent is Intent.CHOOSE:
        intent = Intent.UNKNOWN  # «всё до последнего» chooses nobody
    if expecting == Stake.AGE:
        return _to_age(intent, phrase)
    if intent in _OF_AGE and phrase.concepts & _AGED and _denies_age(phrase.words):
        return Intent.MINOR
    if expecting == Stake.FACE and intent is Intent.CHOOSE:
        return intent  # «маму давай»
    if expecting:
        return _to_question(intent, phrase, stake_of(expecting))
    agrees = intent is Intent.UNKNOWN and answer_to(phrase.words, Stake.OFFER) is Answer.YES
    return Intent.YES if agrees else intent


def is_eager(said: tuple[str, ...]) -> bool:
    """Whether a phrase wants a thing to begin that there is not yet: «ну чё, попробуем, дед»."""
    return (bool(_EAGER.intersection(said)) and not denies(said)) or agrees_in_part(said, Stake.OFFER)


def ends_eagerly(said: tuple[str, ...]) -> bool:
    """Whether a story ends with a wish to begin, and denies or asks nothing: «карточка старая, может, попробуем»."""
    end = said[-1:]
    return bool(_EAGER.intersection(end)) and not refuses_or_asks(said[:-1], Stake.OFFER)


def hurries(said: tuple[str, ...]) -> bool:
    """Whether a phrase hurries the work on, and asks nothing: «давай скорей, у меня ребёнок на руках орёт»."""
    return bool(_HURRY.intersection(said)) and not WONDERS.union(ASKS, {"всего"}).intersection(said)


def takes_up(said: tuple[str, ...], expecting: str, stage: str) -> bool:
    """Whether a phrase of no other meaning agrees to an offer: «давайте попробуем, раз дети просят», and in the
    beginning, where a yes leads to the rules and no farther, also «сейчас гостям покажу, давай»."""
    if stake_of(expecting) is not Stake.OFFER:
        return False
    begins = begins_with_assent(said, Stake.OFFER)
    if stage == Stage.NEW:
        return begins or agrees_in_part(said, Stake.OFFER)
    return bool(expecting) and begins and bool(_EAGER.intersection(said))


def _to_question(intent: Intent, phrase: Heard, stake: Stake) -> Intent:
    answer = answer_to(phrase.words, stake)
    if _refuses_for_certain(intent, phrase.words, stake, answer):
        return Intent.NO
    if _means_another_thing(intent, phrase, stake):
        return Intent.UNKNOWN
    another = intent is Intent.NEW and stake is Stake.OFFER and {"now", "person"} <= phrase.concepts
    wonders = stake is Stake.CONSENT and answer is Answer.NO and intent in _WONDERED and _wonders(phrase.words)
    if another or wonders:  # «теперь давай дядю Колю», «а Пушкина можно, он же мне не родственник»
        return Intent.UNKNOWN if intent in _EMPTY else intent
    if answer is Answer.YES or _is_taken_up(intent, phrase, stake):
        return Intent.YES
    if answer is Answer.NO and not _says_more(intent, phrase, stake):
        return Intent.NO
    return Intent.UNKNOWN if _is_asked_again(intent, phrase, stake) else intent


def _wonders(said: tuple[str, ...]) -> bool:
    """Whether a phrase that denies something may as well be a question by its sound: «а меня за это не посадят»."""
    asked = said[:1] == ("а",) and not _REFUSING.intersection(said)
    return asked and ("можно" in said or not is_whole(said, Stake.CONSENT))


def _refuses_for_certain(intent: Intent, said: tuple[str, ...], stake: Stake, answer: Answer) -> bool:
    """Whether a phrase refuses in so many words, or leaves the answer to somebody else."""
    if intent not in _KEEPING and defers(said, stake):
        return True
    return answer is Answer.NO and stake in {Stake.CONSENT, Stake.DELETION} and refuses_clearly(said, stake)


def _means_another_thing(intent: Intent, phrase: Heard, stake: Stake) -> bool:
    """«да вот эту красавицу» thanks for nothing, «согласен, хотя не знаю, зачем это всё» leaves nothing."""
    if stake is Stake.FACE:
        return intent in {Intent.THANKS, Intent.HELLO}
    if stake is Stake.DELETION:  # «ну удали, если не жалко»
        unsure = answer_to(phrase.words, stake) is Answer.UNCLEAR
        return unsure and intent is Intent.DELETE and not {"photo", "video"} & phrase.concepts
    return stake is Stake.CONSENT and intent is Intent.EXIT and consents(phrase.words)


def _is_taken_up(intent: Intent, phrase: Heard, stake: Stake) -> bool:
    """Whether a wish that comes with a yes is the answer: «да, удали», «да, и пусть улыбнётся»."""
    # «ладно, подождём», «я тебе карточку показываю»
    waits = stake is Stake.OWNER and ("wait" in phrase.concepts or _SPEAKERS.intersection(phrase.words[:1]))
    # «ладно, бог с ней, с этой карточкой, … выберу получше и пришлю», «давай сразу код»
    beside = stake in GRAVE and (len(phrase.words) > _BRIEF or bool(_SKIPS.intersection(phrase.words)))
    meant = intent in _TAKEN_UP.get(stake, ()) and not (waits or beside)
    taken_up = meant and begins_with_assent(phrase.words, stake)
    return taken_up or (stake is Stake.CONSENT and intent is Intent.GESTURE and agrees_and_wishes(phrase.words))


def _is_asked_again(intent: Intent, phrase: Heard, stake: Stake) -> bool:
    """Whether a stray «не» or a verb in what somebody else says is no wish: «он рядом сидит, говорит, делай»."""
    if stake not in GRAVE:
        return False
    if intent is Intent.UNSUPPORTED:
        return "let" not in phrase.concepts and not WONDERS.union(ASKS, _MAY).intersection(phrase.words)
    wavering = stake is Stake.CONSENT and intent in {Intent.NO, Intent.CANCEL}
    return wavering and answer_to(phrase.words, stake) is Answer.UNCLEAR and assents(phrase.words, stake)


def _to_age(intent: Intent, phrase: Heard) -> Intent:
    """A number answers «есть восемнадцать?» as an age, where nothing denies it."""
    answer = answer_to(phrase.words, Stake.AGE)
    if answer is Answer.YES:
        return Intent.APPEAL if read_age(phrase.words) else Intent.YES
    if intent is Intent.APPEAL and answer is Answer.NO:
        return intent if _says_age(phrase.words) else Intent.NO
    if answer is Answer.NO and (intent is Intent.CONSENT_TEXT or not _says_more(intent, phrase, Stake.AGE)):
        return Intent.NO
    return Intent.UNKNOWN if intent is Intent.APPEAL else intent


def _says_more(intent: Intent, phrase: Heard, stake: Stake) -> bool:
    """Whether a «нет» comes with a wish of its own: «нет, пусть лучше кивнёт»."""
    if intent is Intent.CANCEL:
        return "cancel" in phrase.concepts
    if intent is Intent.APPEAL and stake is Stake.OFFER:
        return bool(phrase.numbers) or bool(phrase.concepts & {"adult", "mistake"})  # «нет, это не ребёнок»
    return intent is Intent.EXIT or (intent not in _EMPTY and not is_whole(phrase.words, stake))


def _denies_age(said: tuple[str, ...]) -> bool:
    """«ей ещё нет восемнадцати»; «ей десять» is an age that nobody denies, and «нет, ей тридцать» tells no child."""
    if _OF_HOURS.intersection(said):
        return False  # «сутки, это с какого часу считать»
    age = read_age(said)
    young = age is not None and age.years <= ADULT
    return young and not _says_age(said) and answer_to(said, Stake.AGE) is Answer.NO


def _says_age(said: tuple[str, ...]) -> bool:
    """«ей десять», and nothing that denies it."""
    age = read_age(said)
    return age is not None and age.clear and not denies(said)
