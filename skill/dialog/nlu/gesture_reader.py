"""Movements of a phrase, a gesture with its side, count and manner: «медленно кивни и два раза подмигни левым глазом».

A story («сделай нежность») and a way of the camera («приблизь камеру») are read like a gesture that takes no details.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

from pipeline.motion.gesture_wish import GestureWish
from pipeline.motion.gestures import GESTURES
from skill.gesture_words import SIDES
from skill.manner_words import AFTER, COUNTS, FIRST, MANNERS
from skill.story_words import MOVEMENT_WORDS, WHOLE_WORDS

# a detail after one of these belongs to what follows
BORDERS: Final = frozenset(["и", "а", "но", "потом", "затем", "сначала", "также", "тоже", "после"])

_ONE_EYED: Final = MappingProxyType({"blink": "wink", "close-eyes": "wink"})
"""Gestures of both eyes → that of the one eye that is named with them: «моргни левым глазом»."""
_EYES: Final = frozenset({"left-eye", "right-eye"})


class Span(NamedTuple):
    """An expression of a phrase."""

    concepts: frozenset[str]
    """Its concepts, with the marks of what is denied or past."""

    clause: int
    """Number of the clause that it stands in, from 0."""


@dataclass(slots=True)
class _Spoken:
    """A gesture as it is spoken of, with the details that were found for it."""

    name: str
    """One of MOVEMENT_WORDS."""

    denied: bool
    """Whether it is not to be made."""

    details: set[str] = field(default_factory=set)
    """Concepts of sides, counts and manners."""

    sides: list[str] = field(default_factory=list)
    """Sides, in the order said."""


def read_gestures(spans: Sequence[Span]) -> tuple[str, ...]:
    """The movements that are wished for, in the order said; gestures spelled as `parse_gesture` reads them."""
    spoken: list[_Spoken] = []
    loose: list[str] = []  # details that were said before their gesture
    turned = swapped = 0  # where the order of movements is not that of the words
    for _, clause in groupby(spans, key=lambda span: span.clause):
        begun = False
        for span in clause:
            if FIRST in span.concepts and spoken:
                turned = len(spoken)
            swapped |= AFTER in span.concepts and not spoken
            for name, denied in _names(span.concepts):
                if not (begun and (spoken[-1].name, spoken[-1].denied) == (name, denied)):  # «поверни голову влево»
                    spoken.append(_Spoken(name, denied))
                begun = True
            if begun:
                details = [*loose, *_details(span.concepts)]
                # «два раза моргни один раз кивни»: a second count is of the next movement
                loose = [one for one in details if one in COUNTS and spoken[-1].details & COUNTS.keys()]
                _give(spoken[-1], (one for one in details if one not in loose))
            else:
                loose += _details(span.concepts)
        if spoken and loose:
            _give(spoken[-1], loose)
            loose = []
    if swapped and len(spoken) > 1:
        spoken[:2] = spoken[1::-1]
    spoken = spoken[turned:] + spoken[:turned]
    return tuple(dict.fromkeys(wish for one in spoken if not one.denied for wish in _spell(one)))


def plain(gestures: Iterable[str]) -> tuple[str, ...]:
    """The gestures without strength and speed: of a complaint about a movement only the movement is meant."""
    parts = (one.split(":") for one in gestures)
    names = (":".join(part for part in words if "." not in part and part not in ("slow", "fast")) for words in parts)
    return tuple(dict.fromkeys(names))


def _names(concepts: frozenset[str]) -> list[tuple[str, bool]]:
    """The gestures of an expression, each with whether it is denied."""
    return [(name, f"not.{name}" in concepts) for name in MOVEMENT_WORDS if concepts & {name, f"not.{name}"}]


def _details(concepts: frozenset[str]) -> list[str]:
    return [concept for concept in (*SIDES, *COUNTS, *MANNERS) if concept in concepts]


def _give(spoken: _Spoken, details: Iterable[str]) -> None:
    """Add the details that this gesture takes."""
    for detail in details:
        if detail in _EYES:
            spoken.name = _ONE_EYED.get(spoken.name, spoken.name)
        side = SIDES[detail][0] if detail in SIDES else ""
        if spoken.name in GESTURES and side in GESTURES[spoken.name].sides and side not in spoken.sides:
            spoken.sides.append(side)
        spoken.details.add(detail)


def _spell(spoken: _Spoken) -> Iterable[str]:
    return (spoken.name,) if spoken.name in WHOLE_WORDS else map(str, _wishes(spoken))


def _wishes(spoken: _Spoken) -> Iterable[GestureWish]:
    """One wish for each side that was said."""
    count = next((int(detail[0]) for detail in COUNTS if detail in spoken.details), 1)
    manners = [MANNERS[detail] for detail in MANNERS if detail in spoken.details]
    strength = next((manner.strength for manner in manners if manner.strength != 1.0), 1.0)
    speed = next((manner.speed for manner in manners if manner.speed), "")
    for side in spoken.sides or ("",):
        yield GestureWish(spoken.name, side, count if GESTURES[spoken.name].beat else 1, strength, speed)
