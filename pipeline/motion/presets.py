"""Presets: motions by name. Each is a short story of a gaze, a head that follows it, a smile and a blink."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from pipeline.motion.easing import Curve, Key, fixations, spline
from pipeline.motion.gesture_wish import SPEEDS, GestureWish, parse_gesture
from pipeline.motion.gestures import GESTURES, PlannedGesture
from pipeline.motion.stories import STORIES, STORY_SECONDS, Story
from pipeline.motion.timeline import Timeline


@dataclass(frozen=True, slots=True)
class _Story:
    """Keys of one loop, (second, value) each. The head sets off 100–150 ms after the eyes."""

    seconds: float
    """Length of the loop that the keys are written for."""
    looks: tuple[tuple[float, float, float], ...]
    """(second, yaw, pitch) of the points that the eyes rest on, degrees; 0, 0 is the person before the photo."""
    yaw: tuple[Key, ...]
    """Degrees. It passes through 0 at second 0 at the speed of its surroundings, so that the loop does not stop where
    it repeats."""
    pitch: tuple[Key, ...]
    """Degrees."""
    roll: tuple[Key, ...]
    """Degrees."""
    smile: tuple[Key, ...]
    """0..1."""
    brow: tuple[Key, ...]
    """0..1."""
    blinks: tuple[tuple[float, float], ...]
    """(second at which a blink may begin, its likelihood 0..1)."""


_SHORT = _Story(
    seconds=2.6,
    looks=((0.22, 6.0, 0.4), (1.2, 0.0, 0.0)),
    yaw=((0.0, 0.0), (0.35, 1.1), (0.95, 4.4), (1.3, 4.2), (2.0, -1.9), (2.2, -1.7)),
    pitch=((0.0, 0.0), (0.7, 1.2), (1.5, -1.5), (2.1, -0.9)),
    roll=((0.0, 0.0), (0.9, 1.3), (1.3, 1.0), (2.0, -1.0)),
    smile=((0.0, 0.0), (0.45, 0.08), (1.15, 0.8), (1.6, 0.75), (2.35, 0.1)),
    brow=((0.0, 0.0), (0.6, 0.55), (1.2, 0.2), (2.0, 0.1)),
    blinks=((1.18, 1.0),),
)
_MIDDLE = _Story(
    seconds=4.0,
    looks=((0.30, 8.4, 0.6), (1.42, -6.8, -1.0), (2.95, 0.0, 0.0)),
    yaw=((0.0, 0.0), (0.40, 1.4), (1.0, 5.8), (1.50, 6.7), (2.80, -4.1), (3.25, -5.1), (3.7, -1.0)),
    pitch=((0.0, 0.0), (0.8, 1.6), (1.55, -0.9), (2.5, -2.3), (3.3, -1.5)),
    roll=((0.0, 0.0), (1.2, 1.9), (1.8, 1.5), (2.9, -1.7), (3.4, -1.4)),
    smile=((0.0, 0.0), (0.9, 0.1), (1.85, 1.0), (2.7, 1.0), (3.6, 0.12)),
    brow=((0.0, 0.0), (0.72, 0.72), (1.45, 0.25), (2.2, 0.52), (3.2, 0.05)),
    blinks=((1.44, 0.85), (2.95, 0.75)),
)
_LONG = _Story(
    seconds=5.8,
    looks=((0.30, 8.4, 0.6), (1.42, -6.8, -1.0), (2.95, 2.5, 0.5), (4.1, -5.0, 0.6), (5.0, 0.0, 0.0)),
    yaw=(
        (0.0, 0.0), (0.40, 1.4), (1.0, 5.9), (1.50, 6.7), (2.80, -4.1), (3.25, -5.1), (4.05, 1.0), (4.4, 0.8),
        (5.1, -3.3), (5.45, -2.3),
    ),
    pitch=((0.0, 0.0), (0.8, 1.6), (1.55, -0.9), (2.5, -2.3), (3.6, 0.7), (4.6, -1.2), (5.2, -1.1)),
    roll=((0.0, 0.0), (1.2, 1.9), (1.8, 1.5), (2.9, -1.7), (3.4, -1.4), (4.2, 0.4), (5.1, -1.1)),
    smile=((0.0, 0.0), (0.9, 0.1), (1.85, 1.0), (3.2, 0.95), (4.2, 0.4), (4.7, 0.5), (5.4, 0.1)),
    brow=((0.0, 0.0), (0.72, 0.72), (1.45, 0.25), (2.2, 0.52), (3.2, 0.05), (4.4, 0.4), (5.1, 0.05)),
    blinks=((1.44, 0.9), (2.97, 0.6), (5.0, 0.9)),
)  # fmt: skip


def nostalgia(timeline: Timeline) -> None:
    """A look, a turn, a light smile, one to three blinks. A short loop does less, a long one looks twice."""
    wanted = timeline.clock.seconds
    story = _SHORT if wanted < 3.2 else _MIDDLE if wanted < 5.0 else _LONG
    pace = wanted / story.seconds
    side = float(timeline.rng.choice((-1.0, 1.0)))
    turn = min(1.0, pace) * timeline.vary(1.03, 0.05)
    lag = timeline.vary(0.04, 1.0)  # seconds by which this head is slower than the story's

    def head(keys: tuple[Key, ...], scale: float) -> Curve:
        varied = [(at * pace + (lag if at else 0.0), scale * timeline.vary(value, 0.04)) for at, value in keys]
        return spline(timeline.clock, varied)

    timeline.add("yaw", head(story.yaw, side * turn))
    timeline.add("pitch", head(story.pitch, 1.15 * min(1.0, pace) * timeline.vary(1.0, 0.08)))
    timeline.add("roll", head(story.roll, 0.98 * side * min(1.0, pace) * timeline.vary(1.0, 0.08)))
    timeline.blend("smile", np.maximum(head(story.smile, timeline.vary(0.93, 0.04)), 0.0))
    timeline.add("brow", head(story.brow, timeline.vary(1.0, 0.1)))
    looks = [(at * pace, side * turn * yaw, pitch) for at, yaw, pitch in story.looks]
    _look(timeline, looks)
    _blink_now_and_then(timeline, [(at * pace, share) for at, share in story.blinks])
    timeline.tremble(1.0)


def idle(timeline: Timeline, *, blinking: bool = True) -> None:
    """Someone who sits quietly: breath, small drifts of the head, a glance, one blink."""
    length = timeline.clock.seconds
    calm = min(1.0, length / 4.0)
    side = float(timeline.rng.choice((-1.0, 1.0)))

    def drift(keys: tuple[Key, ...], height: float) -> Curve:
        scaled = [(share * length, height * calm * timeline.vary(value, 0.15)) for share, value in keys]
        return spline(timeline.clock, scaled)

    timeline.add("yaw", drift(((0.0, 0.0), (0.28, 1.0), (0.42, 0.8), (0.72, -1.0)), side * 1.5))
    timeline.add("pitch", drift(((0.0, 0.0), (0.32, -1.0), (0.55, -0.4), (0.76, 0.7)), 0.8))
    timeline.add("roll", drift(((0.0, 0.0), (0.3, 1.0), (0.5, 0.6), (0.8, -0.9)), side * 0.7))
    timeline.add("smile", drift(((0.0, 0.0), (0.45, 1.0), (0.6, 0.9)), 0.14))
    timeline.add("brow", drift(((0.0, 0.0), (0.2, 1.0), (0.6, -0.1)), 0.15))
    glance = timeline.vary(0.16, 0.3) * length
    back = timeline.vary(0.58, 0.12) * length
    _look(timeline, [(glance, side * 3.6, 0.3), (back, side * -1.2, 0.0), (0.86 * length, 0.0, 0.0)])
    if blinking:
        timeline.blink(float(timeline.rng.choice((glance, back))))
    timeline.tremble(0.7 * calm)


def _look(timeline: Timeline, looks: list[tuple[float, float, float]]) -> None:
    """Rest the eyes on `looks` one after the other; between two saccades a small one, as eyes do."""
    for index in (1, 2):
        keys: list[Key] = []
        for (at, *now), (then, *_) in zip(looks, [*looks[1:], (timeline.clock.seconds, 0.0, 0.0)], strict=True):
            keys.append((at, now[index - 1]))
            if then - at > 0.7 and (now[0] or now[1]):
                keys.append((at + timeline.vary(0.55, 0.2) * (then - at), now[index - 1] + timeline.vary(0.9, 0.5)))
        curve = fixations(timeline.clock, keys)
        if index == 1:
            timeline.target_yaw = timeline.target_yaw + curve
        else:
            timeline.target_pitch = timeline.target_pitch + curve


def _blink_now_and_then(timeline: Timeline, blinks: list[tuple[float, float]]) -> None:
    """Each blink with its own likelihood, but at least one; it starts with the eyes' own movement."""
    chosen = [at for at, share in blinks if timeline.rng.random() < share] or [blinks[0][0]]
    for at in chosen:
        timeline.blink(at + float(timeline.rng.uniform(-0.02, 0.05)))


