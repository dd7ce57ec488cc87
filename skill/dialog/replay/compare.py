"""Comparison of an answer with what a script expects of it, by meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from skill.dialog.replay.answer import CODE, WAIT, Answer
from skill.dialog.replay.script import Expectation

# placeholders of a script → the pattern of what differs each time
PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "{pause}": r"sil <\[\d+\]>",
        "{code}": CODE.pattern,
        "{wait}": WAIT.pattern,
        "{address}": r"[\w.-]+\.\w{2,}(?::\d+)?|127\.0\.0\.1:\d+",
    }
)
_WRONG_STRESS: Final = re.compile(r"\+(?![аеёиоуыэюя])", re.IGNORECASE)
_PAUSE: Final = re.compile(r"sil\s*<\[(\d+)\]>")
_LONGEST_PAUSE: Final = 5000  # ms
_BUTTON_WORDS: Final = re.compile(r"кнопк|нажмите", re.IGNORECASE)


class DecidedTurn(NamedTuple):
    """Intent and scene of a turn, from the service's log; both empty where it needed no conversation."""

    intent: str
    """Intent that was understood."""
    scene: str
    """Kind of response that was decided on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of an answer that is not as expected."""

    what: str
    """Name of the property, as a script names it."""
    expected: str
    """The value that the script wants."""
    got: str
    """The value that the answer has."""


def compare(
    expect: Expectation, answer: Answer, *, screen: bool, decided: DecidedTurn | None, seconds: float = 0.0
) -> list[Difference]:
    """The differences, in the order in which one looks for the cause.

    Args:
        expect: what the script wants.
        answer: what the service answered.
        screen: whether the device has one.
        decided: how the turn was understood and decided; None where that can't be seen.
        seconds: how long the answer took.
    """
    intent, scene = decided or (expect.intent, expect.scene)
    found = [
        _same("intent", expect.intent, intent),
        _same("scene", expect.scene, scene),
        *(_says(name, answer) for name in expect.says),
        *(_has(piece, answer) for piece in expect.heard),
        *(_has_not(piece, answer) for piece in expect.never),
        *(_has_spoken(piece, answer) for piece in expect.spoken),
        _marks(answer),
        _in_time(expect, seconds),
        _buttons(expect, answer, screen=screen),
        _same("card", expect.card, answer.card),
        _is("end_session", expect.end, answer.end),
        _is("linking", expect.linking, answer.linking),
        _mentions_buttons(answer, screen=screen),
    ]
    return [one for one in found if one]


def mask_codes(text: str) -> str:
    """The text with its codes as placeholders."""
    return CODE.sub("{code}", text)


def _same(what: str, expected: str, got: str) -> Difference | None:
    return Difference(what, expected, got or "–") if expected and expected != got else None


def _is(what: str, expected: bool, got: bool) -> Difference | None:
    words: Callable[[bool], str] = lambda value: "yes" if value else "no"  # noqa: E731
    return Difference(what, words(expected), words(got)) if expected != got else None


def _says(name: str, answer: Answer) -> Difference | None:
    return None if name in answer.phrases else Difference("says", name, ", ".join(sorted(answer.phrases)) or "–")


def _pattern(piece: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", piece)
    return re.compile("".join(PLACEHOLDERS.get(part, re.escape(part)) for part in parts), re.IGNORECASE)


def _has(piece: str, answer: Answer) -> Difference | None:
    return None if _pattern(piece).search(answer.text) else Difference("heard", piece, answer.text)


def _has_not(piece: str, answer: Answer) -> Difference | None:
    pattern = _pattern(piece)
    bad = next((text for text in (answer.text, answer.tts) if pattern.search(text)), None)
    return Difference("never", piece, bad) if bad is not None else None


def _has_spoken(piece: str, answer: Answer) -> Difference | None:
    return None if _pattern(piece).search(answer.speech) else Difference("spoken", piece, answer.speech)


def _marks(answer: Answer) -> Difference | None:
    """A difference where a mark of stress stands before anything but a vowel, or a pause is too long to be meant."""
    for found in _WRONG_STRESS.finditer(answer.tts):
        return Difference("speech", "«+» before a vowel", answer.tts[max(0, found.start() - 10) : found.end() + 10])
    if too_long := [pause for pause in _PAUSE.findall(answer.tts) if not 0 < int(pause) <= _LONGEST_PAUSE]:
        return Difference("speech", f"pauses of 1 to {_LONGEST_PAUSE} ms", ", ".join(too_long))
    return None


def _in_time(expect: Expectation, seconds: float) -> Difference | None:
    if expect.within is None or seconds <= expect.within:
        return None
    return Difference("within", f"{expect.within:g} s", f"{seconds:.2f} s")


def _buttons(expect: Expectation, answer: Answer, *, screen: bool) -> Difference | None:
    if expect.buttons is None:
        return None
    shown = [button.meaning for button in answer.buttons]
    wanted = expect.buttons if screen else ()
    wrong = [one for one in wanted if one not in shown] or (shown if not wanted else [])
    return Difference("buttons", ", ".join(wanted) or "none", ", ".join(shown) or "none") if wrong else None


def _mentions_buttons(answer: Answer, *, screen: bool) -> Difference | None:
    """A difference where a device without a screen is told to press something."""
    if screen or not (found := _BUTTON_WORDS.search(f"{answer.text} {answer.tts}")):
        return None
    return Difference("never", "a word of buttons where there is no screen", found[0])
