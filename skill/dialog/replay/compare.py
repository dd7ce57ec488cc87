"""Whether an answer means what it should."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from skill.dialog.replay.answer import CODE, WAIT, Heard
from skill.dialog.replay.script import Expect

# what stands for something that is different each time
PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {"{code}": CODE.pattern, "{wait}": WAIT.pattern, "{address}": r"[\w.-]+\.\w{2,}(?::\d+)?|127\.0\.0\.1:\d+"}
)
_TALKS_OF_BUTTONS: Final = re.compile(r"кнопк|нажмите", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` was expected to be so, and what it is."""

    what: str
    expected: str
    got: str


def differences(expect: Expect, heard: Heard, *, screen: bool, decided: tuple[str, str] | None) -> list[Difference]:
    """In the order in which one looks for the cause. `decided`: intent and scene, None where nobody can see them."""
    intent, scene = decided or (expect.intent, expect.scene)
    found = [
        _same("intent", expect.intent, intent),
        _same("scene", expect.scene, scene),
        *(_says(name, heard) for name in expect.says),
        *(_has(piece, heard) for piece in expect.heard),
        *(_has_not(piece, heard) for piece in expect.never),
        _buttons(expect, heard, screen=screen),
        _same("card", expect.card, heard.card),
        _is("end_session", expect.end, heard.end),
        _is("linking", expect.linking, heard.linking),
        _silent_on_buttons(heard, screen=screen),
    ]
    return [one for one in found if one]


def in_words(text: str) -> str:
    """The text with what differs each time as its placeholder."""
    return CODE.sub("{code}", text)


def _same(what: str, expected: str, got: str) -> Difference | None:
    return Difference(what, expected, got or "–") if expected and expected != got else None


def _is(what: str, expected: bool, got: bool) -> Difference | None:
    words: Callable[[bool], str] = lambda value: "yes" if value else "no"  # noqa: E731
    return Difference(what, words(expected), words(got)) if expected != got else None


def _says(name: str, heard: Heard) -> Difference | None:
    return None if name in heard.says else Difference("says", name, ", ".join(sorted(heard.says)) or "–")


def _pattern(piece: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", piece)
    return re.compile("".join(PLACES.get(part, re.escape(part)) for part in parts), re.IGNORECASE)


def _has(piece: str, heard: Heard) -> Difference | None:
    return None if _pattern(piece).search(heard.text) else Difference("heard", piece, heard.text)


def _has_not(piece: str, heard: Heard) -> Difference | None:
    pattern = _pattern(piece)
    bad = next((text for text in (heard.text, heard.tts) if pattern.search(text)), None)
    return Difference("never", piece, bad) if bad is not None else None


def _buttons(expect: Expect, heard: Heard, *, screen: bool) -> Difference | None:
    if expect.buttons is None:
        return None
    shown = [button.meaning for button in heard.buttons]
    wanted = expect.buttons if screen else ()
    wrong = [one for one in wanted if one not in shown] or (shown if not wanted else [])
    return Difference("buttons", ", ".join(wanted) or "none", ", ".join(shown) or "none") if wrong else None


def _silent_on_buttons(heard: Heard, *, screen: bool) -> Difference | None:
    """Who has no screen is not told to press something."""
    if screen or not (found := _TALKS_OF_BUTTONS.search(f"{heard.text} {heard.tts}")):
        return None
    return Difference("never", "a word of buttons where there is no screen", found[0])
