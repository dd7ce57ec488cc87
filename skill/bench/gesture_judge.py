"""`ozhivi bench gestures`: each gesture as our tracker sees it on rendered portraits, against what it should look like.

The tracker reads the frames as it would read a film: it knows the landmarks alone, none of the curves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.animate.warp.animator import WarpAnimator
from pipeline.arrays import Pixels
from pipeline.errors import PipelineError
from pipeline.faces.finder import Face, FaceFinder
from pipeline.faces.landmarks import LandmarkFinder
from pipeline.faces.selection import select_faces
from pipeline.motion.channels import LIMITS
from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.gesture_plan import default_seconds
from pipeline.motion.gestures import GESTURES
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.bench.errors import BenchError
from skill.bench.truth.expression import Expression, measure_expression, read_curves
from skill.bench.truth.footage import track_face
from skill.local_render import open_runtime

FIGURES: Final = (
    "yaw",
    "to and fro",
    "pitch",
    "roll",
    "right eye",
    "left eye",
    "mouth",
    "corners",
    "lips",
    "brows",
    "gaze x",
    "gaze y",
)
"""What is measured of a frame against the photo. Degrees: turns of the head, and the range of its yaw. Shares: closure
of the person's eyes, growth of the mouth's width. In distances of the eyes' outer corners: rise of the mouth's corners,
gap of the lips, rise of the brows. In eye widths: shift of the irises."""
_CHANGES: Final = tuple(figure for figure in FIGURES if figure != "to and fro")
LONG_SIDE: Final = 480
"""Pixels of the portraits' longer side."""
_SEED: Final = 3
_LARGE: Final = 0.3  # share of a channel's range from which on its extremes are looked at
_SMALL_TURN: Final = 4.0  # degrees of a head that only moves along
# Of irises that move by 0.1 eye widths the tracker reads 0.017 to 0.05; of ones that stay it reads 0.004 at most.
_GLANCE: Final = 0.012
# A half profile: of a nod of 6° the tracker reads 2.4° as pitch and 2.6° as roll, where it reads 4.4° of a face that
# looks straight on; of irises that move by 0.1 eye widths, as their pixels lie, it reads 0.01 to 0.02, or nothing.
_HALF_PROFILE: Final = 25.0  # degrees of yaw
_NOD_OF_HALF_PROFILE: Final = 0.55
_UNREAD: Final = frozenset({"gaze x", "gaze y"})


@dataclass(frozen=True, slots=True)
class Bound:
    """A range in which a figure should lie."""

    figure: str
    """One of FIGURES."""
    low: float = -np.inf
    """The least value."""
    high: float = np.inf
    """The greatest value."""

    def holds(self, value: float) -> bool:
        """Whether the value lies between."""
        return self.low <= value <= self.high

    def of_half_profile(self) -> Bound | None:
        """The bound for the face of a half profile, None where the tracker does not see the figure there."""
        if self.figure in _UNREAD:
            return None
        if self.figure == "pitch" and self.low != -self.high:
            return Bound(self.figure, self.low * _NOD_OF_HALF_PROFILE, self.high * _NOD_OF_HALF_PROFILE)
        return self

    def __str__(self) -> str:
        if self.low == -self.high:
            return f"{self.figure} within ±{self.high:g}"
        if np.isfinite(self.low) and np.isfinite(self.high):
            return f"{self.figure} {self.low:g} … {self.high:g}"
        return f"{self.figure} ≥ {self.low:g}" if np.isfinite(self.low) else f"{self.figure} ≤ {self.high:g}"


