"""Second readings of what answers a question of weight, where a word beside the point made something else of it."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlu.age import read_age
from skill.dialog.nlu.age_there import age_there
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.deferral import denies_twice, keeps_first, waits
from skill.dialog.nlu.grown import speaks_for_grown
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.preparation import Said
from skill.dialog.nlu.questions import concepts_of
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.stories import YOUNG
from skill.dialog.nlu.topics import KEPT
from skill.dialog.nlu.yes_no import agrees_to_spare, asks

GROWN_UP: Final = "grown_up"
"""Topic of what tells of somebody grown up without saying so: it is asked about once more."""
_TOO_LONG: Final = frozenset({"длинно", "долго", "короче", "покороче", "вкратце", "кратко", "коротко"})
_STARTS: Final = frozenset({"поехали", "погнали", "начинай", "начинайте", "давай", "давайте", "ладно"})
_UNCERTAIN: Final = frozenset({Intent.UNKNOWN, Intent.QUESTION, Intent.NO, Intent.APPEAL})
_CLOSING: Final = frozenset("закроем закрываем закрой закрывай закройся выйдем выходим заканчиваем закончим".split())  # noqa: SIM905
_PHOTO: Final = frozenset({"фото", "фотка", "фотки", "фотография", "фотографии", "снимок", "карточка"})
_ALL: Final = frozenset({"все", "всего"})
_ROWS: Final = frozenset({"ряд", "ряду", "ряда", "рядах"})
_SHORT: Final = 2  # words of «не надо»
_REFUSES: Final = frozenset({("не", "надо"), ("не", "буду"), ("не", "хочу"), ("не", "стоит"), ("не", "нужно")})
_ON_PHOTO: Final = frozenset({"фотке", "фото", "фотографии", "карточке", "снимке", "тут", "здесь", "там"})
_SUPPOSED: Final = frozenset({"скажем", "допустим", "предположим"})
_STUDIES: Final = frozenset("институте университете институт университет академии консерватории".split())  # noqa: SIM905
_TOLD: Final = frozenset("отслужил отслужила свадьбой свадьба свадьбе замужем женат фронте".split())  # noqa: SIM905
_DOUBTFUL: Final = frozenset({"может", "наверно", "наверное", "пожалуй", "страшно", "боюсь", "боязно"})
_LAST: Final = 2  # words with which a phrase ends


def answers_otherwise(understood: Understood, said: Said, expecting: str) -> Understood | None:
    """The answer that a phrase gives to the open question; None where the first reading stands.

    Args:
        understood: the first reading.
        said: the whole phrase.
        expecting: the `Stake` of the question, empty for none.
    """
    match expecting:
        case Stake.AGE:
            return _of_age(understood, said)
        case Stake.DELETION:
            return _of_deletion(understood, said)
        case Stake.CONSENT:
            return _of_consent(understood, said)
        case Stake.FACE if _ROWS.intersection(said):
            return Understood(Intent.CHOOSE, topic="rows")  # «крайнего справа во втором ряду»
        case Stake.FACE if _is_named(understood, said):
            return Understood(Intent.CHOOSE, topic="person")  # «деда оживи», «не этих, а невесту»
    return None


def _of_consent(understood: Understood, said: Said) -> Understood | None:
    if understood.intent is Intent.NO and waits(said):
        return Understood(Intent.WAIT)  # «погоди, я у дочки спрошу»
    if _refuses_at_last(understood, said):
        return Understood(Intent.NO)
    if topic := _asked_of_consent(understood, said):
        return Understood(Intent.QUESTION, topic=topic)
    if understood.topic == "shorter" or (understood.intent is Intent.UNKNOWN and _TOO_LONG.intersection(said)):
        return Understood(Intent.REPEAT, topic="simply")  # «ой, длинно, короче скажи»
    begun = understood.intent is Intent.STATUS and _STARTS.intersection(said)
    return Understood(Intent.UNKNOWN) if begun else None  # «ладно, что уж там, поехали»


def _asked_of_consent(understood: Understood, said: Said) -> str:
    """The topic of a question about the rules that the first reading took for something else; empty for none."""
    asked = concepts_of([read(word) for word in said])
    if "nobody-to-ask" in asked or (understood.topic == "permission" and "dead" in asked):
        return "dead"  # «а если тётя умерла и спросить не у кого»
    if understood.intent is Intent.UNKNOWN and "куда" in said and _PHOTO.intersection(said):
        return "place"  # «а куда это фото уходит, за границу, что ли»
    if understood.intent is Intent.DELETE and asks(said):
        return "change_mind"  # «а если передумаю, можно будет стереть»
    return ""


def _refuses_at_last(understood: Understood, said: Said) -> bool:
    """«что-то мне это не нравится, давай закроем», «ой, что-то я боюсь, не надо»."""
    closes = _CLOSING.intersection(said[-_LAST:]) and not {"или", "ли", "если"}.intersection(said)
    closed = bool(closes) and understood.intent is not Intent.EXIT and not understood.gestures
    return closed or (understood.topic == "fear" and _ends_refusing(said))


def _of_age(understood: Understood, said: Said) -> Understood | None:
    words = frozenset(said)
    there = concepts_of([read(word) for word in said])
    if read_age(said) is None and ("no-matter" in there or {"never-asked", "reason"} <= there):
        return Understood(Intent.QUESTION, topic="age_why")  # «тебе какая разница, делай давай»
    child = any(read(word).keys & YOUNG for word in said)
    if child and words & _ON_PHOTO and "а" in words and not words & {"не", "нет"} and not asks(said):
        return Understood(Intent.MINOR)  # «сейчас-то взрослый, а на фотке пацан пацаном»
    doubtful = understood.age is None and understood.intent in _UNCERTAIN
    if doubtful and (years := age_there(said)) is not None:
        return Understood(Intent.APPEAL, age=years)  # «это я в молодости, мне там двадцать два было»
    if _tells_child(understood) and speaks_for_grown(said):
        return Understood(Intent.UNKNOWN)  # «он уже в армии отслужил»: it is asked again
    return _grown_or_other(said, child=child) if understood.intent is Intent.UNKNOWN else None


def _grown_or_other(said: Said, *, child: bool) -> Understood | None:
    """The meaning of a phrase that tells no age: somebody grown up, or another photo."""
    words = frozenset(said)
    concepts = hear([read(word) for word in said]).concepts
    if {"other", "photo"} <= concepts:
        return Understood(Intent.NEW)  # «давай лучше другую карточку найду»
    grown = not _SUPPOSED & words and speaks_for_grown(said)
    told = bool(words & (_STUDIES | _TOLD)) and not child and not words & {"не", "еще", "нет"}
    return Understood(Intent.QUESTION, topic=GROWN_UP) if (grown or told) and not asks(said) else None


def _of_deletion(understood: Understood, said: Said) -> Understood | None:
    if denies_twice(said) or agrees_to_spare(said):
        return Understood(Intent.UNKNOWN)  # «нельзя не удалить», «угу, не нужно оно мне больше»
    if keeps_first(said):
        return Understood(Intent.NO, topic=KEPT)  # «удали, только когда я сохраню»
    if asked := _asked_of_deletion(understood, said):
        return asked
    questioned = understood.intent in {Intent.QUESTION, Intent.CONSENT_TEXT}
    if questioned and _ends_refusing(said) and not asks(said):
        return Understood(Intent.NO)  # «раз вернуть нельзя, тогда не буду»
    return None


def _asked_of_deletion(understood: Understood, said: Said) -> Understood | None:
    if understood.topic == KEPT and "если" in said and asks(said):
        return Understood(Intent.CONSENT_TEXT, topic="keep")  # «а если не удалять, то что будет»
    if understood.topic == "how_long" or (understood.intent is Intent.STATUS and "ждать" in said):
        return Understood(Intent.QUESTION, topic="delete_fast")  # «это быстро или ждать»
    if understood.intent is Intent.UNKNOWN and said[:1] in {("что",), ("чего",), ("а",)} and _ALL.intersection(said):
        return Understood(Intent.QUESTION, topic="delete_what")  # «что именно всё»
    return None


def _is_named(understood: Understood, said: Said) -> bool:
    """Whether one of the people is named in words that tell no place."""
    concepts = hear([read(word) for word in said]).concepts
    spared = understood.intent is Intent.NO and len(said) > _SHORT and not {"нет", "никого"}.intersection(said)
    begun = (
        understood.intent is Intent.ANIMATE or (understood.intent is Intent.UNKNOWN and said[:1] == ("не",)) or spared
    )
    return begun and "person" in concepts and not concepts & {"photo", "other", "more"}


def _tells_child(understood: Understood) -> bool:
    return understood.intent in {Intent.NO, Intent.MINOR} or understood.topic in {"children", "childhood"}


def _ends_refusing(said: Said) -> bool:
    return tuple(said[-_LAST:]) in _REFUSES and not _DOUBTFUL.difference({"боюсь", "страшно", "боязно"}).intersection(
        said
    )
