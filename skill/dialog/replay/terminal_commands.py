"""Commands of the terminal that let something happen: a photo comes, a video is ready, time passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pipeline.errors import Reason
from pipeline.motion.gestures import GESTURES
from skill.dialog.replay.script import EventStep
from skill.gesture_words import read_gesture

_LONGEST: Final = 365 * 86400.0  # seconds; what lies beyond is no time that anybody waits


class CommandError(ValueError):
    """A command with a wrong argument; the message says in Russian what to type instead."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command and the event of a script that it stands for."""

    event: str
    """Name of the event."""
    impossible: str = "Сейчас так не бывает."
    """Sentence for when the event can't happen now: what to type before."""
    parse: Callable[[str], Mapping[str, Any]] = lambda _: {}
    """(argument) → fields of the event. Raises CommandError."""


def parse_command(line: str) -> EventStep:
    """The event that a line stands for.

    Args:
        line: one of COMMANDS and perhaps an argument.

    Raises:
        CommandError: the argument is wrong; the message is for the person.
    """
    word, _, argument = line.partition(" ")
    command = COMMANDS[word]
    return EventStep(do=command.event, **command.parse(argument.strip()))


def _gestures(argument: str) -> Mapping[str, Any]:
    names = tuple(argument.replace(",", " ").split())
    if unknown := [name for name in names if read_gesture(name) is None]:
        raise CommandError(
            f"Жеста «{unknown[0]}» нет. Есть {', '.join(GESTURES)}. Напишите /фото или, например, /фото smile."
        )
    return {"gestures": names}


def _reason(argument: str) -> Mapping[str, Any]:
    if argument.partition(".")[0] not in set(Reason):
        known = ", ".join(Reason)
        raise CommandError(f"После /отказ нужен код, например /отказ no_face. Есть {known}; ещё child.appeal.")
    return {"reason": argument}


def _seconds(argument: str) -> Mapping[str, Any]:
    try:
        seconds = float(argument.replace(",", "."))
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST:
        raise CommandError("После /позже нужно число секунд, например /позже 3600 — пройдёт час.")
    return {"seconds": seconds}


def _family(argument: str) -> Mapping[str, Any]:
    if argument not in ("", "push"):
        raise CommandError("Напишите /семья или /семья push, если фото пришло без кода.")
    return {"what": argument}


_NO_JOB: Final = "Нет фото, которое ждёт своего видео. Сначала пришлите его: /фото."

COMMANDS: Final[Mapping[str, Command]] = MappingProxyType(
    {
        "/фото": Command(
            "photo",
            "Фото пока некуда прислать. Скажите «оживи фото», ответьте «да», а когда услышите код или увидите "
            "ссылку, напишите /фото.",
            _gestures,
        ),
        "/готово": Command("done", _NO_JOB),
        "/отказ": Command("refused", _NO_JOB, _reason),
        "/сбой": Command("failed", _NO_JOB),
        "/позже": Command("later", parse=_seconds),
        "/полно": Command("full"),
        "/согласие": Command("agreed"),
        "/семья": Command("family", parse=_family),
    }
)
