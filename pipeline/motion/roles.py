"""Roles: one movement for each face of a photo. `1@smile` is a smile of the first from the left, `right-1@wink` a wink
of the first from the right, `2@doze` a story of the second; a gesture without a place is everybody's.

Free of numpy, as the table of the gestures is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.errors import MotionError
from pipeline.limits import FROM_RIGHT, PLACE_PATTERN, PRESETS
from pipeline.motion.gesture_wish import parse_gesture, spell_pattern

_MARK: Final = "@"


@dataclass(frozen=True, slots=True)
class Role:
    """A movement and whose it is. Its text is what `parse_role` reads."""

    movement: str
    """A gesture as `parse_gesture` reads it; with a place also one of PRESETS."""
    place: str = ""
    """A number from 1 at the picture's left, or "right-2"; empty for everybody who moves."""

    def __str__(self) -> str:
        return f"{self.place}{_MARK}{self.movement}" if self.place else self.movement

    def is_of(self, number: int, count: int) -> bool:
        """Whether it is the role of the face `number` of `count`, counted from 1 at the left."""
        return not self.place or number == _count_from_left(self.place, count)


@dataclass(frozen=True, slots=True)
class Part:
    """All that one face does."""

    story: str = ""
    """One of PRESETS; empty where there is none, or where gestures take its place."""
    gestures: tuple[str, ...] = ()
    """Gestures in their order."""


def parse_role(text: str) -> Role:
    """Read a gesture, or a place and a gesture or a story.

    Raises:
        MotionError: There is no such place or movement; says what there is.
    """
    place, mark, movement = text.rpartition(_MARK)
    if mark and not re.fullmatch(PLACE_PATTERN, place):
        raise MotionError(f"no place named {place!r} before {_MARK}; there are numbers from 1, and right-1")
    if mark and movement in PRESETS:
        return Role(movement, place)
    return Role(str(parse_gesture(movement)), place)


def cast_face(texts: Iterable[str], number: int, count: int) -> Part:
    """Gather what one face does.

    Args:
        texts: The roles of all faces.
        number: The face's, counted from 1 at the left of the picture.
        count: Faces on the picture.

    Raises:
        MotionError: As `parse_role`.
    """
    mine = [role.movement for role in map(parse_role, texts) if role.is_of(number, count)]
    gestures = tuple(dict.fromkeys(one for one in mine if one not in PRESETS))
    stories = [one for one in mine if one in PRESETS]
    return Part(stories[-1] if stories and not gestures else "", gestures)


def split_parts(texts: Sequence[str]) -> tuple[Part, ...]:
    """Every part that some face may have, whoever is on the photo: to see whether each fits into a clip.

    Raises:
        MotionError: As `parse_role`.
    """
    roles = [parse_role(text) for text in texts]
    places = dict.fromkeys(role.place for role in roles)
    parts = []
    for place in places:
        mine = [role.movement for role in roles if role.place in {"", place}]
        gestures = tuple(one for one in mine if one not in PRESETS)
        parts.append(Part("" if gestures else mine[-1], gestures))
    return tuple(dict.fromkeys(parts)) or (Part(),)


def name_faces(texts: Sequence[str]) -> str | None:
    """The choice of faces that roles make by themselves, "1,right-1"; None where a gesture is everybody's."""
    places = dict.fromkeys(parse_role(text).place for text in texts)
    return ",".join(places) if places and "" not in places else None


def spell_role_pattern() -> str:
    """A regular expression of every role in the order in which `str` writes it, without anchors."""
    return f"(({PLACE_PATTERN}{_MARK})?{spell_pattern()}|{PLACE_PATTERN}{_MARK}({'|'.join(PRESETS)}))"


def _count_from_left(place: str, count: int) -> int:
    number = int(place.removeprefix(FROM_RIGHT))
    return count + 1 - number if place.startswith(FROM_RIGHT) else number
