"""Our own reading of a phrase: from words to concepts, from concepts to an intent with slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from skill.dialog.nlu.answer_reader import answered, is_eager, takes_up
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.deferral import declines
from skill.dialog.nlu.guesses import guess_meaning
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.morphology import Word, read
from skill.dialog.nlu.preparation import Said, after_launch, prepare
from skill.dialog.nlu.questions import BESIDE_ANSWERS, question_of, topical, trust_topic
from skill.dialog.nlu.rules import intent_of
from skill.dialog.nlu.second_answers import answers_otherwise
from skill.dialog.nlu.second_reading import goes_on
from skill.dialog.nlu.slots import fill
from skill.dialog.nlu.stage import Stage
from skill.dialog.nlu.stake import GRAVE, Stake, stake_of
from skill.dialog.nlu.topics import OTHER_MOVEMENT
from skill.dialog.nlu.yes_no import asks, delays, refuses_clearly
from skill.gesture_words import read_gesture

_ASSISTANTS: Final = frozenset({"алиса", "салют", "афина", "джой", "маруся"})
_BORDERS: Final = frozenset({"а", "но", "только", "зато", "короче", "ну", "так", "и"})  # a clause begins after one
_REASONS: Final = frozenset({"потому", "поскольку", "раз", "а", "но", "только", "ведь"})  # it ends before one
_TOO_EARLY: Final = frozenset({Intent.STATUS, Intent.WAIT, Intent.AGAIN})  # of what there is not yet
_BESIDE: Final = frozenset({"а", "но"})
_UNDO: Final = "undo"
_BEFORE_ORDERS: Final = frozenset("а ну и теперь еще пожалуйста давай бабушка дедушка мама папа".split())  # noqa: SIM905
# that say something else, or are said to the assistant
_TO_US: Final = (
    "посчитай напомни жми нажми нажмите перезагрузи спаси прости простите извини извините береги берегите заткнись "
    "обнови выбери найди запиши купи закажи переведи подключи настрой установи объясни подскажи ответь уточни отстань "
    "пойми поверь представь угадай придумай реши проверь"
)
_NOT_TO_THEM: Final = frozenset({"не", "ни", *_TO_US.split(), *_ASSISTANTS})
_SHORT_ORDER: Final = 3  # words
_FIGURES: Final = 3  # of a code that is read back
_SHORTEST: Final = 2  # words of a clause that tells anything
_MOST: Final = 3  # clauses that are tried
_REFUSING: Final = frozenset({Intent.NO, Intent.CANCEL})
# what a single clause may be taken for while much is at stake, and what it is never taken for else
_ASIDE: Final = frozenset({Intent.QUESTION, Intent.CONSENT_TEXT, Intent.REPEAT})
_WHOLE: Final = frozenset(
    {
        *{Intent.YES, Intent.NO, Intent.DELETE, Intent.EXIT, Intent.APPEAL, Intent.MINOR, Intent.HELLO},
        *{Intent.UNKNOWN, Intent.CANCEL, Intent.WAIT, Intent.CHOOSE},
    }
)


def read_phrase(said: Said, expecting: str, stage: str = "") -> Understood:
    """The meaning of a phrase without the platform's help.

    Args:
        said: words in lower case, ё as е, misheard ones put right.
        expecting: a `Stake`, or empty where nothing was asked.
        stage: the `Stage` of the conversation, empty where it is not known.
    """
    launched, said = after_launch(said)
    if launched and not said:
        return Understood(Intent.HELLO)
    whole, said = said, prepare(said, expecting)
    understood, is_strange = _read(said, expecting, stage)
    if other := answers_otherwise(understood, whole, expecting) or goes_on(understood, whole, expecting, stage):
        return other
    if expecting in GRAVE and understood.intent in _REFUSING and not refuses_clearly(said, stake_of(expecting)):
        return _asked_beside(said, expecting, stage) or understood
    if stage == Stage.NEW and expecting not in GRAVE and understood.intent in _TOO_EARLY and is_eager(said):
        return Understood(Intent.YES)  # «ну чё, попробуем, дед»
    unknown = understood.intent is Intent.UNKNOWN and (expecting in GRAVE or not is_strange)
    meant = (unknown and _by_parts(said, expecting, stage)) or understood
    if (
        unknown
        and meant.intent is Intent.UNKNOWN
        and stage == Stage.DONE
        and expecting not in GRAVE
        and _commands(said)
    ):
        return Understood(Intent.UNSUPPORTED, topic=OTHER_MOVEMENT)  # «вздёрни нос»
    return meant


def _by_parts(said: Said, expecting: str, stage: str) -> Understood | None:
    """The meaning of a phrase whose whole tells nothing."""
    if expecting == Stake.CONSENT and declines(said):
        return Understood(Intent.NO)
    if stage == Stage.WAIT and _reads_back(said):
        return Understood(Intent.SEND, how="repeat")
    if stage in {Stage.WAIT, Stage.RUN} and delays(said):
        return Understood(Intent.WAIT)  # «давай завтра продолжим»
    if takes_up(said, expecting, stage):
        return Understood(Intent.YES)
    return _by_clause(said, expecting, stage)


def read_by_rules(spoken: Sequence[Word], phrase: Heard, expecting: str) -> Understood:
    """The meaning of a phrase by the rules alone.

    Args:
        spoken: its words.
        phrase: what was heard in them.
        expecting: the `Stake` of the open question, empty for none.
    """
    command = intent_of(phrase, expecting)
    topic = question_of(spoken, phrase, command, expecting)
    counted = topic == "group" and any(name.endswith("-times") for name in phrase.concepts)
    if (topic == _UNDO or counted) and phrase.gestures and command is Intent.GESTURE:
        topic = ""  # «пусть кивнёт, как раньше кивала», «пусть моргнёт пару раз»
    if command is Intent.GESTURE and _contradicts(topic, phrase.gestures) and _orders(spoken):
        topic = ""  # «очень сильно удивись» wishes for it, «слишком сильно удивляется» complains
    meant = topical(topic, command) if topic else command
    stands = topic in BESIDE_ANSWERS and meant is Intent.QUESTION
    intent = meant if stands else answered(meant, phrase, expecting)
    if intent is Intent.CONSENT_TEXT and not topic:
        topic = trust_topic(spoken)
    return fill(intent, phrase, expecting, topic if intent is meant else "")


def _read(said: Said, expecting: str, stage: str) -> tuple[Understood, bool]:
    """The meaning of a phrase or a clause, and whether it has nothing to do with this skill."""
    spoken = [read(word) for word in said]
    phrase = hear(spoken)
    understood = read_by_rules(spoken, phrase, expecting)
    if understood.intent is Intent.EXIT and _sends_away(spoken):
        return Understood(Intent.WAIT), False
    guessed = guess_meaning(spoken, phrase, understood, expecting, stage)
    return guessed or understood, guessed is not None and guessed.intent is Intent.UNKNOWN


def _commands(said: Said) -> bool:
    """Whether a short phrase begins with an order of which nothing is known: it is one to the person on the photo."""
    spoken = [read(word) for word in said if word not in _BEFORE_ORDERS]
    if not spoken or len(spoken) > _SHORT_ORDER or _NOT_TO_THEM.intersection(said):
        return False
    verb = spoken[0]
    return verb.imperative and verb.known and not verb.soft and verb.cardinal is None and not hear([verb]).concepts


def _sends_away(spoken: Sequence[Word]) -> bool:
    """«миша, отстань»: whether somebody else is sent away."""
    return len(spoken) > 1 and spoken[0].name and spoken[0].text not in _ASSISTANTS


def _contradicts(topic: str, gestures: Sequence[str]) -> bool:
    """Whether a change would be the contrary of the manner that was said: «очень широко» is not to be calmer."""
    wishes = [wish for wish in map(read_gesture, gestures) if wish]
    return any(
        (topic == "calmer" and wish.strength > 1.0) or (topic == "livelier" and wish.strength < 1.0) for wish in wishes
    )


def _orders(spoken: Sequence[Word]) -> bool:
    """Whether a movement is asked for by an order: «кивни»."""
    return any(word.imperative and hear([word]).gestures for word in spoken)


def _reads_back(said: Said) -> bool:
    """«так, три семь ноль один пять два, правильно?»: whether figures of a code are said."""
    return sum(read(word).cardinal is not None for word in said) >= _FIGURES


def _by_clause(said: Said, expecting: str, stage: str) -> Understood | None:
    """The meaning of the one clause that counts, among reasons and asides: «не, ну с удалением окей, а вот куда фотка
    уходит»."""
    for clause in list(dict.fromkeys(_clauses(said)))[:_MOST]:
        understood, _ = _read(clause, expecting, stage)
        fits = understood.intent in _ASIDE if expecting in GRAVE else understood.intent not in _WHOLE
        if fits:
            return understood
    return None


def _asked_beside(said: Said, expecting: str, stage: str) -> Understood | None:
    """The question with which a phrase ends that is no clear refusal: «не, ну с удалением окей, а вот куда фотка
    уходит»."""
    place = max((at for at, word in enumerate(said) if word in _BESIDE), default=0)
    clause = said[place + 1 :]
    if not place or len(clause) < _SHORTEST or not asks(clause):
        return None
    understood, _ = _read(clause, expecting, stage)
    return understood if understood.intent in _ASIDE else None


def _clauses(said: Said) -> Iterator[Said]:
    """The clauses that may count, the last one first, then those before a reason."""
    for place in range(len(said) - _SHORTEST - 1, 0, -1):
        if said[place] in _BORDERS:
            yield said[place + 1 :]
    for place in range(_SHORTEST, len(said)):
        if said[place] in _REASONS:
            yield said[:place]
