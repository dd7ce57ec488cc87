"""Movements of several people in one phrase: «левый улыбнётся, а правый подмигнёт»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.limits import FROM_RIGHT, PLACE_PATTERN
from pipeline.motion.roles import Role
from skill.camera_words import camera_of
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.corrections import corrected_place
from skill.dialog.nlu.faces import face_of
from skill.dialog.nlu.morphology import Word, read

_SIDES: Final = {"left": "1", "right": f"{FROM_RIGHT}1"}


def read_roles(phrase: Heard) -> tuple[str, ...]:
    """The movements with the place of whom each is meant for, as `parse_role` reads them.

    Args:
        phrase: What was heard.

    Returns:
        Nothing unless two people or more are named by their places, and each is asked for a movement of an own.
    """
    denied = any(concept.startswith("not.") for concept in phrase.concepts)
    if len(phrase.gestures) < 2 or denied or corrected_place(phrase.words) != phrase.words:
        return ()
    roles: list[Role] = []
    for clause in _split(phrase.words):
        heard = hear(clause)
        face = face_of(heard, answering=False) or ""
        place = _SIDES.get(face, face)
        if not heard.gestures or not _is_place(place):
            return ()
        roles += [Role(one, "" if camera_of(one) else place) for one in heard.gestures]
    return tuple(map(str, roles)) if len({role.place for role in roles if role.place}) > 1 else ()


def _split(words: Sequence[str]) -> Iterator[list[Word]]:
    """The clauses: each begins at a place, once the one before has a movement."""
    clause: list[Word] = []
    for word in map(read, words):
        if _names_place(word) and hear(clause).gestures:
            yield clause
            clause = []
        clause.append(word)
    yield clause


def _names_place(word: Word) -> bool:
    return word.ordinal is not None or bool(hear([word]).concepts & {"at-left", "at-right"})


def _is_place(place: str) -> bool:
    return re.fullmatch(PLACE_PATTERN, place) is not None
