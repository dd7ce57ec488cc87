"""Meaning of a phrase: by the platform's intents where they came, else by our own grammar."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import split_words
from skill.dialog.nlu.platform_intents import prefer_platform
from skill.dialog.nlu.slots import read_phrase

__all__ = ["Intent", "Understood", "understand", "warm"]

_NO_PLATFORM: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def understand(
    text: str, *, platform: Mapping[str, Mapping[str, str]] = _NO_PLATFORM, expecting: str = ""
) -> Understood:
    """The meaning of a phrase. Deterministic; any string is answered.

    Args:
        text: the platform's normalised command, or the words as they were said.
        platform: the intents that the platform recognised, name → slots. They win over our own reading, which then only
            fills the slots, but never over a denial that we heard.
        expecting: the `Stake` of the question that the skill has just asked, empty for none. It settles what would be
            ambiguous, and how much a yes needs.
    """
    said = correct(split_words(text))
    return prefer_platform(read_phrase(said, expecting), platform, said, expecting)


def warm() -> None:
    """Load the dictionary and build the tables, before the first phrase: 0.6 s, 35 MiB."""
    understand("Алиса, ожыви фото и пусть улыбнётся")
    understand("бормочет что-то своё")