_STILL: Final = tuple(Bound(axis, -_SMALL_TURN, _SMALL_TURN) for axis in ("yaw", "pitch", "roll"))
EXPECTED: Final[Mapping[str, tuple[Bound, ...]]] = MappingProxyType(
    {
        "smile": (Bound("mouth", 0.03), *_STILL),
        "wink:left": (Bound("right eye", 0.6), Bound("left eye", -np.inf, 0.25), *_STILL),
        "wink:right": (Bound("left eye", 0.6), Bound("right eye", -np.inf, 0.25), *_STILL),
        "blink": (Bound("right eye", 0.6), Bound("left eye", 0.6), *_STILL),
        "close-eyes": (Bound("right eye", 0.6), Bound("left eye", 0.6), *_STILL),
        "nod": (Bound("pitch", 2.5), *_STILL[::2]),
        "shake:left": (Bound("to and fro", 5.0), *_STILL[1:]),
        "shake:right": (Bound("to and fro", 5.0), *_STILL[1:]),
        "turn:left": (Bound("yaw", -np.inf, -5.0), *_STILL[1:]),
        "turn:right": (Bound("yaw", 5.0), *_STILL[1:]),
        "tilt:left": (Bound("roll", -np.inf, -3.0), *_STILL[:2]),
        "tilt:right": (Bound("roll", 3.0), *_STILL[:2]),
        "look:left": (Bound("gaze x", -np.inf, -_GLANCE), *_STILL[1:]),
        "look:right": (Bound("gaze x", _GLANCE), *_STILL[1:]),
        "look:up": (Bound("gaze y", -np.inf, -0.004), Bound("pitch", -np.inf, -1.0), _STILL[0], _STILL[2]),
        "look:down": (Bound("pitch", 1.0), _STILL[0], _STILL[2]),
        "look:viewer": _STILL,
        "surprise": (Bound("brows", 0.02), Bound("lips", 0.005), _STILL[0], _STILL[2]),
        "think:left": (Bound("gaze x", -np.inf, -_GLANCE), Bound("roll", -np.inf, -1.0)),
        "think:right": (Bound("gaze x", _GLANCE), Bound("roll", 1.0)),
        "sigh": (Bound("pitch", 1.5), Bound("lips", 0.005), _STILL[0], _STILL[2]),
        "lips": (Bound("lips", 0.005), *_STILL),
        "kiss": (Bound("mouth", -np.inf, -0.03), _STILL[0], _STILL[2]),
        "frown": (Bound("brows", -np.inf, -0.005), *_STILL),
        "squint": (Bound("right eye", 0.1, 0.7), Bound("left eye", 0.1, 0.7), *_STILL),
        "sad": (Bound("corners", -np.inf, -0.005), _STILL[0], _STILL[1]),
    }
)
"""Every gesture with each of its sides → what the tracker should see; left and right of a gesture are the viewer's,
those of an eye the person's. What is not named may move as it does in life."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One gesture on one portrait."""

    photo: str
    """The photo's name."""
    gesture: str
    """One of EXPECTED."""
    figures: Mapping[str, float]
    """Of each of FIGURES the value that is farthest from zero in any frame."""
    half_profile: bool = False
    """Whether the face is turned so far that the tracker sees less of it."""

    @property
    def asked(self) -> tuple[Bound, ...]:
        """The bounds of this face; empty where the tracker can't see the gesture."""
        expected = EXPECTED[self.gesture]
        if not self.half_profile:
            return expected
        seen = tuple(bound for bound in (one.of_half_profile() for one in expected) if bound is not None)
        return () if all(bound in _STILL for bound in seen) and len(seen) < len(expected) else seen

    @property
    def missed(self) -> tuple[Bound, ...]:
        """The bounds that do not hold."""
        return tuple(bound for bound in self.asked if not bound.holds(self.figures[bound.figure]))


def judge_folder(folder: Path, gestures: Sequence[str] = tuple(EXPECTED)) -> list[Judgement]:
    """Judge the gestures on every photo of a folder, of several people on the largest face.

    Raises:
        BenchError: The folder holds no photo with a face.
    """
    runtime = open_runtime()
    found: list[Judgement] = []
    for path in track(sorted(folder.iterdir()), "Judging", console=Console(stderr=True), transient=True):
        try:
            pixels = read_photo(path, long_side=LONG_SIDE, turn=0)
            face = select_faces(FaceFinder(runtime).find(pixels), "largest")[0]
        except (PipelineError, IsADirectoryError):
            continue
        found += judge_portrait(path.stem, pixels, face, runtime, gestures)
    if not found:
        raise BenchError(f"{folder} holds no photo with a face")
    return found


