"""Phrase book: variants of each phrase, chosen without chance, in a written and a spoken form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skill.dialog.nlg.phrases import answers, deletion, ownership, results, small_talk, upload
from skill.dialog.nlg.stress import stressed
from skill.russian import Form

PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **small_talk.PHRASES,
        **upload.PHRASES,
        **results.PHRASES,
        **ownership.PHRASES,
        **deletion.PHRASES,
        **answers.PHRASES,
    }
)
ALICE = "alice"  # platform whose skills are called by «спроси у навыка …»
_PAUSE = "sil <[300]>"
_SPACES = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Voice:
    """The choice of variants in one turn: it follows from session, turn and phrase, so that a repeated turn is answered
    in the same words, and one phrase in two turns running in others."""

    session: str
    """Opaque key of the session."""
    number: int
    """Number of the turn in its session, from 0."""

    def say(self, key: str, values: Mapping[str, Form] = MappingProxyType({})) -> Form:
        """The phrase `key` with `values` in it."""
        variants = PHRASES[key]
        seed = int.from_bytes(hashlib.blake2b(f"{self.session} {key}".encode(), digest_size=4).digest(), "big")
        pattern = variants[(seed + self.number) % len(variants)]
        text = pattern.format(pause="", **{name: form.text for name, form in values.items()})
        tts = pattern.format(pause=_PAUSE, **{name: form.tts for name, form in values.items()})
        return Form(_SPACES.sub(" ", text).strip(), stressed(_SPACES.sub(" ", tts).strip()))


def capital(form: Form) -> Form:
    """The form with a capital letter at its beginning."""
    return Form(form.text[:1].upper() + form.text[1:], form.tts[:1].upper() + form.tts[1:])


def joined(parts: Iterable[Form]) -> Form:
    """Sentences one after the other; one may be without a written or a spoken form."""
    kept = list(parts)
    return Form(" ".join(part.text for part in kept if part.text), " ".join(part.tts for part in kept if part.tts))
