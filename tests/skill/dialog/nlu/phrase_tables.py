"""The phrase tables: phrase, intent, slots and what had just been asked, tab between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill.dialog.nlu import sentence_encoder
from skill.dialog.nlu.misheard import correct
from skill.dialog.nlu.morphology import split_words
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.understand import Intent, Understood, understand

FOLDER = Path(__file__).parent
AT_ONCE = 128
"""Phrases whose vectors are computed in one go: each by itself costs up to ten times as much."""
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


def encode_ahead(texts: Sequence[str]) -> None:
    """Compute the vectors of at most 1024 phrases, those that are not kept yet, which `understand` then finds."""
    said = [one for text in texts if (one := correct(split_words(text))) not in sentence_encoder._recent]
    for at in range(0, len(said), AT_ONCE):
        sentence_encoder.encode_all(said[at : at + AT_ONCE])


def understood(
    phrases: Sequence[Phrase], *, expecting: str | None = None, form: str = "{}"
) -> Iterator[tuple[Phrase, Understood]]:
    """Each phrase, and what is understood of it.

    Args:
        phrases: the phrases.
        expecting: what had just been asked; None: what the table says.
        form: what is said, with {} in place of the phrase.
    """
    for at in range(0, len(phrases), AT_ONCE):
        some = phrases[at : at + AT_ONCE]
        encode_ahead([form.format(one.text) for one in some])
        for one in some:
            asked = one.expecting if expecting is None else expecting
            yield one, understand(form.format(one.text), expecting=asked)


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
