"""Concepts of a phrase, with what is denied («не удаляй») and what is told as past («ожила») set apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from skill.dialog.nlu.gesture_reader import BORDERS as GESTURE_BORDERS
from skill.dialog.nlu.gesture_reader import Span, read_gestures
from skill.dialog.nlu.lexicon import ACTIONS, BORDERS, GAPS, LETS, LEXICON, PEOPLE, WISHES
from skill.dialog.nlu.morphology import Word, bare_verb, read
from skill.dialog.nlu.numerals import numbers
from skill.gesture_words import OWN_SIDES, SIDES, TO_VIEWER
from skill.missing_movements import MISSING
from skill.story_words import MOVEMENT_WORDS

_DENIALS = frozenset({"не", "ни", "без"})
_WAS = frozenset({"был", "была", "было", "были", "бывал", "бывала"})
_TURNED = frozenset({*MOVEMENT_WORDS, *MISSING})  # whose two words stand in any order
_SOMEBODY = frozenset({"он", "она", "они"})
_ASIDE = frozenset({"turn", "tilt", "look"})
_YEARS = frozenset({"класс", "курс"})
_WHOM = frozenset({"мне", "ей", "ему", "им"})
_REACH = 3  # «не» denies an action at most this many words on: «не хочу её удалять» is another matter


class _Expression(NamedTuple):
    """One expression of the lexicon."""

    words: tuple[str, ...]
    """Its words in dictionary forms."""

    concept: str
    """The concept that it stands for."""


class _Match(NamedTuple):
    """A place of a phrase where an expression was found."""

    concepts: frozenset[str]
    """Concepts of the expressions that fit there; several for a single word."""

    first: int
    """Place of its first word."""

    end: int
    """Place after its last word."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase as concepts, before it is known what they make together."""

    concepts: frozenset[str]
    """All that were found. A denied action is «not.<action>», one told as past «<action>.past»; one in the present or
    future has «<action>.fin» besides."""

    gestures: tuple[str, ...]
    """Gestures that are wished for, in the order said, spelled as `parse_gesture` reads them."""

    strangers: int
    """How much else was said: 1 for a word that means nothing to this skill, 2 for such a verb."""

    numbers: tuple[int, ...]
    """Cardinal numbers that were said."""

    ordinals: tuple[int, ...]
    """Ordinal numbers that were said, 1 … 20."""

    words: tuple[str, ...]
    """The words themselves, lower case, ё as е."""

    rest: frozenset[int] = frozenset()
    """Places of the content words that stand for nothing."""


def hear(phrase: Sequence[Word]) -> Heard:
    """The concepts of a phrase, whose words are those of `morphology.read`."""
    return _hear(tuple(word.text for word in phrase))


@lru_cache(maxsize=32)  # a phrase and its clauses are asked for more than once
def _hear(said: tuple[str, ...]) -> Heard:
    phrase = [read(word) for word in said]
    matches = _sided(_matches(phrase))
    meanings = _meanings(phrase, matches)
    found = {place for match in matches for place in range(match.first, match.end)}
    places = [place for place, word in enumerate(phrase) if place not in found and not word.soft]
    rest = [phrase[place] for place in places]
    return Heard(
        concepts=frozenset[str]().union(*meanings, _from_words(phrase, rest)),
        gestures=read_gestures(_spans(phrase, matches, meanings)),
        strangers=sum(strangeness(word) for word in rest),
        numbers=tuple(number for _, number in numbers(phrase)),
        ordinals=_ordinals(phrase),
        words=tuple(word.text for word in phrase),
        rest=frozenset(places),
    )


