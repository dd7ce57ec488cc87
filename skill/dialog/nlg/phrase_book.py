"""What is said: variants of a phrase, chosen without chance, in a written and a spoken form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skill.dialog.nlg.phrases import ownership, results, small_talk, upload
from skill.russian import Form

# "+" stands before the stressed vowel. «посмотрите», «спросите» are orders here, not the future tense.
_WORDS = (
    "ф+ото ожив+и ожив+ить оживл+ю оживл+яю ожив+у оживл+яла ожив+ила +ожило ожив+ёт посмотр+ите спрос+ите "
    "скаж+ите назов+ите подожд+ите пот+ом нужн+ы взр+ослый взр+ослые уж+е больш+ая моргн+и подмигн+и кивн+и "
    "улыбн+ись лиц+а зам+инка поч+ётче вид+ны"
)
_STRESSED = MappingProxyType({word.replace("+", ""): word for word in _WORDS.split()})
_WORD = re.compile(r"[А-Яа-яЁё]+")


def stressed(text: str) -> str:
    """`text` with "+" where it helps; capitals stay."""
    return _WORD.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    word = found[0]
    marked = _STRESSED.get(word.lower())
    if marked is None:
        return word
    at = marked.index("+")
    return f"{word[:at]}+{word[at:]}"


PHRASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**small_talk.PHRASES, **upload.PHRASES, **results.PHRASES, **ownership.PHRASES}
)
ALICE = "alice"  # platform whose skills are called by «спроси у навыка …»
_PAUSE = "sil <[300]>"
_SPACES = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the variant follows from session, turn and phrase, so that a repeated turn is answered in the same
    words, and one phrase in two turns running in others."""

    session: str
    number: int

    def say(self, key: str, values: Mapping[str, Form] = MappingProxyType({})) -> Form:
        """The phrase `key` with `values` in it."""
        variants = PHRASES[key]
        seed = int.from_bytes(hashlib.blake2b(f"{self.session} {key}".encode(), digest_size=4).digest(), "big")
        pattern = variants[(seed + self.number) % len(variants)]
        text = pattern.format(pause="", **{name: form.text for name, form in values.items()})
        tts = stressed(pattern).format(pause=_PAUSE, **{name: form.tts for name, form in values.items()})
        return Form(_SPACES.sub(" ", text).strip(), _SPACES.sub(" ", tts).strip())


def same(text: str) -> Form:
    """A text that is said as it is written."""
    return Form(text, text)


def capital(form: Form) -> Form:
    """The form with a capital letter at its beginning."""
    return Form(form.text[:1].upper() + form.text[1:], form.tts[:1].upper() + form.tts[1:])


def joined(parts: Iterable[Form]) -> Form:
    """Sentences one after the other."""
    kept = [part for part in parts if part.text]
    return Form(" ".join(part.text for part in kept), " ".join(part.tts for part in kept))