_QUICKEST: Final = 0.6  # share of its natural time that a story's gesture may take where the loop is short


def _tell(timeline: Timeline, story: Story) -> None:
    """Draw a story over the drifts of `idle`. A short loop leaves the look aside out and hurries the rest."""
    stretch = timeline.clock.seconds / STORY_SECONDS
    pace = float(np.clip(stretch, 0.65, 1.25))
    side = float(timeline.rng.choice((-1.0, 1.0)))
    idle(timeline, blinking=False)
    rise, fall = 0.7 * pace, 0.9 * pace
    there = timeline.pulse(0.3 * stretch, rise, max(0.0, 3.3 * stretch - rise - fall), fall)
    for channel, usual in story.mood.items():
        height = timeline.vary(usual, 0.12)
        if channel in ("yaw", "pitch", "roll"):
            timeline.add(channel, (side if channel == "roll" else 1.0) * height * there)
        elif height < 0:
            timeline.add(channel, height * there)
        else:
            timeline.blend(channel, height * there)
    late = 0.0 if stretch < 0.7 else timeline.vary(0.1, 0.9)
    if story.lead and stretch >= 0.7:
        _come_back(timeline, side * timeline.vary(story.lead, 0.12), 0.25 * stretch, 1.05 * stretch + late)
    for second, text in story.cues:
        _play(timeline, parse_gesture(text), second * stretch + late, pace)
    for second in story.blinks:
        timeline.blink(second * stretch + late)


