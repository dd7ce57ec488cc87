"""Second readings of a whole phrase, where a word beside the point made something else of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from skill.dialog.nlu.age import read_age
from skill.dialog.nlu.answer_reader import ends_eagerly, hurries
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.deferral import denies_twice, keeps_first, waits
from skill.dialog.nlu.grown import speaks_for_grown
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.preparation import Said
from skill.dialog.nlu.questions import PHOTOS, concepts_of
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import GRAVE, Stake
from skill.dialog.nlu.stories import YOUNG
from skill.dialog.nlu.topics import KEPT
from skill.dialog.nlu.yes_no import agrees_to_spare, asks

GROWN_UP: Final = "grown_up"
"""Topic of what tells of somebody grown up without saying so: it is asked about once more."""
_MEANT: Final[Mapping[str, Understood]] = MappingProxyType(
    {
        "uncoloured": Understood(Intent.AGAIN, topic="undo"),  # «нет, цветное не нравится, оставь серое»
        "eyeless": Understood(Intent.QUESTION, topic="showing"),  # «как показать-то, у тебя ж глаз нету»
        "what-moves": Understood(Intent.QUESTION, topic="movements"),  # «а что ещё поменять можно»
    }
)
_DOUBTFUL: Final = frozenset({"может", "наверно", "наверное", "пожалуй", "страшно", "боюсь", "боязно"})
_CLOSES: Final = frozenset("закрой закрывай закройся выключи выключай выключись выходи выйди уходи".split())  # noqa: SIM905
_CLOSED_EYES: Final = frozenset({"глаз", "глаза", "глазки", "рот", "экран", "телевизор", "микрофон"})
_STILL: Final = "camera-still"
_CHOOSES: Final = frozenset({"выбрать", "выбирать", "выбора"})
_SHORT: Final = 2  # words of «не надо»
_LAST: Final = 2  # words with which a phrase ends
_REFUSES: Final = frozenset({("не", "надо"), ("не", "буду"), ("не", "хочу"), ("не", "стоит"), ("не", "нужно")})
_ON_PHOTO: Final = frozenset({"фотке", "фото", "фотографии", "карточке", "снимке", "тут", "здесь", "там"})
_SUPPOSED: Final = frozenset({"скажем", "допустим", "предположим"})
_STUDIES: Final = frozenset("институте университете институт университет академии консерватории".split())  # noqa: SIM905
_TOLD: Final = frozenset("отслужил отслужила свадьбой свадьба свадьбе замужем женат фронте".split())  # noqa: SIM905


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
        case Stake.FACE if _is_named(understood, said):
            return Understood(Intent.CHOOSE, topic="person")  # «деда оживи», «не этих, а невесту»
    return None


def _by_concept(understood: Understood, said: Said) -> Understood | None:
    """The meaning of a single expression, whatever the rest of the phrase is like."""
    if understood.intent is Intent.GESTURE:
        return None
    there = concepts_of([read(word) for word in said])
    return next((meant for concept, meant in _MEANT.items() if concept in there), None)


def _ordered(understood: Understood, said: Said, expecting: str) -> Understood | None:
    """An order where nothing grave is at stake; None where the first reading stands."""
    if meant := _by_concept(understood, said):
        return meant
    if understood.topic == "camera" or (understood.intent is Intent.AGAIN and not understood.gestures):
        stands = _STILL in hear([read(word) for word in said]).concepts
        return Understood(Intent.GESTURE, gestures=(_STILL,)) if stands else None  # «убери камеру, чтоб не ездила»
    if understood.intent is Intent.TROUBLE and _CHOOSES.intersection(said):
        return Understood(Intent.QUESTION, topic="gallery")  # «где кнопка, чтоб фотографию выбрать»
    declined = understood.intent in {Intent.NO, Intent.CANCEL, Intent.UNKNOWN}
    if declined and (_leaves(said) or ("случайно" in said and expecting == Stake.OFFER)):
        return Understood(Intent.EXIT)  # «ой нет, я случайно сказала, закрой»
    looked = understood.intent in {Intent.YES, Intent.NEW} and expecting == Stake.OFFER
    if looked and "look-closer" in hear([read(word) for word in said]).concepts:
        return Understood(Intent.AGAIN)  # «да есть там лицо, посмотри получше»
    return None


def goes_on(understood: Understood, said: Said, expecting: str, stage: str) -> Understood | None:
    """The wish to begin, to go on or to leave; None where the first reading stands."""
    about_photos = understood.intent is Intent.QUESTION and understood.topic in PHOTOS
    if stage == Stage.NEW and expecting == Stake.OFFER and about_photos and ends_eagerly(said):
        return Understood(Intent.YES)  # «карточка тут старая, может, попробуем»
    if stage == Stage.RUN and understood.intent is Intent.CANCEL and _DOUBTFUL.intersection(said):
        return Understood(Intent.QUESTION, topic="fear")  # «может, не надо»
    if stage == Stage.RUN and understood.intent in {Intent.QUESTION, Intent.UNKNOWN} and hurries(said):
        return Understood(Intent.STATUS)  # «давай скорей, ребёнок орёт»
    return None if expecting in GRAVE else _ordered(understood, said, expecting)


def _of_consent(understood: Understood, said: Said) -> Understood | None:
    if understood.intent is Intent.NO and waits(said):
        return Understood(Intent.WAIT)  # «погоди, я у дочки спрошу»
    if "nobody-to-ask" in concepts_of([read(word) for word in said]):
        return Understood(Intent.QUESTION, topic="dead")  # «а если тётя умерла и спросить не у кого»
    if understood.topic == "fear" and _ends_refusing(said):
        return Understood(Intent.NO)  # «ой, что-то я боюсь, не надо»
    return None


def _of_age(understood: Understood, said: Said) -> Understood | None:
    words = frozenset(said)
    there = concepts_of([read(word) for word in said])
    if read_age(said) is None and ("no-matter" in there or {"never-asked", "reason"} <= there):
        return Understood(Intent.QUESTION, topic="age_why")  # «тебе какая разница, делай давай»
    child = any(read(word).keys & YOUNG for word in said)
    if child and words & _ON_PHOTO and "а" in words and not words & {"не", "нет"} and not asks(said):
        return Understood(Intent.MINOR)  # «сейчас-то взрослый, а на фотке пацан пацаном»
    if _tells_child(understood) and speaks_for_grown(said):
        return Understood(Intent.UNKNOWN)  # «он уже в армии отслужил»: it is asked again
    if understood.intent is not Intent.UNKNOWN:
        return None
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
    questioned = understood.intent in {Intent.QUESTION, Intent.CONSENT_TEXT}
    if questioned and _ends_refusing(said) and not asks(said):
        return Understood(Intent.NO)  # «раз вернуть нельзя, тогда не буду»
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


def _leaves(said: Said) -> bool:
    """Whether a phrase ends with the order to leave, and not with that to shut something."""
    return bool(_CLOSES.intersection(said[-_LAST:])) and not _CLOSED_EYES.intersection(said)
