"""A gesture as it is asked for, and its spelling: `wink:left:0.7`, `blink:2`, `nod:slow`.

Free of numpy, as the table of the gestures is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from pipeline.errors import MotionError
from pipeline.motion.gestures import GESTURES

MOST_TIMES: Final = 5
"""The highest count of a gesture."""
WEAKEST: Final = 0.3
"""The lowest strength."""
STRONGEST: Final = 1.4
"""The highest strength; beyond it the head would turn to where the warp tears."""
SPEEDS: Final[Mapping[str, float]] = MappingProxyType({"slow": 1.5, "fast": 0.75})
"""Share of its natural time that a gesture of this speed takes."""
_STRENGTH: Final = re.compile(r"[0-9]\.[0-9]{1,2}")
_COUNT: Final = re.compile(r"[1-9]")


@dataclass(frozen=True, slots=True)
class GestureWish:
    """A gesture as it is asked for. Its text is what `parse_gesture` reads."""

    name: str
    """One of GESTURES."""
    side: str = ""
    """One of the gesture's sides; empty where the seed may choose."""
    count: int = 1
    """Number of times, 1..MOST_TIMES; 1 for a gesture without `beat`."""
    strength: float = 1.0
    """Size of the movement, WEAKEST..STRONGEST; 1 = natural."""
    speed: str = ""
    """One of SPEEDS; empty for the natural one."""

    def __str__(self) -> str:
        count = str(self.count) if self.count > 1 else ""
        strength = "" if self.strength == 1.0 else f"{self.strength:.2f}".removesuffix("0")
        return ":".join(filter(None, (self.name, self.side, count, strength, self.speed)))


def parse_gesture(text: str) -> GestureWish:
    """Read a gesture: its name, then in any order a side, a whole number of times, a strength with a decimal point, a
    speed, each after a colon.

    Raises:
        MotionError: There is no such gesture, or it does not take what follows its name; says what there is.
    """
    name, *details = _resolve_alias(text).split(":")
    if name not in GESTURES:
        raise MotionError(f"no gesture named {name!r}; there are {', '.join(GESTURES)}")
    wish = GestureWish(name)
    for detail in details:
        wish = _add_detail(wish, detail)
    return wish


def parse_gestures(texts: Iterable[str]) -> tuple[GestureWish, ...]:
    """The gestures without repetitions, in their order; MotionError as `parse_gesture` raises it."""
    return tuple(dict.fromkeys(parse_gesture(text) for text in texts))


def spell_pattern() -> str:
    """A regular expression of every gesture in the order in which `str` writes it, without anchors."""
    return f"({'|'.join(map(_spell_one, GESTURES))})"


def _spell_one(name: str) -> str:
    gesture = GESTURES[name]
    sides = f"(:({'|'.join(gesture.sides)}))?" if gesture.sides else ""
    count = f"(:[1-{MOST_TIMES}])?" if gesture.beat else ""
    return rf"{name}{sides}{count}(:(0\.[3-9]|1\.[0-4]))?(:({'|'.join(SPEEDS)}))?"


def _resolve_alias(text: str) -> str:
    """«turn-left», an earlier spelling that jobs and clients may still have, as «turn:left»."""
    head, _, side = text.partition(":")[0].rpartition("-")
    known = head in GESTURES and side in GESTURES[head].sides
    return f"{head}:{side}{text[len(head) + 1 + len(side) :]}" if known else text


def _add_detail(wish: GestureWish, detail: str) -> GestureWish:
    gesture = GESTURES[wish.name]
    if detail in gesture.sides:
        return replace(wish, side=detail)
    if detail in SPEEDS:
        return replace(wish, speed=detail)
    if _STRENGTH.fullmatch(detail) and WEAKEST <= float(detail) <= STRONGEST:
        return replace(wish, strength=float(detail))
    if gesture.beat and _COUNT.fullmatch(detail) and int(detail) <= MOST_TIMES:
        return replace(wish, count=int(detail))
    raise MotionError(f"{wish.name} does not take {detail!r}; after its name may stand {describe_details(wish.name)}")


def describe_details(name: str) -> str:
    """The details that may stand after a gesture's name, in English."""
    gesture = GESTURES[name]
    count = (f"1 … {MOST_TIMES} times",) if gesture.beat else ()
    return ", ".join((*gesture.sides, *count, f"a strength {WEAKEST} … {STRONGEST}", *SPEEDS))