def judge_portrait(
    name: str, pixels: Pixels, face: Face, runtime: Runtime, gestures: Sequence[str]
) -> Iterator[Judgement]:
    """Judge gestures on one portrait.

    Args:
        name: The photo's name.
        pixels: The photo, uint8 H×W×3.
        face: The face that moves.
        runtime: Has the models of faces and of the warp.
        gestures: Some of EXPECTED.
    """
    prepared, tracker = WarpAnimator(runtime).prepare(pixels, [face]), LandmarkFinder(runtime)
    for gesture in gestures:
        frames = prepared.animate([pick_extremes(compose_gesture(gesture))])
        tracked = (track_face(tracker, frame, face) for frame in frames)
        seen = [measure_expression(one.landmarks) for one in tracked if one is not None]
        changes = [_compare(seen[0], one) for one in seen[1:]]
        farthest = {figure: max((one[figure] for one in changes), key=abs, default=0.0) for figure in _CHANGES}
        yaws = [0.0, *(one["yaw"] for one in changes)]
        farthest["to and fro"] = max(yaws) - min(yaws)
        yield Judgement(name, gesture, farthest, abs(face.pose.yaw) > _HALF_PROFILE)


def compose_gesture(gesture: str) -> Motion:
    """The motion of a gesture, without the blinks that are not its own."""
    motion = compose(gestures=(gesture,), seconds=default_seconds((gesture,)), seed=_SEED)
    blinks = GESTURES[gesture.partition(":")[0]].track == "lids"
    return motion if blinks else motion.unblinking()


def pick_extremes(motion: Motion) -> Motion:
    """The photo, and the frames in which a channel is farthest from it, as a motion of their own."""
    picked = {0}
    for name, curve in motion.curves.items():
        lowest, highest = LIMITS[name]
        ends = int(curve.argmin()), int(curve.argmax())
        picked |= {at for at in ends if abs(curve[at]) >= _LARGE * (highest if curve[at] > 0 else -lowest)}
    order = sorted(picked)
    return Motion(motion.name, motion.fps, {name: curve[order] for name, curve in motion.curves.items()})


def _compare(photo: Expression, frame: Expression) -> dict[str, float]:
    curves = read_curves(photo, frame)
    return {
        "yaw": frame.pose.yaw - photo.pose.yaw,
        "pitch": frame.pose.pitch - photo.pose.pitch,
        "roll": frame.pose.roll - photo.pose.roll,
        "right eye": curves["blink_r"],
        "left eye": curves["blink_l"],
        "mouth": frame.mouth_width / photo.mouth_width - 1.0,
        "corners": frame.mouth_lift - photo.mouth_lift,
        "lips": frame.lip_gap - photo.lip_gap,
        "brows": frame.brow_lift - photo.brow_lift,
        "gaze x": curves["gaze_x"],
        "gaze y": curves["gaze_y"],
    }


def table(judgements: Sequence[Judgement]) -> list[tuple[str, ...]]:
    """Rows of the gesture, the medians of FIGURES, what is expected, on how many portraits it holds, who misses."""
    rows = []
    for gesture in dict.fromkeys(one.gesture for one in judgements):
        mine = [one for one in judgements if one.gesture == gesture]
        medians = (float(np.median([one.figures[figure] for one in mine])) for figure in FIGURES)
        expected = ", ".join(map(str, EXPECTED[gesture]))
        missed = "; ".join(f"{one.photo} ({', '.join(_miss(one))})" for one in mine if one.missed)
        asked = [one for one in mine if one.asked]
        good = sum(not one.missed for one in asked)
        shown = (f"{value:.1f}" if abs(value) >= 1.0 else f"{value:.2f}" for value in medians)
        rows.append((gesture, *shown, expected, f"{good} of {len(asked)}", missed or "–"))
    return rows


def _miss(one: Judgement) -> Iterator[str]:
    return (f"{bound.figure} {one.figures[bound.figure]:.2f}" for bound in one.missed)


def show(judgements: Sequence[Judgement]) -> None:
    """Print the table."""
    shown = Table("gesture", *FIGURES, "expected", "holds on", "missed by", box=None, pad_edge=False)
    for row in table(judgements):
        shown.add_row(*row)
    Console(highlight=False).print(shown)


def format_markdown(judgements: Sequence[Judgement]) -> str:
    """The table in markdown."""
    head = ("gesture", *FIGURES, "expected", "holds on", "missed by")
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *table(judgements))]
    return "\n".join(lines) + "\n"
