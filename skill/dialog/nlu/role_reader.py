"""Movements of several people in one phrase: «левый улыбнётся, а правый подмигнёт»."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pipeline.limits import FROM_RIGHT, PLACE_PATTERN
from pipeline.motion.roles import Role
from skill.camera_words import camera_of
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.corrections import corrected_place
from skill.dialog.nlu.faces import face_of
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.morphology import Word, read

BY_PLACE: Final = "by_place"
"""Topic of a question: each of several people is asked for a movement by who they are, which nobody here knows."""
_PRONOUNS: Final[Mapping[str, str]] = MappingProxyType({"он": "masc", "она": "femn"})
_SIDES: Final = {"left": "1", "right": f"{FROM_RIGHT}1"}


def read_roles(phrase: Heard) -> tuple[str, ...]:
    """The movements with the place of whom each is meant for, as `parse_role` reads them.

    Args:
        phrase: What was heard.

    Returns:
        Nothing unless two people or more are named by their places, and each is asked for a movement of an own.
    """
    if not _may_be_shared(phrase):
        return ()
    roles: list[Role] = []
    for clause in _split(phrase.words, _names_place):
        heard = hear(clause)
        face = face_of(heard, answering=False) or ""
        place = _SIDES.get(face, face)
        if not heard.gestures or not _is_place(place):
            return ()
        roles += [Role(one, "" if camera_of(one) else place) for one in heard.gestures]
    return tuple(map(str, roles)) if len({role.place for role in roles if role.place}) > 1 else ()


def names_by_kinship(phrase: Heard) -> bool:
    """Whether people are named by who they are, each with another movement: «мама улыбнётся, папа кивнёт», «она
    улыбнётся, он подмигнёт»."""
    if not _may_be_shared(phrase):
        return False
    clauses = [clause for clause in _split(phrase.words, _names_person) if hear(clause).gestures]
    named = [(person, hear(clause).gestures) for clause in clauses if (person := _person(clause))]
    return _are_several([person for person, _ in named]) and len({gestures for _, gestures in named}) > 1


def _may_be_shared(phrase: Heard) -> bool:
    """Whether there are several movements, none of them denied, and no place is taken back."""
    denied = any(concept.startswith("not.") for concept in phrase.concepts)
    return len(phrase.gestures) > 1 and not denied and corrected_place(phrase.words) == phrase.words


def _split(words: Sequence[str], begins: Callable[[Word], bool]) -> Iterator[list[Word]]:
    """The clauses: each begins at a word that names somebody, once the one before has a movement."""
    clause: list[Word] = []
    for word in map(read, words):
        if begins(word) and hear(clause).gestures:
            yield clause
            clause = []
        clause.append(word)
    yield clause


def _names_place(word: Word) -> bool:
    return word.ordinal is not None or bool(hear([word]).concepts & {"at-left", "at-right"})


def _names_person(word: Word) -> bool:
    return word.name or word.text in _PRONOUNS or bool(word.keys & PEOPLE)


def _person(clause: Sequence[Word]) -> Word | None:
    """The first word that names somebody."""
    return next((word for word in clause if _names_person(word)), None)


def _are_several(people: Sequence[Word]) -> bool:
    """Whether the words can't be of one person: «мама … она …» may be, «мама … папа …» and «она … он …» are not."""
    nouns = {word.keys for word in people if word.text not in _PRONOUNS}
    pronouns = {_PRONOUNS[word.text] for word in people if word.text in _PRONOUNS}
    genders = {word.gender for word in people if word.text not in _PRONOUNS}
    return len(nouns) > 1 or len(pronouns) > 1 or bool(nouns and pronouns and not pronouns & {*genders, ""})


def _is_place(place: str) -> bool:
    return re.fullmatch(PLACE_PATTERN, place) is not None