def _sided(matches: Sequence[_Match]) -> list[_Match]:
    """«посмотри направо» is a look of the person on the photo, «посмотри видео» is not; «подмигни левым» is no face."""
    if not any(match.concepts & SIDES.keys() - {TO_VIEWER} for match in matches):
        return list(matches)
    sided = {words.beside_side: name for name, words in MOVEMENT_WORDS.items() if words.beside_side}
    found = [frozenset(sided.get(concept, concept) for concept in match.concepts) for match in matches]
    wished = any(concepts & MOVEMENT_WORDS.keys() for concepts in found)
    aside = any(concepts & _ASIDE for concepts in found)  # «поверни голову чуть левее» is no face
    return [
        match._replace(concepts=concepts - {"at-left", "at-right"} if own else concepts)
        for match, concepts in zip(matches, found, strict=True)
        for own in [(wished and concepts & OWN_SIDES) or (aside and concepts & {"to-left", "to-right"})]
    ]


def _spans(phrase: Sequence[Word], matches: Sequence[_Match], meanings: Sequence[frozenset[str]]) -> tuple[Span, ...]:
    """The expressions with the numbers of their clauses."""
    borders = [place for place, word in enumerate(phrase) if word.text in GESTURE_BORDERS]
    return tuple(
        Span(meaning, sum(border < match.first for border in borders))
        for match, meaning in zip(matches, meanings, strict=True)
    )


def _meanings(phrase: Sequence[Word], matches: Sequence[_Match]) -> list[frozenset[str]]:
    """The concepts of each match, marked as denied or past; nothing is past where something is wished for."""
    denied = _denied(phrase, matches)
    wished = any(word.keys & WISHES and not word.past for word in phrase)
    return [
        frozenset(
            mark
            for concept in match.concepts
            for mark in _marked(concept, _verb(phrase[match.first : match.end]), denied=at in denied, wished=wished)
        )
        for at, match in enumerate(matches)
    ]


def _from_words(phrase: Sequence[Word], rest: Sequence[Word]) -> frozenset[str]:
    """Concepts that no expression has: of names, numbers, verbs that are not known, and of whom something is for."""
    found = {
        "person": any(word.name for word in rest),
        "no": bool(phrase) and phrase[-1].text == "не",
        "number": any(word.cardinal is not None for word in phrase),
        "ordinal": bool(_ordinals(phrase)),
        "whom": any(word.text in _WHOM for word in phrase),
        "strange-verb": any(word.finite for word in rest),
    }
    if any(word.dative and (word.keys & PEOPLE or word.name) for word in phrase):
        found |= {"whom": True, "to-person": True}
    return frozenset(name for name, there in found.items() if there)


def _ordinals(phrase: Sequence[Word]) -> tuple[int, ...]:
    """Places in a row of people; «во втором классе» is none."""
    after = (*(word.keys for word in phrase[1:]), frozenset[str]())
    return tuple(
        word.ordinal
        for word, then in zip(phrase, after, strict=False)
        if word.ordinal is not None and not then & _YEARS
    )


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[_Expression, ...]]:
    """First word → its expressions, the longest first."""
    index: dict[str, list[_Expression]] = {}
    for concept, table in LEXICON.items():
        for text in table.split(","):
            words = tuple(text.replace("ё", "е").split())
            orders = {words, words[::-1]} if concept in _TURNED and len(words) == 2 else {words}
            for order in orders:  # «глазами похлопай», «похлопай глазами»
                index.setdefault(order[0], []).append(_Expression(order, concept))
    return {first: tuple(sorted(group, key=lambda one: -len(one.words))) for first, group in index.items()}


def _expressions_at(phrase: Sequence[Word], place: int) -> list[tuple[_Expression, int]]:
    """The expressions that may begin at a place, each with the place after it, 0 where the rest of it is not there."""
    word, index = phrase[place], _index()
    starting = {one for key in word.keys for one in index.get(key, ())}
    if starting:
        return [(one, _end(phrase, place, one.words)) for one in starting]
    bare = {one for key in bare_verb(word) for one in index.get(key, ()) if len(one.words) == 1}
    return [(one, place + 1) for one in bare if one.concept in MOVEMENT_WORDS]  # «заморгает»


