"""Questions about the skill: their subject, found by what a phrase is about together with how it asks.

The concepts of `question_lexicon` and of `lexicon` are looked at together; the first rule of `topic_rules` that fits
wins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from skill.dialog.nlu.age import ADULT
from skill.dialog.nlu.concepts import Heard, strangeness
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import GAPS
from skill.dialog.nlu.morphology import Word, read
from skill.dialog.nlu.question_lexicon import ASKING, SUBJECTS
from skill.dialog.nlu.rule_index import RuleIndex
from skill.dialog.nlu.stake import GRAVE, Stake
from skill.dialog.nlu.topic_rules import RULES, TopicRule

CHANGES: Final = frozenset(
    {"longer", "shorter", "slower", "calmer", "livelier", "undo", "faster", "mirror", "serious", "without"}
)
"""Topics that are wishes about the video."""
MANNERED: Final = frozenset({"slower", "faster", "calmer", "livelier"})
"""Those of CHANGES that a single movement may have from the beginning."""
LENGTHS: Final = frozenset({"longer", "shorter"})
"""Changes that a movement may be asked for with."""
SLOWLY: Final = "slowly"
"""Topic of what is to be said more slowly."""
SIMPLY: Final = "simply"
"""Topic of what was heard and not understood: it is to be said in simpler words."""
TRUST: Final = frozenset({"keep", "purpose", "privacy"})
"""Topics of CONSENT_TEXT: what becomes of a photo."""
HOW_LONG: Final = "how_long"
"""Topic of STATUS: how long a video takes."""
PHOTOS: Final = frozenset({"old", "torn", "full", "group", "copy", "covered", "eyes", "profile", "dead"})
"""Topics of photos that are animated like any other."""
# of those, what somebody who is to be chosen looks like
_LOOKS: Final = frozenset({"covered", "eyes", "profile"})
# topics that ask whether something is needed: «а скачивать ничего не надо?»
_NECESSITIES: Final = frozenset({"install", "signup", "away", "nointernet"})
# topics that say what is to be left out: «ребёнка не надо»
_PARTS: Final = frozenset({"children", "delete_part"})
_REACH: Final = 5  # words from the first word of an expression to any other
_PREPOSITIONS: Final = frozenset({"на", "за", "с", "в", "из", "без", "до", "у", "под", "по", "со", "для", "через"})
_BETWEEN: Final = 1  # words of another meaning inside an expression
# of the choice among several faces: the only questions that a CHOOSE may be
_OF_FACES: Final = frozenset({"everyone", "everyone_price", "faces"})
UNTAUGHT: Final = frozenset(
    {
        *("fear", "risk", "stranger", "code_secret", "sees", "change_mind", "elsewhere", "chat", "weak_net", "spell"),
        *(
            "delete_photo",
            "everyone_price",
            "scam",
            "typing",
            "keep_why",
            "change_price",
            "delete_again",
            "upside_down",
        ),
    }
)
"""Topics that rules alone find: no example teaches them, so that no guess replaces them, and no platform has them."""
BESIDE_ANSWERS: Final = frozenset({"delete_photo", "fear"})
"""Topics of what is never the answer to a question of ours: «страшно мне как-то» refuses nothing."""
# doubts that «не хочу», «не надо» may go along with
_DOUBTS: Final = frozenset({"fear"})
_UNHEARD: Final = frozenset({Intent.HELP, Intent.REPEAT, Intent.UNKNOWN})  # what SIMPLY narrows
# what is never taken for a question
_COMMANDS: Final = frozenset({Intent.EXIT, Intent.DELETE, Intent.CHOOSE, Intent.WAIT, Intent.ENTERED, Intent.HELLO})


def question_of(phrase: Sequence[Word], heard: Heard, intent: Intent, expecting: str = "") -> str:
    """The topic of a phrase, empty where it is none of these.

    Args:
        phrase: its words.
        heard: its concepts by `lexicon`.
        intent: what it is by the rules for commands.
        expecting: the `Stake` of the open question, empty for none.
    """
    if intent in _COMMANDS - {Intent.CHOOSE}:
        return ""
    found, places = _concepts(phrase)
    rest = sum(strangeness(word) for place, word in enumerate(phrase) if place in heard.rest and place not in places)
    concepts = heard.concepts | found | _from_numbers(heard)
    known = intent is not Intent.UNKNOWN
    rules = (rule for rule in _rules().candidates(concepts) if not (known and rule.weak))
    topic = next((rule.topic for rule in rules if rule.fits(concepts, rest, expecting)), "")
    if topic in _DOUBTS and expecting in GRAVE - {Stake.CONSENT}:
        return ""
    if expecting == Stake.FACE and topic in _LOOKS and "can" not in concepts:
        return ""  # «папу, он с краю, кепка набекрень»
    return "" if _is_command(topic, intent, concepts, heard.words) else topic


def _is_command(topic: str, intent: Intent, concepts: frozenset[str], said: Sequence[str]) -> bool:
    """Whether the phrase orders something: «не надо …», «оживи старую карточку деда», «оживи подлиннее»."""
    if intent is Intent.CHOOSE:
        return topic not in _OF_FACES
    if topic == SIMPLY:
        return intent not in _UNHEARD
    if intent is Intent.CANCEL and "neednot" in concepts and "нельзя" not in said:
        return topic not in _NECESSITIES | _PARTS | _DOUBTS
    if topic in PHOTOS:
        return {"animate", "photo"} <= concepts
    return topic in CHANGES and (intent in {Intent.SEND, Intent.NEW} or "animate" in concepts)


def _from_numbers(heard: Heard) -> frozenset[str]:
    """«ему пять лет», «две фотографии»."""
    child = "year" in heard.concepts and any(0 < number < ADULT for number in heard.numbers)
    several = any(number > 1 for number in heard.numbers)
    return frozenset(name for name, there in (("minor-age", child), ("several", several)) if there)


def topical(topic: str, intent: Intent) -> Intent:
    """The intent that a topic makes of another one."""
    if topic in CHANGES:
        return Intent.GESTURE if topic in LENGTHS and intent is Intent.GESTURE else Intent.AGAIN
    if topic == SLOWLY:
        return intent if intent in {Intent.SEND, Intent.AGAIN} else Intent.REPEAT
    if topic == HOW_LONG:
        return Intent.STATUS
    if topic == SIMPLY:
        return Intent.HELP if intent is Intent.HELP else Intent.REPEAT
    return Intent.CONSENT_TEXT if topic in TRUST else Intent.QUESTION


def trust_topic(phrase: Sequence[Word]) -> str:
    """The part of the rules that a phrase asks about; empty where it asks for all of them."""
    concepts, _ = _concepts(phrase)
    if "terms" in concepts:
        return ""
    return "keep" if "keeping" in concepts else "purpose" if "purpose" in concepts else "privacy"


def concepts_of(phrase: Sequence[Word]) -> frozenset[str]:
    """The concepts of the question lexicon that a phrase has."""
    return _concepts(phrase)[0]


def _concepts(phrase: Sequence[Word]) -> tuple[frozenset[str], frozenset[int]]:
    """The concepts of the phrase, and the places of the words that have one."""
    return _concepts_in(tuple(word.text for word in phrase))


@lru_cache(maxsize=8)  # a phrase is asked for its concepts more than once
def _concepts_in(said: tuple[str, ...]) -> tuple[frozenset[str], frozenset[int]]:
    phrase = [read(word) for word in said]
    there = frozenset[str]().union(*(word.keys for word in phrase))
    found: set[str] = set()
    places: set[int] = set()
    for start, word in enumerate(phrase):
        for words, concept in {one for key in word.keys for one in _index().get(key, ())}:
            if there.issuperset(words) and (spots := _places(phrase, start, words)):
                found.add(concept)
                places.update(spots)
    return frozenset(found), frozenset(places)


def _places(phrase: Sequence[Word], start: int, words: Sequence[str]) -> tuple[int, ...]:
    """Places of an expression's words, in any order and near each other, the first of them at `start`; empty where one
    is not there."""
    spots = [start]
    for before, wanted in pairwise(words):
        first = spots[-1] + 1 if before in _PREPOSITIONS else max(0, start - _REACH)
        near = sorted(range(first, min(len(phrase), start + _REACH + 1)), key=lambda at: abs(at - start))
        spot = next((at for at in near if at not in spots and wanted in phrase[at].keys), None)
        if spot is None:
            return ()
        spots.append(spot)
    between = [at for at in range(min(spots), max(spots)) if at not in spots and not _passed(phrase[at])]
    return tuple(spots) if len(between) <= _BETWEEN else ()


def _passed(word: Word) -> bool:
    """Whether the word may stand inside any expression."""
    return word.soft or word.text in GAPS


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """First word → its expressions with their concepts."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for concept, table in {**ASKING, **SUBJECTS}.items():
        for text in table.split(","):
            words = tuple(text.replace("ё", "е").split())
            index.setdefault(words[0], []).append((words, concept))
    return {first: tuple(group) for first, group in index.items()}


@lru_cache(maxsize=1)
def _rules() -> RuleIndex[TopicRule]:
    return RuleIndex(RULES)


# topics that examples teach as well, and no intent of a platform has
_TAUGHT: Final = frozenset({"relatives_against", "delete_part", "delete_copies", "crop"})
TOPICS: Final = (
    frozenset(rule.topic for rule in RULES) - CHANGES - TRUST - {SLOWLY, SIMPLY, HOW_LONG} - _TAUGHT - UNTAUGHT
)
"""Topics of QUESTION that rules find, besides UNTAUGHT; `classifier.example_topics` has the others."""
