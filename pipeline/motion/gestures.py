"""Gestures a person may be asked for: «улыбнись», «подмигни», «кивни», «поверни голову налево».

A gesture uses parts of the face (tracks). Gestures on one track come one after the other in the order of the
wish; gestures on different tracks go together: a wink while smiling, a smile while nodding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pipeline.errors import MotionError
from pipeline.limits import DEFAULT_SECONDS, MAX_SECONDS
from pipeline.motion.easing import blink, pulse
from pipeline.motion.timeline import Sketch

_BEFORE, _AFTER = 0.24, 0.18  # seconds at the loop's start and end that no gesture touches
_FASTEST = 0.65  # a gesture may take this share of its natural time, not less

# (sketch, start in seconds, pace: 1 = natural, smaller = quicker, extra seconds to hold)
_Draw = Callable[[Sketch, float, float, float], None]


@dataclass(frozen=True, slots=True)
class Gesture:
    """`track`: head, lids or mouth. `length`: seconds until the next one on the track may begin; `tail`:
    seconds after that in which it dies away."""

    track: str
    length: float
    tail: float
    draw: _Draw


@dataclass(frozen=True, slots=True)
class Planned:
    """A place in the loop: from `start` seconds on, for `pace` of the natural time and `hold` seconds."""

    name: str
    start: float
    pace: float
    hold: float


def _smile(sketch: Sketch, start: float, pace: float, hold: float) -> None:
    clock = sketch.clock
    rise, rest, fall = sketch.about(0.55, 0.1) * pace, 0.5 * pace + hold, 0.8 * pace
    sketch.join("smile", sketch.about(0.97, 0.03) * pulse(clock, start, rise, rest, fall))
    sketch.add("brow", 0.16 * pulse(clock, start, 0.8 * rise, 0.5 * rest, fall))
    sketch.add("pitch", -0.8 * pulse(clock, start, rise, rest, fall))


def _wink(sketch: Sketch, start: float, pace: float, hold: float) -> None:
    clock = sketch.clock
    eye, other, lean = (("blink_r", "blink_l", -1.0), ("blink_l", "blink_r", 1.0))[int(sketch.rng.integers(2))]
    lid = blink(clock, start + 0.14 * pace, 0.15 * pace, 0.2, 0.3 * pace)
    sketch.close(eye, lid)
    sketch.close(other, 0.07 * lid)  # the other lid is pulled along a little, not shut
    help_ = pulse(clock, start, 0.28 * pace, 0.25 * pace, 0.6 * pace)
    sketch.join("smile", 0.35 * help_)
    sketch.add("brow", -0.2 * help_)
    sketch.add("roll", lean * sketch.about(1.5, 0.2) * help_)
    sketch.add("pitch", 0.7 * help_)


def _blink(sketch: Sketch, start: float, pace: float, hold: float) -> None:
    sketch.blink(start)


def _nod(sketch: Sketch, start: float, pace: float, hold: float) -> None:
    clock, deep = sketch.clock, sketch.about(5.2, 0.1) * (0.4 + 0.6 * pace)
    first = pulse(clock, start + 0.12 * pace, 0.34 * pace, 0.0, 0.38 * pace)
    second = pulse(clock, start + 0.74 * pace, 0.30 * pace, 0.0, 0.44 * pace)
    lift = pulse(clock, start, 0.18 * pace, 0.0, 0.3 * pace)
    sketch.add("pitch", deep * (first + 0.55 * second - 0.25 * lift))


def _turn(side: float) -> _Draw:
    def draw(sketch: Sketch, start: float, pace: float, hold: float) -> None:
        clock = sketch.clock
        far = side * sketch.about(8.6, 0.08) * (0.4 + 0.6 * pace)  # a turn in a hurry is a smaller one
        lead = sketch.about(0.12, 0.2)  # seconds by which the eyes set off before the head
        head = pulse(clock, start + lead, 0.8 * pace, 0.45 * pace, 0.9 * pace)
        eyes = pulse(clock, start, 0.08, 1.25 * pace, 0.08)
        sketch.add("yaw", far * head)
        sketch.add("roll", 0.18 * far * head)
        sketch.add("pitch", 0.7 * pulse(clock, start + lead, 0.4 * pace, 0.0, 0.6 * pace))
        sketch.target_yaw = sketch.target_yaw + 1.15 * far * eyes

    return draw


def _surprise(sketch: Sketch, start: float, pace: float, hold: float) -> None:
    clock = sketch.clock
    up = pulse(clock, start, 0.18, 0.65 * pace, 0.6 * pace)
    sketch.join("brow", 0.95 * up)
    sketch.join("widen", sketch.about(0.9, 0.1) * up)
    back = pulse(clock, start + 0.04, 0.28, 0.5 * pace, 0.65 * pace)
    sketch.add("pitch", -2.0 * back)
    sketch.add("sway_y", -0.006 * back)


# `left` and `right` are the VIEWER's: «поверни голову налево» is said by somebody who looks at the picture.
GESTURES: Mapping[str, Gesture] = MappingProxyType(
    {
        "smile": Gesture("mouth", 1.95, 0.0, _smile),
        "wink": Gesture("lids", 0.95, 0.2, _wink),
        "blink": Gesture("lids", 0.45, 0.16, _blink),
        "nod": Gesture("head", 1.3, 0.2, _nod),
        "turn-left": Gesture("head", 1.85, 0.45, _turn(-1.0)),
        "turn-right": Gesture("head", 1.85, 0.45, _turn(1.0)),
        "surprise": Gesture("lids", 1.3, 0.2, _surprise),
    }
)


def known(names: Sequence[str]) -> tuple[str, ...]:
    """The names without repetitions, in their order. Raises MotionError if one is unknown."""
    unknown = [name for name in names if name not in GESTURES]
    if unknown:
        raise MotionError(f"no gesture named {unknown[0]!r}; there are {', '.join(GESTURES)}")
    return tuple(dict.fromkeys(names))


def natural_seconds(names: Sequence[str]) -> float:
    """How long a loop must be for the gestures at their natural pace, in seconds."""
    tracks = _tracks(known(names))
    return _BEFORE + _AFTER + max((_length(track) + _late(track, names) for track in tracks), default=0.0)


def default_seconds(names: Sequence[str]) -> float:
    """The length of a loop that nobody chose, in seconds: the usual one, or what the gestures need, if that fits.

    Raises MotionError if a name is unknown.
    """
    return min(MAX_SECONDS, max(DEFAULT_SECONDS, natural_seconds(names)))


def plan(names: Sequence[str], seconds: float, rng: np.random.Generator) -> tuple[Planned, ...]:
    """A place for each gesture in a loop of `seconds`. Raises MotionError if quick ones would not fit."""
    planned: list[Planned] = []
    for track in _tracks(known(names)):
        room = seconds - _BEFORE - _AFTER - _late(track, names)
        pace = min(1.0, room / _length(track))
        if pace < _FASTEST:
            needed = _BEFORE + _AFTER + _late(track, names) + _FASTEST * _length(track)
            raise MotionError(f"{', '.join(track)} need at least {needed:.1f} s, not {seconds:g} s")
        slack = room - pace * _length(track)
        hold = min(1.2, 0.7 * slack) if track == ("smile",) else 0.0
        waits = rng.dirichlet(np.ones(len(track) + 1)) * min(slack - hold, 0.5 * (len(track) + 1))
        start = _BEFORE + _late(track, names)
        for name, wait in zip(track, waits, strict=False):
            start += float(wait)
            planned.append(Planned(name, start, pace, hold))
            start += pace * GESTURES[name].length
    return tuple(planned)


def perform(sketch: Sketch, names: Sequence[str]) -> None:
    """Draw the gestures over what the sketch has."""
    for item in plan(names, sketch.clock.seconds, sketch.rng):
        GESTURES[item.name].draw(sketch, item.start, item.pace, item.hold)


def moves_lids(names: Sequence[str]) -> bool:
    return any(GESTURES[name].track == "lids" for name in names)


def _tracks(names: Sequence[str]) -> list[tuple[str, ...]]:
    by_track: dict[str, list[str]] = {}
    for name in names:
        by_track.setdefault(GESTURES[name].track, []).append(name)
    return [tuple(track) for track in by_track.values()]


def _length(track: Sequence[str]) -> float:
    return sum(GESTURES[name].length for name in track) + max(
        GESTURES[track[-1]].tail, *(GESTURES[name].tail - GESTURES[name].length for name in track)
    )


def _late(track: Sequence[str], names: Sequence[str]) -> float:
    """A wink or a nod begins when the smile is under way."""
    return 0.3 if "smile" in names and "smile" not in track and len(track) == 1 else 0.0
