"""Gestures that a person may be asked for: «улыбнись», «подмигни», «кивни», «поверни голову налево».

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
from pipeline.motion.timeline import Timeline

_BEFORE, _AFTER = 0.24, 0.18  # seconds at the loop's start and end that no gesture touches
_FASTEST = 0.65  # a gesture may take this share of its natural time, not less

# (timeline, start in seconds, pace: 1 = natural, smaller = quicker, further seconds to hold)
_Draw = Callable[[Timeline, float, float, float], None]


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture at its natural pace."""

    track: str
    """Part of the face that it uses: head, lids or mouth."""
    length: float
    """Seconds until the next gesture on the track may begin."""
    tail: float
    """Seconds after `length` in which it dies away."""
    draw: _Draw
    """Adds the gesture to a timeline."""


@dataclass(frozen=True, slots=True)
class PlannedGesture:
    """A gesture's place in a loop."""

    name: str
    """One of GESTURES."""
    start: float
    """Seconds from the loop's start."""
    pace: float
    """Share of its natural time, `_FASTEST`..1."""
    hold: float
    """Seconds that it is held longer."""


def _smile(timeline: Timeline, start: float, pace: float, hold: float) -> None:
    clock = timeline.clock
    rise, rest, fall = timeline.vary(0.55, 0.1) * pace, 0.5 * pace + hold, 0.8 * pace
    timeline.blend("smile", timeline.vary(0.97, 0.03) * pulse(clock, start, rise, rest, fall))
    timeline.add("brow", 0.16 * pulse(clock, start, 0.8 * rise, 0.5 * rest, fall))
    timeline.add("pitch", -0.8 * pulse(clock, start, rise, rest, fall))


def _wink(timeline: Timeline, start: float, pace: float, hold: float) -> None:
    clock = timeline.clock
    eye, other, lean = (("blink_r", "blink_l", -1.0), ("blink_l", "blink_r", 1.0))[int(timeline.rng.integers(2))]
    lid = blink(clock, start + 0.14 * pace, 0.15 * pace, 0.2, 0.3 * pace)
    timeline.close_eye(eye, lid)
    timeline.close_eye(other, 0.07 * lid)  # the other lid is pulled along a little, not shut
    squint = pulse(clock, start, 0.28 * pace, 0.25 * pace, 0.6 * pace)
    timeline.blend("smile", 0.35 * squint)
    timeline.add("brow", -0.2 * squint)
    timeline.add("roll", lean * timeline.vary(1.5, 0.2) * squint)
    timeline.add("pitch", 0.7 * squint)


def _blink(timeline: Timeline, start: float, pace: float, hold: float) -> None:
    timeline.blink(start)


def _nod(timeline: Timeline, start: float, pace: float, hold: float) -> None:
    clock, deep = timeline.clock, timeline.vary(5.2, 0.1) * (0.4 + 0.6 * pace)
    first = pulse(clock, start + 0.12 * pace, 0.34 * pace, 0.0, 0.38 * pace)
    second = pulse(clock, start + 0.74 * pace, 0.30 * pace, 0.0, 0.44 * pace)
    lift = pulse(clock, start, 0.18 * pace, 0.0, 0.3 * pace)
    timeline.add("pitch", deep * (first + 0.55 * second - 0.25 * lift))


def _turn(side: float) -> _Draw:
    """A turn of the head to the viewer's left (-1) or right (1)."""

    def draw(timeline: Timeline, start: float, pace: float, hold: float) -> None:
        clock = timeline.clock
        far = side * timeline.vary(8.6, 0.08) * (0.4 + 0.6 * pace)  # a turn in a hurry is a smaller one
        lead = timeline.vary(0.12, 0.2)  # seconds by which the eyes set off before the head
        head = pulse(clock, start + lead, 0.8 * pace, 0.45 * pace, 0.9 * pace)
        eyes = pulse(clock, start, 0.08, 1.25 * pace, 0.08)
        timeline.add("yaw", far * head)
        timeline.add("roll", 0.18 * far * head)
        timeline.add("pitch", 0.7 * pulse(clock, start + lead, 0.4 * pace, 0.0, 0.6 * pace))
        timeline.target_yaw = timeline.target_yaw + 1.15 * far * eyes

    return draw


