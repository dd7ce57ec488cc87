"""Phrases as people put them, by meaning: what the rules do not know is taken like what it is most like among these.

They are the lines of `examples.tsv`: setting of a phrase (a stage of the conversation, or the question that it answers;
empty for any time), meaning, phrase.
A meaning is an intent with its slots, written as `Understood` has them. There is no yes among them: what agrees to
something is decided in `yes_no` alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

_FILE: Final = Path(__file__).with_name("examples.tsv")


class Example(NamedTuple):
    """A phrase whose meaning is known."""

    setting: str
    """The `Stage` at which it is said, or the `Stake` of the question that it answers; empty for any time."""

    meaning: str
    """Intent and slots: «send how=code»."""

    text: str
    """The phrase as it is spoken: lower case, no marks."""


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """All of them, in the order of the file."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(Example(*line.split("\t")) for line in lines)
