"""A phrase → the concepts in it, with what is denied («не удаляй») and what is told as past («ожила») set apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from skill.dialog.nlu.lexicon import ACTIONS, BORDERS, GAPS, GESTURES, LEXICON, WISHES
from skill.dialog.nlu.morphology import Word
from skill.dialog.nlu.numerals import numbers

_DENIALS = frozenset({"не", "ни", "без"})
_WHOM = frozenset({"мне", "ей", "ему", "им"})
_REACH = 3  # «не» denies an action at most this many words on: «не хочу её удалять» is another matter
_DIRECTIONS = ("to-left", "to-right", "at-left", "at-right")


class _Expression(NamedTuple):
    words: tuple[str, ...]
    concept: str


class _Match(NamedTuple):
    concepts: frozenset[str]
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Heard:
    """`concepts`: all that were met; a denied action is «not.<action>», one told as past «<action>.past», one in the
    present or future «<action>.fin» besides. `gestures`: in the order said, wished ones only. `strangers`: content
    words that mean nothing to this skill. `numbers`, `ordinals`: those said."""

    concepts: frozenset[str]
    gestures: tuple[str, ...]
    strangers: int
    numbers: tuple[int, ...]
    ordinals: tuple[int, ...]
    words: tuple[str, ...]


def hear(phrase: Sequence[Word]) -> Heard:
    matches = _matches(phrase)
    denied = _denied(phrase, matches)
    wished = any(word.keys & WISHES and not word.past for word in phrase)
    if any(match.concepts & {"to-left", "to-right"} for match in matches):
        matches = [_looking(match) for match in matches]
    concepts: set[str] = set()
    shown: list[tuple[str, ...]] = []
    for place, match in enumerate(matches):
        tense = _verb(phrase[match.first : match.end])
        marked = {_marked(concept, tense, denied=place in denied, wished=wished) for concept in match.concepts}
        shown.append(tuple(sorted(marked)))
        concepts |= marked
        if tense.finite and not wished:
            concepts |= {f"{concept}.fin" for concept in marked if concept.removeprefix("not.") in ACTIONS}
    met = {place for match in matches for place in range(match.first, match.end)}
    rest = [word for place, word in enumerate(phrase) if place not in met and not word.soft]
    if any(word.name for word in rest):
        concepts.add("person")
    if phrase and phrase[-1].text == "не":
        concepts.add("no")
    counted = tuple(number for _, number in numbers(phrase))
    ordinals = tuple(word.ordinal for word in phrase if word.ordinal is not None)
    whom = any(word.text in _WHOM or (word.dative and word.keys & _people()) for word in phrase)
    concepts |= {name for name, met in (("number", counted), ("ordinal", ordinals), ("whom", whom)) if met}
    return Heard(
        concepts=frozenset(concepts),
        gestures=_gestures(shown),
        strangers=sum(_strange(word) for word in rest),
        numbers=counted,
        ordinals=ordinals,
        words=tuple(word.text for word in phrase),
    )


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[_Expression, ...]]:
    """First word → its expressions, the longest first."""
    index: dict[str, list[_Expression]] = {}
    for concept, table in LEXICON.items():
        for text in table.split(","):
            expression = _Expression(tuple(text.replace("ё", "е").split()), concept)
            index.setdefault(expression.words[0], []).append(expression)
    return {first: tuple(sorted(group, key=lambda one: -len(one.words))) for first, group in index.items()}


@lru_cache(maxsize=1)
def _people() -> frozenset[str]:
    return frozenset(word.strip() for word in LEXICON["person"].split(","))


def _matches(phrase: Sequence[Word]) -> list[_Match]:
    """From the left, the longest expression at each place; single words have all their concepts."""
    index = _index()
    found: list[_Match] = []
    place = 0
    while place < len(phrase):
        starting = {one for key in phrase[place].keys for one in index.get(key, ())}
        ends = [(one, _end(phrase, place, one.words)) for one in starting]
        longest = max((len(one.words) for one, stop in ends if stop), default=0)
        end = max((stop for one, stop in ends if stop and len(one.words) == longest), default=0)
        if end:
            meant = {one.concept for one, stop in ends if stop and len(one.words) == longest}
            found.append(_Match(frozenset(meant), place, end))
        place = end or place + 1
    return found


def _end(phrase: Sequence[Word], start: int, expression: tuple[str, ...]) -> int:
    """The place after the expression's last word, 0 where it is not met."""
    place = start
    for number, wanted in enumerate(expression):
        while number and place < len(phrase) and wanted not in phrase[place].keys and phrase[place].text in GAPS:
            place += 1
        if place >= len(phrase) or wanted not in phrase[place].keys:
            return 0
        place += 1
    return place


def _denied(phrase: Sequence[Word], matches: Sequence[_Match]) -> frozenset[int]:
    """Which matches are denied: the one after «не», and all after «не надо» to the clause's end; where nothing follows
    it, the one before («удалять не надо»)."""
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
    return frozenset(denied)


def _looking(match: _Match) -> _Match:
    """«посмотри направо» is a turn of the head, «посмотри видео» is not."""
    return match._replace(concepts=match.concepts - {"show"} | {"turn"}) if "show" in match.concepts else match


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


def _strange(word: Word) -> int:
    """A verb that tells of something else weighs more than a thing."""
    if word.name or word.cardinal is not None or word.ordinal is not None:
        return 0
    return 2 if word.finite else 1


def _marked(concept: str, word: Word, *, denied: bool, wished: bool) -> str:
    if concept not in ACTIONS:
        return concept
    if denied:
        return f"not.{concept}"
    return f"{concept}.past" if word.past and not wished else concept


def _gestures(shown: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """A turn goes where the words say, to the left where they say nothing."""
    sides = [side for concepts in shown for side in _DIRECTIONS if side in concepts]
    exact = [side for side in sides if side.startswith("to-")] or sides
    found: list[str] = []
    for concepts in shown:
        for gesture in GESTURES:
            if gesture not in concepts:
                continue
            found += [f"turn-{side[3:]}" for side in exact or ["to-left"]] if gesture == "turn" else [gesture]
    return tuple(dict.fromkeys(found))
