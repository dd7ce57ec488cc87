"""Our own reading of a phrase: from words to concepts, from concepts to an intent with slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from skill.dialog.nlu.age import ADULT, read_age
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.faces import face_of
from skill.dialog.nlu.gesture_reader import plain
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import Word, read
from skill.dialog.nlu.nearest import OTHER_THINGS, nearest
from skill.dialog.nlu.questions import CHANGES, LENGTHS, TRUST, concepts_of, question_of, topical, trust_topic
from skill.dialog.nlu.rules import intent_of
from skill.dialog.nlu.topics import OTHER_MOVEMENT, topic_of
from skill.dialog.nlu.yes_no import Answer, Stake, answer_to, begins_with_assent, denies, is_whole, stake_of

_STARTS = "запустить открыть включить попросить спросить вызвать активировать позвать начать сказать"
NEAR = 0.55  # likeness from which a phrase that no rule knows is taken like a known one
CLOSE = 0.7  # the same where a rule understood it otherwise
# what a rule understood for certain
_SURE = frozenset(
    {Intent.YES, Intent.NO, Intent.GESTURE, Intent.ANIMATE, Intent.GRIEF, Intent.ENTERED, Intent.DELETE, Intent.CANCEL}
)
# what a rule takes many things for
_DOUBTFUL = frozenset({Intent.UNKNOWN, Intent.WHY, Intent.HELP})
_PERMISSION = "question topic=permission"
_SPARING = frozenset({"not.delete", "not.clear", "neednot", "cancel", "spare", "no"})
_ASKS = frozenset({"или", "откуда", "как", "какой", "какого", "чьей", "потом"})
_NO_CHOICE = frozenset({"question topic=sides", "question topic=others"})
# one of these makes a wish of a movement among other words
_WISHED = frozenset({"let", "make", "its", "person", "whom", "head", "photo", "now"})
_LAUNCH = frozenset(_STARTS.split())
_SKILL = frozenset({"навык", "игра", "скилл", "программа"})
_NAME = ("оживи", "фото")
# a wish that repeats the question's own verb after «да»: «да, удали»
_TAKEN_UP: Mapping[str, frozenset[Intent]] = MappingProxyType(
    {
        Stake.OFFER: frozenset({Intent.ANIMATE, Intent.SEND, Intent.CHOOSE}),
        Stake.CONSENT: frozenset({Intent.ANIMATE, Intent.SEND}),
        Stake.DELETION: frozenset({Intent.DELETE}),
        Stake.OWNER: frozenset({Intent.STATUS}),
    }
)
# questions where a wrong answer does harm
_GRAVE = frozenset({Stake.CONSENT, Stake.DELETION, Stake.AGE, Stake.OWNER})
_LIKENED = frozenset({"мол", "дескать", "типа", "будто", "словно"})
_LIKENED_PAIRS = frozenset({("как", "будто"), ("вроде", "как"), ("как", "бы")})
_MOVING = frozenset({Intent.ANIMATE, Intent.GESTURE, Intent.AGAIN, Intent.NEW, Intent.YES})
_CHOOSING = frozenset({Intent.ANIMATE, Intent.CHOOSE, Intent.GESTURE, Intent.YES, Intent.AGAIN})
_EVERYTHING = frozenset({"all", "data", "everyone", "me"})
# a «нет» beside one of these is a «нет»
_EMPTY = frozenset({Intent.UNKNOWN, Intent.NO, Intent.THANKS, Intent.HELLO, Intent.MINOR})
# «нет восемнадцати» needs one of these to be about somebody's age
_AGED = frozenset({"year", "whom", "person", "its", "adult", "minor"})
_OF_AGE = frozenset({Intent.APPEAL, Intent.NO, Intent.UNKNOWN})


def read_phrase(said: tuple[str, ...], expecting: str) -> Understood:
    """The meaning of a phrase without the platform's help.

    Args:
        said: words in lower case, ё as е, misheard ones put right.
        expecting: a `Stake`, or empty where nothing was asked.
    """
    launched, said = _after_launch(said)
    if launched and not said:
        return Understood(Intent.HELLO)
    said = _before_comparison(said, expecting)
    spoken = [read(word) for word in said]
    phrase = hear(spoken)
    command = intent_of(phrase, expecting)
    topic = question_of(spoken, phrase, command)
    meant = topical(topic, command) if topic else command
    intent = _answered(meant, phrase, expecting)
    if intent is Intent.CONSENT_TEXT and not topic:
        topic = trust_topic(spoken)
    understood = _filled(intent, phrase, expecting, topic if intent is meant else "")
    return _like_known(spoken, phrase, understood, expecting) or understood


def _like_known(spoken: Sequence[Word], phrase: Heard, understood: Understood, expecting: str) -> Understood | None:
    """The meaning of the nearest known phrase, where the rules know none or may have taken one for another."""
    if _is_sure(understood.intent, phrase, expecting):
        return None
    near = nearest(spoken, phrase.concepts | concepts_of(spoken), expecting)
    other = near.meaning == OTHER_THINGS
    if understood.intent is Intent.UNKNOWN and not other and near.likeness < CLOSE and _wishes(phrase, expecting):
        return Understood(Intent.GESTURE, gestures=phrase.gestures)
    if near.likeness < _least(understood, phrase) or not _may_replace(understood, near.meaning, phrase, expecting):
        return None
    if other:
        return Understood(Intent.UNKNOWN) if expecting in _GRAVE and not understood.topic else None
    found = _named(near.meaning, phrase, expecting)
    return None if found.intent is Intent.DELETE and _spares(phrase) else found


def _is_sure(intent: Intent, phrase: Heard, expecting: str) -> bool:
    """Whether what the rules understood stands, whatever is near."""
    if (expecting in _GRAVE or intent is Intent.NO) and is_whole(phrase.words, stake_of(expecting)):
        return True
    if intent is Intent.APPEAL:
        return expecting == Stake.AGE
    # «завтра удалим», «она не в курсе», «не туда смотрит»
    questioned = {Stake.DELETION: Intent.DELETE, Stake.CONSENT: Intent.NO, Stake.OFFER: Intent.NO}
    return intent in _SURE and questioned.get(stake_of(expecting)) is not intent


def _wishes(phrase: Heard, expecting: str) -> bool:
    """A movement among many other words."""
    return bool(phrase.gestures and phrase.concepts & _WISHED) and expecting not in _GRAVE


def _least(understood: Understood, phrase: Heard) -> float:
    """The likeness that a known phrase needs to be taken instead."""
    intent = understood.intent
    loose = understood.topic == OTHER_MOVEMENT or (intent is Intent.APPEAL and not phrase.numbers)
    return NEAR if loose or intent in _DOUBTFUL else CLOSE


def _may_replace(understood: Understood, meaning: str, phrase: Heard, expecting: str) -> bool:
    if understood.face:
        return meaning in _NO_CHOICE and bool(_ASKS.intersection(phrase.words))
    if understood.gestures:  # «слишком быстро кивает»
        return False
    return understood.intent is not Intent.NO or meaning == _PERMISSION or expecting == Stake.OFFER


def _spares(phrase: Heard) -> bool:
    """«не надо, удали»: whether something may be denied that would be deleted."""
    return bool(phrase.concepts & _SPARING) or bool({"не", "ни"}.intersection(phrase.words[:4]))


def _named(meaning: str, phrase: Heard, expecting: str) -> Understood:
    """The meaning of an example, with the slots that the phrase itself fills."""
    name, *slots = meaning.split()
    named = dict(slot.split("=") for slot in slots)
    topic = named.get("topic", "")
    intent = Intent.CONSENT_TEXT if topic in TRUST else Intent(name)
    found = _filled(intent, phrase, expecting, topic)
    how, what = named.get("how", found.how), named.get("what", found.what)
    return replace(found, topic=topic or found.topic, how=how, what=what)


def _answered(intent: Intent, phrase: Heard, expecting: str) -> Intent:
    """The intent, unless the phrase answers what was asked: nothing else makes a YES."""
    if expecting in _GRAVE and intent is Intent.CHOOSE:
        intent = Intent.UNKNOWN  # «всё до последнего» chooses nobody
    if expecting == Stake.AGE:
        return _to_age(intent, phrase)
    if intent in _OF_AGE and phrase.concepts & _AGED and _denies_age(phrase.words):
        return Intent.MINOR
    if expecting:
        return _to_question(intent, phrase, stake_of(expecting))
    agrees = intent is Intent.UNKNOWN and answer_to(phrase.words, Stake.OFFER) is Answer.YES
    return Intent.YES if agrees else intent


def _to_question(intent: Intent, phrase: Heard, stake: Stake) -> Intent:
    answer = answer_to(phrase.words, stake)
    if intent is Intent.NEW and stake is Stake.OFFER and {"now", "person"} <= phrase.concepts:
        return intent  # «теперь давай дядю Колю»
    taken_up = intent in _TAKEN_UP.get(stake, ()) and begins_with_assent(phrase.words, stake)
    if answer is Answer.YES or taken_up:
        return Intent.YES
    return Intent.NO if answer is Answer.NO and not _says_more(intent, phrase, stake) else intent


def _to_age(intent: Intent, phrase: Heard) -> Intent:
    """A number answers «есть восемнадцать?» as an age, where nothing denies it."""
    answer = answer_to(phrase.words, Stake.AGE)
    if answer is Answer.YES:
        return Intent.APPEAL if phrase.numbers else Intent.YES
    if intent is Intent.APPEAL and answer is Answer.NO:
        return intent if _says_age(phrase.words) else Intent.NO
    if answer is Answer.NO and not _says_more(intent, phrase, Stake.AGE):
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
    age = read_age(said)
    young = age is not None and age.years <= ADULT
    return young and not _says_age(said) and answer_to(said, Stake.AGE) is Answer.NO


def _says_age(said: tuple[str, ...]) -> bool:
    """«ей десять», and nothing that denies it."""
    age = read_age(said)
    return age is not None and age.clear and not denies(said)


def _after_launch(said: tuple[str, ...]) -> tuple[bool, tuple[str, ...]]:
    """«запусти навык оживи фото и удали всё» → «удали всё»."""
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


def _before_comparison(said: tuple[str, ...], expecting: str) -> tuple[str, ...]:
    """«прикрой глаза как будто спит» → «прикрой глаза»: what a movement is likened to is no wish."""
    if expecting in _GRAVE:
        return said
    for place in range(1, len(said)):
        ends = said[place] in _LIKENED or said[place : place + 2] in _LIKENED_PAIRS
        if ends and hear([read(word) for word in said[:place]]).gestures:
            return said[:place]
    return said


def _filled(intent: Intent, phrase: Heard, expecting: str, topic: str) -> Understood:
    """The intent with the slots that belong to it. `topic`: that of a question, empty where it is none."""
    taken = phrase.concepts & {"delete", "clear"}
    names = bool(
        phrase.concepts & (_EVERYTHING | {"photo"})
    )  # «да, удаляй» names nothing, and agrees to what was asked
    deleting = intent is Intent.DELETE or (intent is Intent.YES and "delete" in phrase.concepts and names)
    choosing = intent in _CHOOSING and topic not in CHANGES
    face = face_of(phrase, answering=expecting == Stake.FACE) if choosing else None
    return Understood(
        intent,
        gestures=_gestures(phrase, topic) if intent in _MOVING and not taken else (),
        face=face,
        how=_how(phrase) if intent is Intent.SEND else "",
        what=("all" if phrase.concepts & _EVERYTHING else "photo") if deleting else "",
        age=_age(phrase) if intent is Intent.APPEAL else None,
        topic=topic or (topic_of(intent, phrase) if face is None else ""),
    )


def _gestures(phrase: Heard, topic: str) -> tuple[str, ...]:
    """The gestures; what a change says of the manner («слишком быстро кивает») is about the video that is there."""
    return plain(phrase.gestures) if topic in CHANGES - LENGTHS else phrase.gestures


def _how(phrase: Heard) -> str:
    concepts = phrase.concepts
    if "missed" in concepts or (
        concepts & {"code", "link"} and concepts & {"repeat", "once-more", "say-again", "clear.past"}
    ):
        return "repeat"
    if {"code", "other"} <= concepts:
        return "new"
    return next(
        (
            how
            for how in ("phone", "code", "link")
            if how in concepts and not (how == "phone" and concepts & {"code", "no"})
        ),
        "",
    )


def _age(phrase: Heard) -> int | None:
    """The age that was said, unless the phrase denies or doubts that somebody has reached it."""
    age = read_age(phrase.words)
    if age is None:
        return None
    return age.years if (age.years < ADULT and age.clear) or answer_to(phrase.words, Stake.AGE) is Answer.YES else None
