"""The gestures that a person may be asked for: each with its curves, its sides and its time. This table declares them.

The words for a gesture are declared in `skill/gesture_words.py`; the command line, the API, the page, the voice, the
grammars of the assistant's console and the docs follow from the two. Free of numpy, so that a wish is checked early.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from pipeline.motion.easing import Curve
    from pipeline.motion.timeline import Timeline

LEFT_RIGHT: Final = ("left", "right")
"""Sides of most gestures. They are the VIEWER's: «поверни голову налево», «подмигни левым» are said by somebody who
looks at the picture."""
ALL_SIDES: Final = (*LEFT_RIGHT, "up", "down", "viewer")
"""Sides that a look may have; "viewer" is the person before the picture."""


@dataclass(frozen=True, slots=True)
class PlannedGesture:
    """A gesture's place in a loop, and the way in which it is made."""

    name: str
    """One of GESTURES."""
    start: float
    """Seconds from the loop's start."""
    pace: float = 1.0
    """Share of its natural time that it takes: smaller is quicker."""
    hold: float = 0.0
    """Seconds that it is held longer."""
    side: str = ""
    """One of the gesture's sides; empty for a gesture that has none."""
    count: int = 1
    """Number of times that it is made."""
    strength: float = 1.0
    """Size of the movement, 1 = natural."""

    @property
    def reach(self) -> float:
        """Size of the movement at this pace: what is made in a hurry is smaller."""
        return self.strength * (0.4 + 0.6 * self.haste)

    @property
    def haste(self) -> float:
        """Share of its time that a movement of this size has, 1 = enough."""
        return min(1.0, self.pace / max(1.0, self.strength))

    @property
    def sign(self) -> float:
        """-1 for the viewer's left, 1 for the right, 0 for all else."""
        return {"left": -1.0, "right": 1.0}.get(self.side, 0.0)


_WIDEST: Final = 0.8  # of `jaw`: lips that are parted farther show a dark hole, for the photo has no teeth to show

Draw: TypeAlias = Callable[["Timeline", PlannedGesture], None]
"""Adds a planned gesture to a timeline."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture at its natural pace."""

    about: str
    """The movement in English, for the command line's help and the docs."""
    track: str
    """Part of the face that it uses: head, lids or mouth. Gestures on one track come one after the other."""
    length: float
    """Seconds until the next gesture on the track may begin."""
    tail: float
    """Seconds after `length` in which it dies away."""
    draw: Draw
    """Adds the gesture to a timeline."""
    sides: tuple[str, ...] = ()
    """Sides that may be asked for; where none is, the seed chooses one of the first two."""
    beat: float = 0.0
    """Seconds of each further repetition; 0 for a gesture that is made once only."""
    lingers: bool = False
    """Whether it is held longer where the loop has time."""


def _smile(timeline: Timeline, plan: PlannedGesture) -> None:
    rise, rest, fall = timeline.vary(0.55, 0.1) * plan.pace, 0.5 * plan.pace + plan.hold, 0.8 * plan.pace
    wide = timeline.pulse(plan.start, rise, rest, fall)
    timeline.blend("smile", min(1.0, timeline.vary(0.97, 0.03) * plan.strength) * wide)
    timeline.add("brow", 0.16 * plan.strength * timeline.pulse(plan.start, 0.8 * rise, 0.5 * rest, fall))
    timeline.blend("squint", 0.25 * plan.strength * wide)
    timeline.add("pitch", -0.8 * plan.strength * wide)


def _wink(timeline: Timeline, plan: PlannedGesture) -> None:
    pace, strength = plan.pace, plan.strength
    eye, other = ("blink_r", "blink_l") if plan.side == "left" else ("blink_l", "blink_r")
    for number in range(plan.count):
        at = plan.start + number * GESTURES["wink"].beat * pace
        lid = min(1.0, 0.55 + 0.45 * strength) * timeline.lid(at + 0.14 * pace, 0.15 * pace, 0.2, 0.3 * pace)
        timeline.close_eye(eye, lid)
        timeline.close_eye(other, 0.07 * lid)  # the other lid is pulled along a little, not shut
    rest = 0.25 * pace + (plan.count - 1) * GESTURES["wink"].beat * pace
    squint = strength * timeline.pulse(plan.start, 0.28 * pace, rest, 0.6 * pace)
    timeline.blend("smile", 0.35 * squint)
    timeline.add("smile_side", 0.3 * plan.sign * squint)  # the person's left is the viewer's right
    timeline.add("brow", -0.2 * squint)
    timeline.add("roll", plan.sign * timeline.vary(1.5, 0.2) * squint)
    timeline.add("pitch", 0.7 * squint)