def _surprise(timeline: Timeline, start: float, pace: float, hold: float) -> None:
    clock = timeline.clock
    up = pulse(clock, start, 0.18, 0.65 * pace, 0.6 * pace)
    timeline.blend("brow", 0.95 * up)
    timeline.blend("widen", timeline.vary(0.9, 0.1) * up)
    back = pulse(clock, start + 0.04, 0.28, 0.5 * pace, 0.65 * pace)
    timeline.add("pitch", -2.0 * back)
    timeline.add("sway_y", -0.006 * back)


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


def validate_gestures(names: Sequence[str]) -> tuple[str, ...]:
    """The names without repetitions, in their order; MotionError where one is unknown."""
    unknown = [name for name in names if name not in GESTURES]
    if unknown:
        raise MotionError(f"no gesture named {unknown[0]!r}; there are {', '.join(GESTURES)}")
    return tuple(dict.fromkeys(names))


def natural_seconds(names: Sequence[str]) -> float:
    """Seconds of a loop that holds the gestures at their natural pace; MotionError where a name is unknown."""
    tracks = _tracks(validate_gestures(names))
    return _BEFORE + _AFTER + max((_length(track) + _delay(track, names) for track in tracks), default=0.0)


def default_seconds(names: Sequence[str]) -> float:
    """Seconds of a loop whose length nobody chose: the usual ones, or as many as the gestures need, up to the longest.

    Raises:
        MotionError: A name is unknown.
    """
    return min(MAX_SECONDS, max(DEFAULT_SECONDS, natural_seconds(names)))


def plan_gestures(names: Sequence[str], seconds: float, rng: np.random.Generator) -> tuple[PlannedGesture, ...]:
    """Find a place for each gesture in a loop of `seconds`; MotionError where they don't fit, however quick."""
    planned: list[PlannedGesture] = []
    for track in _tracks(validate_gestures(names)):
        available = seconds - _BEFORE - _AFTER - _delay(track, names)
        pace = min(1.0, available / _length(track))
        if pace < _FASTEST:
            needed = _BEFORE + _AFTER + _delay(track, names) + _FASTEST * _length(track)
            raise MotionError(f"{', '.join(track)} need at least {needed:.1f} s, not {seconds:g} s")
        slack = available - pace * _length(track)
        hold = min(1.2, 0.7 * slack) if track == ("smile",) else 0.0
        waits = rng.dirichlet(np.ones(len(track) + 1)) * min(slack - hold, 0.5 * (len(track) + 1))
        start = _BEFORE + _delay(track, names)
        for name, wait in zip(track, waits, strict=False):
            start += float(wait)
            planned.append(PlannedGesture(name, start, pace, hold))
            start += pace * GESTURES[name].length
    return tuple(planned)


def draw_gestures(timeline: Timeline, names: Sequence[str]) -> None:
    """Add the gestures to the timeline."""
    for item in plan_gestures(names, timeline.clock.seconds, timeline.rng):
        GESTURES[item.name].draw(timeline, item.start, item.pace, item.hold)


def moves_lids(names: Sequence[str]) -> bool:
    """Whether a gesture uses the lids, so that nothing else may blink."""
    return any(GESTURES[name].track == "lids" for name in names)


def _tracks(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The gestures of each track, in their order."""
    by_track: dict[str, list[str]] = {}
    for name in names:
        by_track.setdefault(GESTURES[name].track, []).append(name)
    return [tuple(track) for track in by_track.values()]


def _length(track: Sequence[str]) -> float:
    """Seconds of a track's gestures at their natural pace, until the last has died away."""
    return sum(GESTURES[name].length for name in track) + max(
        GESTURES[track[-1]].tail, *(GESTURES[name].tail - GESTURES[name].length for name in track)
    )


def _delay(track: Sequence[str], names: Sequence[str]) -> float:
    """Seconds by which a track begins later: a wink or a nod comes when the smile is under way."""
    return 0.3 if "smile" in names and "smile" not in track and len(track) == 1 else 0.0
