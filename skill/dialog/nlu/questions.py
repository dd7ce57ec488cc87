"""Questions about the skill: their subject, found by what a phrase is about together with how it asks.

The concepts of `question_lexicon` and of `lexicon` are looked at together; the first rule that fits wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from skill.dialog.nlu.age import ADULT
from skill.dialog.nlu.concepts import Heard, strangeness
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import GAPS
from skill.dialog.nlu.morphology import Word, read
from skill.dialog.nlu.question_lexicon import ASKING, SUBJECTS
from skill.dialog.nlu.rules import terms
from skill.dialog.nlu.stake import Stake
from skill.story_words import MOVEMENT_WORDS

CHANGES: Final = frozenset({"longer", "shorter", "slower", "calmer", "livelier", "undo", "faster", "mirror"})
"""Topics that are wishes about the video."""
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
# of photos that are animated like any other
_PHOTOS: Final = frozenset({"old", "torn", "full", "group", "copy", "covered", "eyes", "profile", "dead"})
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
_OF_FACES: Final = frozenset({"everyone", "faces"})
_UNHEARD: Final = frozenset({Intent.HELP, Intent.REPEAT, Intent.UNKNOWN})  # what SIMPLY narrows
# what is never taken for a question
_COMMANDS: Final = frozenset({Intent.EXIT, Intent.DELETE, Intent.CHOOSE, Intent.WAIT, Intent.ENTERED, Intent.HELLO})


@dataclass(frozen=True, slots=True)
class TopicRule:
    """Concepts that make a topic."""

    topic: str
    """The subject of the question, or the change that is wished for."""

    needs: str
    """Concepts that are all there: «a/b» one of them, «-a» not there."""

    strangers: int = 1
    """Words of other things that it bears, as `Heard.strangers` counts them."""

    weak: bool = False
    """Whether it gives way to every command."""

    when: str = ""
    """The `Stake` of the only question beside which it may be asked; empty for any."""

    def fits(self, concepts: frozenset[str], strangers: int, expecting: str) -> bool:
        wanted, unwanted = terms(self.needs)
        if strangers > self.strangers or unwanted & concepts or (self.when and self.when != expecting):
            return False
        return all(group & concepts for group in wanted)


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
    fitting = (rule.topic for rule in RULES if not (known and rule.weak) and rule.fits(concepts, rest, expecting))
    topic = next(fitting, "")
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
        return topic not in _NECESSITIES | _PARTS
    if topic in _PHOTOS:
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


_T = TopicRule
_MARK = "can/fits/animate.fin"
_MOTION = f"let/make/live/live.fin/its/head/video/{'/'.join(f'{name}/{name}.fin' for name in MOVEMENT_WORDS)}"
_NO_GESTURE = " ".join(f"-{name}" for name in MOVEMENT_WORDS)
_UNMOVED = "/".join(f"not.{name}" for name in MOVEMENT_WORDS)
_STILL = "/".join(f"not.{name}.fin" for name in MOVEMENT_WORDS)
_MOVED = "/".join(f"{name}.past/{name}.fin" for name in MOVEMENT_WORDS)
_RULES = (
    # the rules, and what comes before a yes to them
    _T("refusing", "if-refuse -video -delete", 2),
    _T("agreement", "agreement reason/purpose -money", 1),
    _T("relatives_against", "relatives-against -for-it -send -delete", 2),
    _T("relatives_against", "forbids animate person", 3, when="consent"),
    _T("permission", "unasked -send -delete -signup", 2),
    _T("permission", "unoffended can/ask", 2, when="consent"),
    _T("permission", "verify for-it/agreement/forbids", 3, when="consent"),
    # what is asked about once, and what is left out
    _T("delete_part", "part-of-all", 9, when="deletion"),
    _T("delete_copies", "from-phone keeping/left", 2, when="deletion"),
    _T("children", "child/minor neednot/accident", 3, when="face"),
    _T("crop", "crop person/minor/child can/person", 2),
    # somebody else's telephone
    _T("anyphone", "from-phone somebodys send/can -video -show -keeping", 2),
    _T("anyphone", "send.fin person can -to-person -video -animate", 1),
    # the faces of a photo
    _T("everyone", "reason everyone/all -ready -show -delete", 2),
    _T("faces", "faces-found -animate -send -price", 1),
    # a video that is there
    _T("crooked", "ugly reason -refused -part", 2),
    _T("truth", f"truth {_MOVED}/smile -let -make -thanks -delight", 1),
    _T("retakes", "retake times -photo -money", 1),
    _T("movements", "its-moves", 1),
    _T("slowness", "reason/ask slowness -photo -refused -quickness -when -lengthy -left", 1),
    _T("checker", "checker -photo", 1),
    _T("copy", "paper send ask", 2),
    # money
    _T("price", "paying"),
    _T("price", "money -restore -thanks -tears -delight", 0),
    _T("price", "money animate/animate.fin/make/animation/photo/video/its/you/can -thanks -tears -delight", 1),
    _T("price", "pricey its/can/will/animate"),
    # the way for a photo
    _T("code_life", "lasts/quickness code/link -refused"),
    _T("nophone", "nophone/need-phone", 2),
    _T("nointernet", "nointernet", 2),
    _T("signup", "signup"),
    _T("install", "install -clear -shake -not.shake", 2),
    _T("computer", "computer can/fits/how-goes -show -photo -video"),
    _T("how_long", "quickness -more -left -keeping", 0),
    _T("how_long", "lengthy -photo -video -you -ask", 0),
    _T("away", "away", 2),
    # what the video can be
    _T("undo", "undo -delete -clear -not.show -phone -send -photo -code -link -hello"),
    _T("gif", "gif -photo -animate"),
    _T("gif", "gif can/fits/download/will/format"),
    _T("wallpaper", "wallpaper", 0),
    _T("screen", "screen show/show.past/video/its/send/can/ask -photo"),
    _T("sound", "sound"),
    _T("sound", "music add/can/will/video"),
    _T("sound", "voice will/can/reason/its/person -let -make -say-again", weak=True),
    _T("colour", "paint -money", 0),
    _T("colour", "colour/paint photo/video/its/make/can/will/let -fits -money"),
    _T("restore", "restore -money -keeping", 0),
    _T("restore", "restore photo/video/its/can/will/make -money -keeping", 2),
    _T("restore", "clear torn", 2),
    _T("parts", "reason part still/not.live/not.live.fin/not.speak", 2),
    _T("parts", "reason part -make -let -photo", 1, weak=True),
    _T("parts", "part still/not.live.fin -let -make -send -code -link -button", 1),
    _T("movements", f"{_STILL} -let -make", 1),
    _T("livelier", "not.live.fin its/person/video/head/photo -reason -part -let -make -why", 1),
    _T("movements", "reason head not.live/not.live.fin -part", 1),
    _T("movements", f"reason {_UNMOVED}", 2),
    _T("edit", "edit -smile -live"),
    _T("edit", "young make -photo", 0),
    _T("shorter", "shorter -keeping"),
    _T("shorter", "short make -animate -photo", 0),
    _T("longer", "longer -keeping -reason"),
    _T("longer", "long make video -photo"),
    _T("slower", f"slower {_MOTION} -code -link"),
    _T("slower", f"fast too {_MOTION} -code -link -animate"),
    _T("slowly", f"slower/fast -make.fin -animate -quickness -ready {_NO_GESTURE}", 0),
    _T("calmer", "calmer -photo -animate -voice"),
    _T("calmer", "strong too -animate -photo -thanks -code", 0),
    _T("calmer", f"strong too {_MOTION} -animate -photo -code"),
    _T("calmer", "twitch -photo"),
    _T("calmer", "quieter live/turn/nod/smile/make -voice -sound", 0),
    _T("livelier", "livelier -animate"),
    _T("livelier", "weak live/live.fin/not.live/not.live.fin -animate"),
    _T("livelier", "weak smile -unhurried -animate"),
    _T("livelier", "weak too -animate -photo -show -ready", 0),
    _T("livelier", "quick let/live -ready -animate", 0),
    _T("length", "duration -keeping -money -quickness -wait"),
    _T("length", "long video will/ask/can -keeping -money -quickness -wait -make"),
    _T("format", "format", 0),
    _T("format", "format photo/video/fits/can"),
    _T("count", "count -keeping -money -person -animate"),
    _T("count", "count/several can animate -keeping -person -year"),
    _T("count", "several photo can -keeping -year -animate -person"),
    # which photos
    _T("animal", f"animal {_MARK}/not.animate"),
    _T("animal", "animal animate -photo"),
    _T("animal", f"animal let/make {'/'.join(MOVEMENT_WORDS)} -person -photo"),
    _T("animal", "animal can photo", weak=True),
    _T("copy", f"copy {_MARK}", 2),
    _T("statue", f"statue {_MARK}/not.animate", 2),
    _T("drawing", f"drawing {_MARK}/not.animate", 2),
    _T("drawing", "drawing/statue animate -photo -person"),
    _T("famous", f"famous {_MARK}/not.animate -mistake"),
    _T("childhood", "childhood -animate -keeping", 2),
    _T("childhood", "childhood can/fits", 2),
    _T("children", f"child {_MARK}/not.animate -mistake -adult -give", 1),
    _T("children", "grandchild can/fits/not.animate -mistake -adult -give -forbids", 1),
    _T("children", "minor-age can", 1),
    _T("children", "minor-age animate -photo", 2),
    _T("childhood", "dead minor-age/childhood -delete", 4),
    _T("dead", "dead can/fits -animate", 2),
    _T("dead", "dead can/animate.fin -photo -person", 2),
    _T("eyes", f"eyes {_MARK} -let -make", 2),
    _T("eyes", "eyes -let -make", 2, weak=True),
    _T("profile", f"profile {_MARK} -let -make {_NO_GESTURE}", 2),
    _T("profile", "profile photo/person/its -let -make", 2, weak=True),
    _T("covered", f"covered {_MARK} -let -make", 2),
    _T("covered", "covered photo/person/its -let -make", 2, weak=True),
    _T("full", f"full {_MARK}/photo", 2),
    _T("full", "full", 3, weak=True),
    _T("group", f"group {_MARK}/photo -animate -make", 2),
    _T("group", "group -animate", 2, weak=True),
    _T("torn", f"torn {_MARK}/photo -refused -why -reason", 2),
    _T("torn", "torn person/its -show", 2, weak=True),
    _T("old", "old can/fits -animate -send -make", 2),
    _T("old", "old animate.fin -make", 2),
    _T("old", "old photo", 2, weak=True),
    _T("old", "ordinal year photo", 2, weak=True),
    _T("photos", "which-photo -animate.past -reason -why -send"),
    _T("photos", "which-photo better"),
    _T("photos", "occasion photo can/fits -animate -send -person", 0),
    _T("photos", "fits photo ask -reason -why"),
    # what becomes of a photo
    _T("privacy", "hand-over you photo/data/its/video -show.past"),
    _T("privacy", "outsiders show/show.fin/not.show/not.show.fin/theft -animate -other"),
    _T("privacy", "theft photo/its/data/video"),
    _T("purpose", "purpose you photo/video/data/its/with-it/person"),
    _T("privacy", "worried photo/video/its/data -show", 2),
    _T("purpose", "purpose photo you", 3),
    _T("keep", "keeping you its/photo/video -not.delete"),
    _T("keep", "own-keep", 2),
    _T("keep", "another-day show can/will -send -photo", 1),
    _T("keep", "stored ask/will/you/its -save"),
    _T("keep", "keeping forever its/photo/video -not.delete -clear"),
    # the skill itself
    _T("maker", "maker", 0),
    _T("robot", "with-whom", 0),
    _T("robot", "robot you/voice -animate -animation -make -live.photo -photo -video"),
    _T("computer", "computer -animate -make -show", 2, weak=True),
    _T("method", "meaning animate/animate.fin/live.fin", 2),
    _T("method", "method", 0),
    _T("method", "technique its/you/photo/video/animate/animate.fin", 1),
    _T(SIMPLY, "puzzled", 0),
)
RULES: Final[tuple[TopicRule, ...]] = _RULES
# topics that examples teach as well, and no intent of a platform has
_TAUGHT: Final = frozenset({"relatives_against", "delete_part", "delete_copies", "crop"})
TOPICS: Final = frozenset(rule.topic for rule in RULES) - CHANGES - TRUST - {SLOWLY, SIMPLY, HOW_LONG} - _TAUGHT
"""Topics of QUESTION that rules find; `classifier.example_topics` has the others."""