def _blink(timeline: Timeline, plan: PlannedGesture) -> None:
    for number in range(plan.count):
        timeline.blink(plan.start + number * GESTURES["blink"].beat * plan.pace, max(1.0, plan.pace))


def _close_eyes(timeline: Timeline, plan: PlannedGesture) -> None:
    pace = plan.pace
    lid = timeline.lid(plan.start, 0.34 * pace, 0.75 * pace + plan.hold, 0.62 * pace)
    timeline.close_eye("blink_r", lid)
    timeline.close_eye("blink_l", lid)
    calm = timeline.pulse(plan.start, 0.45 * pace, 0.65 * pace + plan.hold, 0.75 * pace)
    timeline.blend("smile", 0.1 * plan.strength * calm)
    timeline.add("pitch", timeline.vary(1.0, 0.15) * plan.strength * calm)


def _nod(timeline: Timeline, plan: PlannedGesture) -> None:
    """One nod with a small one after it, or several of one size."""
    pace, beat = plan.pace, GESTURES["nod"].beat
    deep = timeline.vary(6.3, 0.08) * plan.reach
    timeline.add("pitch", -0.25 * deep * timeline.pulse(plan.start, 0.18 * pace, 0.0, 0.3 * pace))
    small = plan.count == 1
    for number in range(plan.count + small):
        last = small and number == 1
        at = plan.start + (0.12 + number * beat) * pace
        rise, fall = (0.30, 0.44) if last else (0.34, 0.38)
        timeline.add("pitch", (0.55 if last else 1.0) * deep * timeline.pulse(at, rise * pace, 0.0, fall * pace))


def _shake(timeline: Timeline, plan: PlannedGesture) -> None:
    """To and fro, while the eyes stay where they are: the head turns under them."""
    pace = plan.pace
    swing = timeline.swing(plan.start, timeline.vary(1.1, 0.04) * pace, 1 + plan.count)
    far = plan.sign * timeline.vary(4.5, 0.04) * plan.strength * plan.haste  # never quicker, only smaller
    timeline.add("yaw", far * swing)
    timeline.add("roll", 0.1 * far * swing)
    through = timeline.pulse(plan.start, 0.4 * pace, (0.3 + plan.count) * pace, 0.6 * pace)
    timeline.add("pitch", 0.9 * plan.strength * through)
    timeline.add("brow", -0.12 * plan.strength * through)


def _turn(timeline: Timeline, plan: PlannedGesture) -> None:
    pace = plan.pace
    far = plan.sign * timeline.vary(8.6, 0.08) * plan.reach
    lead = timeline.vary(0.12, 0.2)  # seconds by which the eyes set off before the head
    head = timeline.pulse(plan.start + lead, 0.8 * pace, 0.45 * pace, 0.9 * pace)
    timeline.add("yaw", far * head)
    timeline.add("roll", 0.18 * far * head)
    timeline.add("pitch", 0.7 * timeline.pulse(plan.start + lead, 0.4 * pace, 0.0, 0.6 * pace))
    timeline.look(1.15 * far * timeline.pulse(plan.start, 0.08, 1.25 * pace, 0.08))


def _tilt(timeline: Timeline, plan: PlannedGesture) -> None:
    pace = plan.pace
    far = plan.sign * plan.reach
    head = timeline.pulse(plan.start, 0.75 * pace, 0.55 * pace, 0.85 * pace)
    timeline.add("roll", timeline.vary(5.2, 0.08) * far * head)
    timeline.add("yaw", -1.1 * far * head)
    timeline.add("pitch", 0.6 * plan.strength * head)
    timeline.add("sway_x", 0.006 * far * head)