def _matches(phrase: Sequence[Word]) -> list[_Match]:
    """From the left, the longest expression at each place; single words have all their concepts."""
    found: list[_Match] = []
    place = 0
    while place < len(phrase):
        ends = _expressions_at(phrase, place)
        longest = max((len(one.words) for one, stop in ends if stop), default=0)
        end = max((stop for one, stop in ends if stop and len(one.words) == longest), default=0)
        if end:
            meant = {one.concept for one, stop in ends if stop and len(one.words) == longest}
            found.append(_Match(frozenset(meant), place, end))
        place = end or place + 1
    return found


def _end(phrase: Sequence[Word], start: int, expression: tuple[str, ...]) -> int:
    """The place after the expression's last word, 0 where it is not there."""
    place = start
    for number, wanted in enumerate(expression):
        while number and place < len(phrase) and wanted not in phrase[place].keys and phrase[place].text in GAPS:
            place += 1
        if number == 1 and expression[0] in LETS and place < len(phrase) and _is_somebody(phrase[place]):
            place += wanted not in phrase[place].keys  # «пусть бабушка подумает»
        if place >= len(phrase) or wanted not in phrase[place].keys:
            return 0
        place += 1
    return place


def _is_somebody(word: Word) -> bool:
    return word.text in _SOMEBODY or bool(word.keys & PEOPLE)


def _denied(phrase: Sequence[Word], matches: Sequence[_Match]) -> frozenset[int]:
    """Places of the matches that are denied: of the one after «не», and of all after «не надо» to the clause's end;
    where nothing follows it, of the one before («удалять не надо»)."""
    denied: set[int] = set()
    for place, match in enumerate(matches):
        if "neednot" in match.concepts:
            after = _clause(phrase, matches, place)
            acts = [other for other in after if matches[other].concepts & ACTIONS]
            denied.update(acts or _before(phrase, matches, place))
    for place, word in enumerate(phrase):
        inside = any(match.first <= place < match.end and match.end - match.first > 1 for match in matches)
        if word.text in _DENIALS and not inside:
            near = (at for at, match in enumerate(matches) if 0 < match.first - place <= _REACH and _acts(match))
            denied.update(islice(near, 1))
            if phrase[place + 1 : place + 2] and phrase[place + 1].text in _WAS:  # «весёлым сроду не был»
                denied.update(_moved_before(matches, place))
    return frozenset(denied)


def _moved_before(matches: Sequence[_Match], place: int) -> list[int]:
    """The movement that is spoken of shortly before a place."""
    near = [at for at, match in enumerate(matches) if 0 < place - match.first <= _REACH]
    return [at for at in near[-1:] if matches[at].concepts & MOVEMENT_WORDS.keys()]


def _acts(match: _Match) -> bool:
    return bool(match.concepts & ACTIONS)


def _clause(phrase: Sequence[Word], matches: Sequence[_Match], place: int) -> list[int]:
    """The matches after this one, up to a word that begins another thought."""
    begins = (at for at in range(matches[place].end, len(phrase)) if phrase[at].text in BORDERS)
    border = next(begins, len(phrase))
    return [other for other in range(place + 1, len(matches)) if matches[other].first < border]


def _before(phrase: Sequence[Word], matches: Sequence[_Match], place: int) -> list[int]:
    """The nearest action before, unless it is an order itself."""
    for other in range(place - 1, -1, -1):
        if _acts(matches[other]):
            return [] if phrase[matches[other].first].imperative else [other]
    return []


def _verb(span: Sequence[Word]) -> Word:
    """The word of an expression that has a tense, or its first."""
    return next((word for word in span if word.past or word.finite), span[0])


def strangeness(word: Word) -> int:
    """The weight of a content word that stands for nothing: that of a verb is greater than that of a thing."""
    if word.name or word.cardinal is not None or word.ordinal is not None:
        return 0
    return 2 if word.finite else 1


def _marked(concept: str, word: Word, *, denied: bool, wished: bool) -> Iterable[str]:
    if concept not in ACTIONS:
        return (concept,)
    marked = f"not.{concept}" if denied else f"{concept}.past" if word.past and not wished else concept
    return (marked, f"{marked}.fin") if word.finite and not wished else (marked,)
