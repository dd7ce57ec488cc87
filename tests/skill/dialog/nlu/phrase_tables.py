"""The phrase tables: phrase, intent, slots and what had just been asked, tab between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.understand import Intent, Understood

FOLDER = Path(__file__).parent
YES_NO = [stake.value for stake in Stake if stake is not Stake.FACE]


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    meant: Understood
    expecting: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.expecting})" if self.expecting else self.text


def table(name: str) -> list[Phrase]:
    """The phrases of a file beside this one."""
    return list(_phrases((FOLDER / name).read_text(encoding="utf-8")))


def _phrases(text: str) -> Iterator[Phrase]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            said, intent, slots, expecting = (*line.split("\t"), "", "")[:4]
            for stake in YES_NO if expecting == "yes_no" else expecting.split() or [""]:
                yield Phrase(said, meaning(intent, slots), stake)


def meaning(intent: str, slots: str) -> Understood:
    """`slots`: «face=left gestures=smile+nod»."""
    named = dict(slot.split("=") for slot in slots.split())
    gestures = named.pop("gestures", "")
    age = named.pop("age", None)
    return Understood(
        Intent(intent),
        gestures=tuple(filter(None, gestures.split("+"))),
        age=int(age) if age else None,
        **named,
    )