def _look(timeline: Timeline, plan: PlannedGesture) -> None:
    """The eyes lead, the head follows a little."""
    pace = plan.pace
    eyes = timeline.pulse(plan.start, 0.08, 1.2 * pace, 0.1)
    head = plan.reach * timeline.pulse(plan.start + timeline.vary(0.1, 0.2), 0.6 * pace, 0.45 * pace, 0.7 * pace)
    match plan.side:
        case "up" | "down":
            down = 1.0 if plan.side == "down" else -1.0
            timeline.add("pitch", down * timeline.vary(4.2 if down > 0 else 3.2, 0.1) * head)
            timeline.look(0.0, down * 26.0 * plan.strength * eyes)
            timeline.add("gaze_y", down * 0.03 * plan.strength * eyes)
            _follow_with_lids(timeline, down, plan.strength * eyes)
        case "viewer":
            _look_at_viewer(timeline, plan)
        case _:
            timeline.add("yaw", plan.sign * timeline.vary(3.4, 0.1) * head)
            timeline.look(plan.sign * 32.0 * plan.strength * eyes)


def _follow_with_lids(timeline: Timeline, down: float, eyes: Curve) -> None:
    """The upper lids go with the eyes; the brows, too, when they look up."""
    if down > 0:
        timeline.close_eye("blink_r", 0.36 * eyes)
        timeline.close_eye("blink_l", 0.36 * eyes)
    else:
        timeline.blend("widen", 0.35 * eyes)
        timeline.add("brow", 0.3 * eyes)


def _look_at_viewer(timeline: Timeline, plan: PlannedGesture) -> None:
    """A glance aside, then the eyes come back with a blink and stay, and the face opens a little."""
    pace, aside = plan.pace, float(timeline.rng.choice((-1.0, 1.0)))
    timeline.look(aside * 18.0 * timeline.pulse(plan.start, 0.08, 0.42 * pace, 0.1))
    timeline.add("yaw", aside * 2.6 * plan.reach * timeline.pulse(plan.start + 0.1, 0.5 * pace, 0.0, 0.6 * pace))
    back = plan.start + 0.5 * pace
    timeline.blink(back - 0.05)
    met = plan.strength * timeline.pulse(back, 0.35 * pace, 0.4 * pace, 0.6 * pace)
    timeline.add("brow", 0.3 * met)
    timeline.blend("smile", 0.22 * met)
    timeline.add("pitch", -0.9 * met)


def _surprise(timeline: Timeline, plan: PlannedGesture) -> None:
    pace, start, strength = plan.pace, plan.start, plan.strength
    up = timeline.pulse(start, 0.18, 0.65 * pace, 0.6 * pace)
    timeline.blend("brow", min(1.0, 0.95 * strength) * up)
    timeline.blend("widen", min(1.0, timeline.vary(0.9, 0.1) * strength) * up)
    timeline.blend("jaw", min(_WIDEST, timeline.vary(0.72, 0.06) * strength) * up)
    back = strength * timeline.pulse(start + 0.04, 0.28, 0.5 * pace, 0.65 * pace)
    timeline.add("pitch", -2.0 * back)
    timeline.add("sway_y", -0.006 * back)


def _think(timeline: Timeline, plan: PlannedGesture) -> None:
    """The eyes go up and aside and rest there, the head follows and leans, a brow comes down over the thought."""
    pace, side, start = plan.pace, plan.sign, plan.start
    eyes = plan.strength * timeline.pulse(start, 0.09, 1.5 * pace, 0.1)
    timeline.look(side * 28.0 * eyes, -16.0 * eyes)
    head = plan.reach * timeline.pulse(start + timeline.vary(0.12, 0.2), 0.75 * pace, 0.65 * pace, 0.8 * pace)
    timeline.add("yaw", side * timeline.vary(2.6, 0.1) * head)
    timeline.add("pitch", -1.6 * head)
    timeline.add("roll", side * timeline.vary(2.4, 0.15) * head)
    thought = plan.strength * timeline.pulse(start + 0.2 * pace, 0.5 * pace, 0.9 * pace, 0.6 * pace)
    timeline.blend("frown", 0.42 * thought)
    timeline.add("brow_side", -0.16 * side * thought)
    timeline.blend("squint", 0.3 * thought)
    timeline.blend("pucker", 0.16 * thought)
    timeline.blink(start + 1.5 * pace, max(1.0, plan.pace))


