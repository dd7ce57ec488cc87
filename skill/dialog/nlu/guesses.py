"""The meaning of a phrase by what it is like, where the rules know nothing or may have taken one thing for another.

What a guess may replace is decided here; how likely it has to be stands in the table of `thresholds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from skill.dialog.nlu.age import ADULT, read_age
from skill.dialog.nlu.answer_reader import ASKS, WONDERS
from skill.dialog.nlu.classifier import OTHER_THINGS, Guess, classify
from skill.dialog.nlu.concepts import Heard
from skill.dialog.nlu.deferral import defers
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import Word
from skill.dialog.nlu.questions import SLOWLY, TRUST, UNTAUGHT, concepts_of
from skill.dialog.nlu.slots import fill
from skill.dialog.nlu.stake import GRAVE, Stake, stake_of
from skill.dialog.nlu.thresholds import ELSEWHERE, FEW, LEAST, MARGIN, REFUSAL, threshold
from skill.dialog.nlu.topics import OTHER_MOVEMENT
from skill.dialog.nlu.yes_no import agrees_in_part, asks, consents, is_whole, objects_to_nothing, refuses_clearly
from skill.missing_movements import MISSING, PLAIN
from skill.story_words import MOVEMENT_WORDS

_FEW_WORDS: Final = 2
# what a rule understood for certain
_SURE: Final = frozenset({Intent.YES, Intent.GESTURE, Intent.ANIMATE, Intent.ENTERED, Intent.DELETE})
_MOVEMENT: Final = "gesture"
_FACE: Final = "choose face"
_SPARING: Final = frozenset({"not.delete", "not.clear", "neednot", "cancel", "spare", "no"})
_ABOUT_FACES: Final = tuple(f"question topic={topic}" for topic in ("sides", "others", "faces", "everyone"))
_NO_CHOICE: Final = frozenset({"question topic=sides", "question topic=others"})


def guess_meaning(
    spoken: Sequence[Word], phrase: Heard, understood: Understood, expecting: str, stage: str
) -> Understood | None:
    """The meaning that a phrase is taken for by its likeness to others; None where what the rules understood stays.

    Args:
        spoken: the words of the phrase.
        phrase: what was heard in them.
        understood: what the rules made of it.
        expecting: the `Stake` of the open question, empty for none.
        stage: the `Stage` of the conversation, empty where it is not known.
    """
    if is_settled(spoken, phrase, understood, expecting):
        return None
    guess = classify(spoken, phrase.concepts | concepts_of(spoken), expecting, stage)
    if expecting == Stake.FACE and understood.face and _asks_about_faces(phrase.words):
        return named(max(_ABOUT_FACES, key=guess.score_of), phrase, expecting)
    if not guess.meaning or guess.score < needed(understood, guess, expecting, len(spoken)):
        return None
    taken = taken_as(guess, phrase, understood, expecting)
    grave_no = taken is not None and taken.intent is Intent.NO and expecting in GRAVE
    if grave_no and not guess.by_heart and guess.score < threshold(REFUSAL, expecting, expecting):
        return Understood(Intent.UNKNOWN)  # it is asked again: only what refuses clearly is a no here
    return taken


def is_settled(spoken: Sequence[Word], phrase: Heard, understood: Understood, expecting: str) -> bool:
    """Whether what the rules understood stands, whatever else is like it."""
    if all(word.cardinal is not None for word in spoken):
        return True  # figures of a code: like nothing that is known
    intent = understood.intent
    if (expecting in GRAVE or intent is Intent.NO) and is_whole(phrase.words, stake_of(expecting)):
        return True
    unlike = understood.topic in UNTAUGHT or (intent is Intent.CHOOSE and "behind" in phrase.concepts)
    if unlike or (understood.topic == SLOWLY and len(spoken) <= _FEW_WORDS):
        return True  # «помедленнее»: what was said last
    if intent is Intent.NO and _denies_for_certain(phrase.words, expecting):
        return True
    if intent is Intent.APPEAL:
        return expecting == Stake.AGE or (expecting == Stake.CONSENT and bool(phrase.numbers))
    # «завтра удалим», «не туда смотрит»
    questioned = {Stake.DELETION: Intent.DELETE}
    return intent in _SURE and questioned.get(stake_of(expecting)) is not intent


def _denies_for_certain(said: Sequence[str], expecting: str) -> bool:
    """Whether a «нет» of the rules is one, whatever the phrase is like."""
    refused = expecting == Stake.CONSENT and refuses_clearly(said, Stake.CONSENT)
    return (
        refused
        or defers(said, stake_of(expecting))
        or (expecting == Stake.AGE and (denies_grown(said) or is_young(said)))
    )


def denies_grown(said: Sequence[str]) -> bool:
    """Whether a denial stands beside an age of eighteen or more, and nothing asks: «точно не скажу, может и есть
    восемнадцать»."""
    age = read_age(said)
    return age is not None and age.years >= ADULT and "не" in said and not asks(said)


def is_young(said: Sequence[str]) -> bool:
    """Whether an age below eighteen is said, and nothing asks: «сейчас-то она взрослая, а на карточке ей годков
    десять»."""
    age = read_age(said)
    return age is not None and age.years < ADULT and not age.below and not asks(said)


def needed(understood: Understood, guess: Guess, expecting: str, words: int) -> float:
    """The score that a guess needs to be taken: it has to be likelier than what the rules understood.

    Args:
        understood: what that is.
        guess: the guess.
        expecting: the `Stake` of the open question, empty for none.
        words: how many words the phrase has.
    """
    least = threshold(LEAST, expecting, guess.intent)
    if words <= _FEW_WORDS:
        least = max(least, threshold(FEW, expecting))
    if understood.intent is Intent.UNKNOWN:
        return least
    if not guess.expects(understood.intent):
        return max(least, threshold(ELSEWHERE, expecting))
    return max(least, guess.score_of(meaning_of(understood)) + threshold(MARGIN, expecting, understood.intent))


def taken_as(guess: Guess, phrase: Heard, understood: Understood, expecting: str) -> Understood | None:
    """The meaning of a guess, with its slots; None where it may not replace what the rules understood."""
    if not _may_replace(understood, guess, phrase, expecting):
        return None
    if guess.meaning == OTHER_THINGS:
        nothing_else = understood.intent is Intent.UNKNOWN or guess.by_heart or expecting in GRAVE
        aside = understood.topic and not (guess.by_heart or expecting == Stake.AGE)
        return Understood(Intent.UNKNOWN) if nothing_else and not aside else None
    if guess.meaning == _MOVEMENT:
        return Understood(Intent.GESTURE, gestures=phrase.gestures)
    return named(guess.meaning, phrase, expecting)


def meaning_of(understood: Understood) -> str:
    """The meaning of what the rules understood, as the examples have it."""
    if understood.intent is Intent.CONSENT_TEXT and understood.topic:
        return f"{Intent.QUESTION} topic={understood.topic}"
    slots = (("how", understood.how), ("what", understood.what), ("topic", understood.topic))
    return " ".join([understood.intent, *(f"{name}={value}" for name, value in slots if value)])


def named(meaning: str, phrase: Heard, expecting: str) -> Understood:
    """The meaning of an example, with the slots that the phrase itself fills."""
    name, *slots = meaning.split()
    given = dict(slot.split("=") for slot in slots)
    topic = given.get("topic", "")
    if name == Intent.UNSUPPORTED and topic == OTHER_MOVEMENT:
        topic = ""  # that of the words, which may name it
    if topic == "dead" and (age := read_age(phrase.words)) and age.minor:
        topic = "childhood"  # a child on the photo is a child, whoever he became
    intent = Intent.CONSENT_TEXT if topic in TRUST else Intent(name)
    found = fill(intent, phrase, expecting, topic)
    how, what = given.get("how", found.how), given.get("what", found.what)
    return replace(found, topic=topic or found.topic, how=how, what=what)


def _asks_about_faces(said: Sequence[str]) -> bool:
    """«второй с краю, это какой у тебя по счёту», «а если всех, они вместе будут или по очереди»."""
    return "или" in said or "ли" in said or tuple(said[:2]) == ("а", "если") or {"какой", "счету"} <= set(said)


def _may_replace(understood: Understood, guess: Guess, phrase: Heard, expecting: str) -> bool:
    """Whether a phrase may be taken for what it is like, against what the rules understood."""
    meaning, rules = guess.meaning, understood.intent
    if meaning == _FACE:
        return False  # whom only the words tell
    if meaning == _MOVEMENT:
        unmoved = rules is Intent.UNKNOWN or understood.topic == OTHER_MOVEMENT
        return unmoved and bool(phrase.gestures) and expecting not in GRAVE
    if guess.intent == Intent.DELETE:
        return rules is not Intent.CANCEL and not _spares(phrase)
    if guess.intent == Intent.NO:
        return guess.by_heart or _may_deny(rules, phrase, expecting)
    if understood.face:
        return meaning in _NO_CHOICE and bool(ASKS.intersection(phrase.words))
    cancels = rules is Intent.NO and guess.intent == Intent.CANCEL
    vaguer = meaning == rules == Intent.AGAIN and understood.topic  # «ещё раз, но помедленнее»
    refuses = rules is Intent.CANCEL and guess.intent == Intent.QUESTION and _is_unwished(phrase)
    named_movement = understood.topic in PLAIN and not guess.by_heart  # «надуй щёки» is about no fraud
    denied = guess.intent == Intent.UNSUPPORTED and rules in {Intent.CANCEL, Intent.NO} and _is_denied(phrase)
    named_movement |= denied  # «не надо танцевать»
    return not (understood.gestures or cancels or vaguer or refuses or named_movement)  # «слишком быстро кивает»


def _may_deny(rules: Intent, phrase: Heard, expecting: str) -> bool:
    """Whether a phrase may be taken for a «нет»; where something agrees, it is asked about again."""
    agreed = agrees_in_part(phrase.words, stake_of(expecting)) or (
        expecting == Stake.CONSENT and (consents(phrase.words) or objects_to_nothing(phrase.words))
    )
    return rules not in {Intent.CANCEL, Intent.STATUS} and not agreed


def _is_unwished(phrase: Heard) -> bool:
    """«пусть не кивает»: whether a movement is not to be made, which asks nothing."""
    return "let" in phrase.concepts and any(f"not.{name}" in phrase.concepts for name in MOVEMENT_WORDS)


def _is_denied(phrase: Heard) -> bool:
    """«не танцуй», «хватит петь»: whether a movement that can't be made is not wished for."""
    return "enough" in phrase.concepts or any(f"not.{name}" in phrase.concepts for name in MISSING)


def _spares(phrase: Heard) -> bool:
    """«не надо, удали», «почему удаляете»: whether something may be denied, or asked, that would be deleted."""
    denied = bool(phrase.concepts & _SPARING) or bool({"не", "ни"}.intersection(phrase.words[:4]))
    return denied or bool(WONDERS.intersection(phrase.words))