def _play(timeline: Timeline, wish: GestureWish, start: float, pace: float) -> None:
    """Draw one gesture of a story; none reaches over the loop's end."""
    sides = GESTURES[wish.name].sides
    chosen = sides[int(timeline.rng.integers(2))] if sides else ""
    pace *= SPEEDS.get(wish.speed, 1.0)
    gesture = GESTURES[wish.name]
    needed = gesture.length + gesture.tail + (wish.count - 1) * gesture.beat
    start = max(0.12, min(start, timeline.clock.seconds - 0.1 - _QUICKEST * needed))
    pace = min(pace, (timeline.clock.seconds - start - 0.1) / needed)
    gesture.draw(
        timeline,
        PlannedGesture(
            wish.name, start, pace, side=wish.side or chosen, count=wish.count,
            strength=timeline.vary(wish.strength, 0.08),
        ),
    )  # fmt: skip


def _come_back(timeline: Timeline, far: float, start: float, back: float) -> None:
    """A look aside by `far` degrees, the head after the eyes; at `back` seconds the eyes return with a blink."""
    timeline.look(1.1 * far * timeline.pulse(start, 0.08, back - start - 0.08, 0.09))
    lag = timeline.vary(0.12, 0.2)
    head = timeline.pulse(start + lag, 0.75 * (back - start), 0.1 * (back - start), 1.0)
    timeline.add("yaw", 0.75 * far * head)
    timeline.add("pitch", 0.5 * head)
    timeline.add("roll", 0.12 * far * head)
    timeline.blink(back - 0.04)


PRESETS: Final[Mapping[str, Callable[[Timeline], None]]] = MappingProxyType(
    {
        "nostalgia": nostalgia,
        "idle": idle,
        **{name: partial(_tell, story=story) for name, story in STORIES.items()},
    }
)
"""Every motion of `pipeline.limits.PRESETS`."""