def _sigh(timeline: Timeline, plan: PlannedGesture) -> None:
    """The chest fills and the head rises; then all sinks slowly, lids and jaw with it."""
    pace, start, strength = plan.pace, plan.start, plan.strength
    filled = timeline.pulse(start, 0.75 * pace, 0.1 * pace, 1.1 * pace)
    timeline.blend("breath", 0.55 * plan.reach * filled)
    timeline.add("pitch", -1.5 * strength * timeline.pulse(start, 0.75 * pace, 0.05 * pace, 0.6 * pace))
    timeline.add("brow", 0.22 * strength * timeline.pulse(start, 0.7 * pace, 0.1 * pace, 0.5 * pace))
    sunk = strength * timeline.pulse(start + 0.75 * pace, 0.65 * pace, 0.15 * pace, 0.85 * pace)
    timeline.add("pitch", timeline.vary(3.7, 0.08) * sunk)
    timeline.add("sway_y", 0.007 * sunk)
    timeline.blend("inner_brow", 0.3 * sunk)
    timeline.add("smile", -0.1 * sunk)
    lids = min(0.5, 0.42 * strength) * timeline.pulse(start + 0.8 * pace, 0.45 * pace, 0.3 * pace, 0.75 * pace)
    timeline.close_eye("blink_r", lids)
    timeline.close_eye("blink_l", lids)
    apart = timeline.pulse(start + 0.8 * pace, 0.3 * pace, 0.25 * pace, 0.6 * pace)
    timeline.blend("jaw", min(_WIDEST, 0.74 * strength) * apart)


def _move_lips(timeline: Timeline, plan: PlannedGesture) -> None:
    """A few syllables without a sound: the jaw opens for some, the lips round for others."""
    at = plan.start
    for number in range(5):
        beat = timeline.vary(0.3, 0.15) * plan.pace
        opened = min(_WIDEST, timeline.vary(0.66, 0.2) * plan.strength)
        timeline.blend("jaw", opened * timeline.pulse(at, 0.45 * beat, 0.1 * beat, 0.55 * beat))
        if number % 2:
            timeline.blend("pucker", 0.3 * plan.strength * timeline.pulse(at, 0.5 * beat, 0.1 * beat, 0.6 * beat))
        at += 0.94 * beat
    talk = plan.strength * timeline.pulse(plan.start, 0.3 * plan.pace, 0.9 * plan.pace, 0.5 * plan.pace)
    timeline.add("brow", 0.15 * talk)
    timeline.add("pitch", 0.9 * plan.strength * timeline.pulse(plan.start + 0.5 * plan.pace, 0.3, 0.0, 0.4))


def _kiss(timeline: Timeline, plan: PlannedGesture) -> None:
    """The lips come together and forward with a small nod, eyes narrow; then they part, and a smile is left."""
    pace, start, strength = plan.pace, plan.start, plan.strength
    lips = timeline.pulse(start, 0.42 * pace, 0.34 * pace, 0.3 * pace)
    timeline.blend("pucker", min(1.0, timeline.vary(0.95, 0.04) * strength) * lips)
    nod = timeline.pulse(start + 0.18 * pace, 0.5 * pace, 0.05, 0.5 * pace)
    timeline.add("pitch", timeline.vary(2.3, 0.1) * plan.reach * nod)
    narrow = min(1.0, strength) * timeline.pulse(start + 0.12 * pace, 0.35 * pace, 0.42 * pace, 0.4 * pace)
    timeline.blend("squint", 0.5 * narrow)
    timeline.close_eye("blink_r", 0.2 * narrow)  # lids that hang half way for so long look drowsy
    timeline.close_eye("blink_l", 0.2 * narrow)
    timeline.add("brow", 0.18 * strength * timeline.pulse(start + 0.1, 0.4 * pace, 0.4 * pace, 0.5 * pace))
    timeline.blend("jaw", 0.3 * strength * timeline.pulse(start + 0.78 * pace, 0.1 * pace, 0.05, 0.25 * pace))
    timeline.blend("smile", 0.42 * strength * timeline.pulse(start + 0.85 * pace, 0.4 * pace, 0.25 * pace, 0.6 * pace))


def _frown(timeline: Timeline, plan: PlannedGesture) -> None:
    """The brows come down and together, the head follows them, the lips press."""
    pace, strength = plan.pace, plan.strength
    dark = strength * timeline.pulse(plan.start, 0.4 * pace, 0.75 * pace + plan.hold, 0.7 * pace)
    timeline.blend("frown", timeline.vary(0.92, 0.06) * dark)
    timeline.add("brow", -0.14 * dark)
    timeline.blend("squint", 0.4 * dark)
    timeline.add("smile", -0.22 * dark)
    timeline.add("pitch", 1.5 * dark)


