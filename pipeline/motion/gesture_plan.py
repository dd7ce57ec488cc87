"""A plan of gestures: each gets its place in the loop, in the order of the wish.

A gesture uses a part of the face (its track). Gestures on one track come one after the other; a gesture on another
track begins a little later, while the one before is under way: a wink while smiling, a smile while nodding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.errors import MotionError
from pipeline.limits import DEFAULT_SECONDS, MAX_SECONDS
from pipeline.motion.gesture_wish import SPEEDS, GestureWish, parse_gestures
from pipeline.motion.gestures import GESTURES, PlannedGesture
from pipeline.motion.timeline import Timeline

_BEFORE, _AFTER = 0.24, 0.18  # seconds at the loop's start and end that no gesture touches
_LAG = 0.3  # seconds after the one before, until a gesture on another track begins
_FASTEST = 0.65  # a gesture may take this share of its time, not less


def natural_seconds(gestures: Sequence[str]) -> float:
    """Seconds of a loop that holds the gestures at their natural pace; MotionError where one is unknown."""
    return _BEFORE + _AFTER + _total(parse_gestures(gestures))


def default_seconds(gestures: Sequence[str]) -> float:
    """Seconds of a loop whose length nobody chose: the usual ones, or as many as the gestures need, up to the longest.

    Raises:
        MotionError: A gesture is unknown.
    """
    return min(MAX_SECONDS, max(DEFAULT_SECONDS, natural_seconds(gestures)))


def plan_gestures(gestures: Sequence[str], seconds: float, rng: np.random.Generator) -> tuple[PlannedGesture, ...]:
    """Find a place for each gesture in a loop of `seconds`; MotionError where they don't fit, however quick."""
    wishes = parse_gestures(gestures)
    total = _total(wishes)
    available = seconds - _BEFORE - _AFTER
    hurry = min(1.0, available / total) if wishes else 1.0
    fastest = _FASTEST / min(1.0, *(SPEEDS.get(wish.speed, 1.0) for wish in wishes), 1.0)
    if hurry < fastest:
        needed = _BEFORE + _AFTER + fastest * total
        raise MotionError(f"{', '.join(map(str, wishes))} need at least {needed:.1f} s, not {seconds:g} s")
    slack = available - hurry * total
    hold = min(1.2, 0.7 * slack)
    lingers = [_lingers(wish, wishes) for wish in wishes]
    waiting = slack - hold if any(lingers) else slack
    waits = rng.dirichlet(np.ones(len(wishes) + 1)) * min(waiting, 0.5 * (len(wishes) + 1))
    late = _BEFORE + np.cumsum(waits)
    return tuple(
        PlannedGesture(
            wish.name, float(wait) + hurry * start, hurry * _pace(wish), hold if held else 0.0,
            wish.side or _choose_side(wish.name, rng), wish.count, wish.strength,
        )
        for wish, start, wait, held in zip(wishes, _starts(wishes), late, lingers, strict=False)
    )  # fmt: skip


def draw_gestures(timeline: Timeline, gestures: Sequence[str]) -> None:
    """Add the gestures to the timeline."""
    for planned in plan_gestures(gestures, timeline.clock.seconds, timeline.rng):
        GESTURES[planned.name].draw(timeline, planned)


def moves_lids(gestures: Sequence[str]) -> bool:
    """Whether a gesture uses the lids, so that nothing else may blink."""
    return any(GESTURES[wish.name].track == "lids" for wish in parse_gestures(gestures))


def _lingers(wish: GestureWish, wishes: Sequence[GestureWish]) -> bool:
    """Whether a gesture is held longer where there is time: nothing comes after it on its track."""
    gesture = GESTURES[wish.name]
    return gesture.lingers and sum(GESTURES[other.name].track == gesture.track for other in wishes) == 1


def _choose_side(name: str, rng: np.random.Generator) -> str:
    sides = GESTURES[name].sides
    return sides[int(rng.integers(2))] if sides else ""


def _pace(wish: GestureWish) -> float:
    """Share of its natural time that a gesture takes; a larger movement of the head takes longer."""
    larger = max(1.0, wish.strength) if GESTURES[wish.name].track == "head" else 1.0
    return larger * SPEEDS.get(wish.speed, 1.0)


def _length(wish: GestureWish) -> float:
    """Seconds until the next gesture on the track may begin."""
    gesture = GESTURES[wish.name]
    return _pace(wish) * (gesture.length + (wish.count - 1) * gesture.beat)


def _starts(wishes: Sequence[GestureWish]) -> tuple[float, ...]:
    """Seconds from the first gesture's start to each one's, at the natural pace."""
    starts: list[float] = []
    free: dict[str, float] = {}
    for wish in wishes:
        track = GESTURES[wish.name].track
        start = max(free.get(track, 0.0), starts[-1] + _LAG if starts else 0.0)
        starts.append(start)
        free[track] = start + _length(wish)
    return tuple(starts)


def _total(wishes: Sequence[GestureWish]) -> float:
    """Seconds of all gestures at their natural pace, until the last has died away."""
    ends = (
        start + _length(wish) + _pace(wish) * GESTURES[wish.name].tail
        for start, wish in zip(_starts(wishes), wishes, strict=True)
    )
    return max(ends, default=0.0)
