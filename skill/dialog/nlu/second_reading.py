"""Second readings of a whole phrase, where a word beside the point made something else of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from pipeline.motion.gestures import GESTURES
from skill.dialog.nlu.answer_reader import ends_eagerly, hurries
from skill.dialog.nlu.concepts import hear
from skill.dialog.nlu.gesture_reader import plain
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.preparation import Said
from skill.dialog.nlu.questions import CHANGES, PHOTOS, concepts_of
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import GRAVE, Stake
from skill.dialog.nlu.yes_no import delays

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
_WONDERS: Final = frozenset({"откуда", "почему", "правда", "настоящие", "настоящий", "угадала", "знаешь"})
_BEGINS: Final = frozenset({Intent.ANIMATE, Intent.NEW})
_FAMOUS: Final = frozenset({"can", "famous"})
_UNFOUND: Final = frozenset({"найдена", "найден", "недоступна", "недоступен", "ошибка", "ошибку", "404"})
_WISHES: Final = frozenset({"пусть", "пускай", "хочу", "давай", "сделай", "оживи"})
_REMOVES: Final = frozenset({"убери", "уберите", "убрать", "убирай", "выключи", "останови", "без"})
_HUMAN: Final = frozenset({"человек", "люди", "живой", "живая"})
_FASTER: Final = frozenset({"быстрее", "побыстрее", "быстрей", "побыстрей", "шустрее", "пошустрее"})
_SIGHS: Final = frozenset({"ой", "ну", "ох", "ах", "да", "тогда", "алиса", "а", "все", "слушай"})
_DELETES: Final = frozenset("удали удалите удаляй удаляйте сотри сотрите стирай стирайте убирай".split())  # noqa: SIM905
_SIDES: Final = {
    **dict.fromkeys(("правым", "правый", "правого", "вправо", "направо", "справа"), "right"),
    **dict.fromkeys(("левым", "левый", "левого", "влево", "налево", "слева"), "left"),
    **dict.fromkeys(("вверх", "наверх"), "up"),
    **dict.fromkeys(("вниз",), "down"),
}
_LAST: Final = 2  # words with which a phrase ends


def goes_on(understood: Understood, said: Said, expecting: str, stage: str) -> Understood | None:
    """The meaning of a phrase that answers no question of weight; None where the first reading stands."""
    meant = _begins(understood, said, expecting, stage) or _apart(understood, said, stage)
    if meant is None and stage == Stage.RUN:
        meant = _meanwhile(understood, said)
    if meant is None and expecting not in GRAVE:
        meant = _by_concept(understood, said) or _moves(understood, said, stage) or _taken_out(understood, said)
        meant = meant or _ordered(understood, said, expecting) or _at_stage(understood, said, stage)
    return meant


def _begins(understood: Understood, said: Said, expecting: str, stage: str) -> Understood | None:
    """The wish to begin, or to put it off."""
    about_photos = understood.intent is Intent.QUESTION and understood.topic in PHOTOS
    if stage == Stage.NEW and expecting == Stake.OFFER and about_photos and ends_eagerly(said):
        return Understood(Intent.YES)  # «карточка тут старая, может, попробуем»
    if stage in {Stage.NEW, Stage.WAIT} and expecting not in GRAVE and delays(said) and understood.intent in _BEGINS:
        return Understood(Intent.WAIT)  # «давай завтра, внуки приедут, тогда и сделаем»
    if understood.intent is Intent.HELP and stage == Stage.NEW and "расскажи" in said:
        return Understood(Intent.ABILITIES)  # «ну не знаю, расскажи сначала, что это такое»
    if understood.intent is Intent.YES and expecting == Stake.OFFER and concepts_of(list(map(read, said))) >= _FAMOUS:
        return Understood(Intent.QUESTION, topic="famous")  # «а Путина можно»
    return None


def _apart(understood: Understood, said: Said, stage: str) -> Understood | None:
    """A question whose words belong to two subjects."""
    there = understood.intent is Intent.CONSENT_TEXT and understood.topic in {"privacy", "keep"}
    if there and (("где" in said and stage == Stage.DONE) or {"куда", "именно"} <= {*said}):
        topic = "where" if stage == Stage.DONE else "place"
        return Understood(Intent.QUESTION, topic=topic)  # «а где оно теперь лежит», «куда именно фото уходит»
    if understood.intent is not Intent.QUESTION:
        return None
    spoken = [read(word) for word in said]
    apart = {
        "invented_colour": understood.topic == "colour" and _WONDERS.intersection(said),  # «откуда ты знаешь цвет»
        "age_honest": understood.topic == "scam" and "grown" in hear(spoken).concepts,  # «тебя обмануть, что взрослый»
        "robot": understood.topic == "computer" and _HUMAN.intersection(said),  # «там человек сидит или компьютер»
        "fear": stage != Stage.DONE and {"вдруг", "если"}.intersection(said) and "ugly" in concepts_of(spoken),
    }
    topic = next((topic for topic, fits in apart.items() if fits), "")
    if understood.topic == "sound" and {"speak", "let"} <= hear(spoken).concepts:
        return Understood(Intent.UNSUPPORTED, topic="speak")  # «а можно, чтоб рот открывал, разговаривал»
    return Understood(Intent.QUESTION, topic=topic) if topic else None


def _meanwhile(understood: Understood, said: Said) -> Understood | None:
    """Doubts and haste while a video is being made."""
    if understood.intent is Intent.CANCEL and _DOUBTFUL.intersection(said):
        return Understood(Intent.QUESTION, topic="fear")  # «может, не надо»
    if understood.intent in {Intent.QUESTION, Intent.UNKNOWN} and hurries(said):
        return Understood(Intent.STATUS)  # «давай скорей, ребёнок орёт»
    return None


def _by_concept(understood: Understood, said: Said) -> Understood | None:
    """The meaning of a single expression, whatever the rest of the phrase is like."""
    if understood.intent is Intent.GESTURE:
        return None
    there = concepts_of([read(word) for word in said])
    return next((meant for concept, meant in _MEANT.items() if concept in there), None)


def _at_stage(understood: Understood, said: Said, stage: str) -> Understood | None:
    """A question that is a wish at other stages."""
    asked = concepts_of([read(word) for word in said])
    if (
        stage == Stage.RUN
        and understood.intent is Intent.ANIMATE
        and "will" in asked
        and not _WISHES.intersection(said)
    ):
        return Understood(Intent.QUESTION, topic="movements")  # «а она прям шевелиться будет»
    if stage == Stage.WAIT and any(word.startswith("страниц") for word in said) and _UNFOUND.intersection(said):
        return Understood(Intent.TROUBLE, topic="page")  # «пишет, страница не найдена»
    if stage == Stage.WAIT and understood.intent in {Intent.WAIT, Intent.UNKNOWN} and "хватит" in said[-_LAST:]:
        return Understood(Intent.EXIT)  # «вечером сын придёт, сделает, хватит пока»
    if stage == Stage.REFUSED and understood.intent is Intent.NEW and "если" in said and asked & {"can", "fits"}:
        return Understood(Intent.QUESTION, topic="copy")  # «если я поближе пересниму, возьмёшь»
    return None


def _moves(understood: Understood, said: Said, stage: str) -> Understood | None:
    """A movement that something in the phrase narrows."""
    if understood.intent is Intent.GESTURE and len(understood.gestures) > 1:
        return _without_denied(understood, said)
    if understood.gestures == ("surprise",) and "удиви" in said and stage == Stage.NEW:
        return Understood(Intent.ANIMATE)  # «удиви меня»: nothing that the face should do
    if understood.intent is Intent.REPEAT and _FASTER.intersection(said):
        return Understood(Intent.AGAIN, topic="faster")  # «чуток побыстрее, а так нормально»
    unsaid = understood.intent is Intent.AGAIN and not understood.gestures
    concepts = hear([read(word) for word in said]).concepts
    if unsaid and understood.topic not in CHANGES and {"clear", "smile"} <= concepts:
        return Understood(Intent.AGAIN, topic="serious")  # «убери улыбку»
    filmed = understood.topic == "camera" and stage == Stage.DONE and _REMOVES.intersection(said)
    if filmed or ((understood.topic == "camera" or unsaid) and _STILL in concepts):
        return Understood(Intent.GESTURE, gestures=(_STILL,))  # «убери камеру, чтоб не ездила»
    return None


def _taken_out(understood: Understood, said: Said) -> Understood | None:
    """«убери кивок»: a movement that the video is to be without."""
    heard = hear([read(word) for word in said])
    taken = tuple(one.partition(":")[0] for one in plain(heard.gestures))
    plainly = understood == Understood(Intent.AGAIN) and "clear" in heard.concepts
    if not plainly or not taken or not GESTURES.keys() >= set(taken):
        return None
    return replace(understood, gestures=taken, topic="without")


def _ordered(understood: Understood, said: Said, expecting: str) -> Understood | None:
    """An order where nothing grave is at stake."""
    declined = understood.intent in {Intent.NO, Intent.CANCEL}
    again = understood.intent is Intent.AGAIN and not hear([read(word) for word in said]).gestures
    if (declined or again) and _deletes(said):
        return Understood(Intent.DELETE, what="photo")  # «удаляй, мне не надо такого»
    if understood.intent is Intent.TROUBLE and _CHOOSES.intersection(said):
        return Understood(Intent.QUESTION, topic="gallery")  # «где кнопка, чтоб фотографию выбрать»
    leaves = _leaves(said) or ("случайно" in said and expecting == Stake.OFFER)
    if leaves and (declined or understood.intent is Intent.UNKNOWN):
        return Understood(Intent.EXIT)  # «ой нет, я случайно сказала, закрой»
    if understood.intent is Intent.UNKNOWN and said[:2] == ("не", "сейчас"):
        return Understood(Intent.NO)  # «не сейчас, у меня суп на плите»
    looked = understood.intent in {Intent.YES, Intent.NEW} and expecting == Stake.OFFER
    if looked and "look-closer" in hear([read(word) for word in said]).concepts:
        return Understood(Intent.AGAIN)  # «да есть там лицо, посмотри получше»
    return None


def _deletes(said: Said) -> bool:
    """Whether a phrase begins with the order to delete, and does not deny it."""
    begun = next((at for at, word in enumerate(said) if word not in _SIGHS), len(said))
    return bool(_DELETES.intersection(said[begun : begun + 1])) and len(said) > begun + 1


def _without_denied(understood: Understood, said: Said) -> Understood | None:
    """«левым пусть моргнёт, не правым» → the left one, «не подмигивать, покивать я сказала» → a nod; None where nothing
    is denied, or nothing is left."""
    after = [word for before, word in pairwise(said) if before == "не"]
    sides = {_SIDES[word] for word in after if word in _SIDES}
    names = {one.partition(":")[0] for word in after for one in hear([read(word)]).gestures}
    left = tuple(
        one for one in understood.gestures if not (sides.intersection(one.split(":")) or one.partition(":")[0] in names)
    )
    return replace(understood, gestures=left) if left and len(left) < len(understood.gestures) else None


def _leaves(said: Said) -> bool:
    """Whether a phrase ends with the order to leave, and not with that to shut something."""
    return bool(_CLOSES.intersection(said[-_LAST:])) and not _CLOSED_EYES.intersection(said)