def _squint(timeline: Timeline, plan: PlannedGesture) -> None:
    """The lids narrow from below, the cheeks rise, the brows sink a little; the head comes nearer to look."""
    pace, strength = plan.pace, plan.strength
    narrow = min(1.0, strength) * timeline.pulse(plan.start, 0.35 * pace, 0.7 * pace + plan.hold, 0.5 * pace)
    timeline.blend("squint", timeline.vary(0.93, 0.05) * narrow)
    timeline.close_eye("blink_r", 0.24 * narrow)
    timeline.close_eye("blink_l", 0.24 * narrow)
    timeline.blend("cheek", 0.4 * narrow)
    timeline.blend("frown", 0.2 * narrow)
    timeline.blend("smile", 0.12 * narrow)
    timeline.add("brow", -0.1 * narrow)
    timeline.add("pitch", 1.2 * strength * narrow)


def _be_sad(timeline: Timeline, plan: PlannedGesture) -> None:
    """The inner brows rise, the corners of the mouth and the eyes sink, the head leans."""
    pace, strength = plan.pace, plan.strength
    low = strength * timeline.pulse(plan.start, 0.8 * pace, 0.75 * pace, 0.9 * pace)
    timeline.blend("inner_brow", min(1.0, timeline.vary(0.94, 0.05)) * low)
    timeline.add("smile", -0.4 * low)
    timeline.blend("pucker", 0.36 * low)  # corners that a smile has lifted sink with it
    timeline.add("pitch", timeline.vary(2.4, 0.1) * low)
    timeline.add("roll", float(timeline.rng.choice((-1.0, 1.0))) * 1.5 * low)
    timeline.look(0.0, 9.0 * strength * timeline.pulse(plan.start + 0.15 * pace, 0.3, 1.2 * pace, 0.3))
    lids = min(0.4, 0.3 * strength) * timeline.pulse(plan.start + 0.1 * pace, 0.6 * pace, 0.9 * pace, 0.7 * pace)
    timeline.close_eye("blink_r", lids)
    timeline.close_eye("blink_l", lids)


GESTURES: Final[Mapping[str, Gesture]] = MappingProxyType(
    {
        "smile": Gesture("a smile that is held", "mouth", 1.95, 0.0, _smile, lingers=True),
        "wink": Gesture("one eye shuts", "lids", 0.95, 0.2, _wink, LEFT_RIGHT, beat=0.7),
        "blink": Gesture("both eyes blink", "lids", 0.45, 0.16, _blink, beat=0.38),
        "close-eyes": Gesture("the eyes close, rest and open", "lids", 1.75, 0.2, _close_eyes),
        "nod": Gesture("the head says yes", "head", 1.3, 0.2, _nod, beat=0.62),
        "shake": Gesture("the head says no", "head", 2.25, 0.18, _shake, LEFT_RIGHT, beat=1.14),
        "turn": Gesture("the head turns aside and back", "head", 1.85, 0.45, _turn, LEFT_RIGHT),
        "tilt": Gesture("the head leans aside and back", "head", 1.9, 0.3, _tilt, LEFT_RIGHT),
        "look": Gesture("the eyes look aside, the head follows a little", "head", 1.6, 0.3, _look, ALL_SIDES),
        "surprise": Gesture("brows up, eyes wide, lips apart", "lids", 1.3, 0.2, _surprise),
        "think": Gesture(
            "a look up and aside, the head leans, the brows draw together", "head", 2.05, 0.35, _think, LEFT_RIGHT
        ),
        "sigh": Gesture("a deep breath, then all sinks slowly", "head", 2.1, 0.3, _sigh),
        "lips": Gesture("the lips move as in speech, without a sound", "mouth", 1.55, 0.2, _move_lips),
        "kiss": Gesture("the lips blow a kiss, the eyes narrow", "mouth", 1.75, 0.4, _kiss),
        "frown": Gesture("the brows draw together", "lids", 1.75, 0.15, _frown, lingers=True),
        "squint": Gesture("the eyes narrow", "lids", 1.6, 0.15, _squint),
        "sad": Gesture("the inner brows rise, the corners of the mouth sink", "head", 2.1, 0.3, _be_sad),
    }
)
"""Every gesture by the name that it has on the command line and in the API."""
