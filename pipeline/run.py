"""A run: a photo and a wish become a clip, each step a function of what the steps before it made.

Several clips of one photo: `prepare` once, `Prepared.render` for each.
"""

# ruff: noqa: PLC0415  (a step brings its own heavy imports, so that the first one begins at once)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.limits import DEFAULT_LONG_SIDE, DEFAULT_SECONDS
from pipeline.progress import OnStep, Step, StepTimer

if TYPE_CHECKING:
    from pipeline.animate.base import Animator, PreparedFaces
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face
    from pipeline.gate import AdmittedFace, Gate
    from pipeline.motion.curves import Motion
    from pipeline.motion.mood import Mood
    from pipeline.output.encode import Clip
    from pipeline.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Wish:
    """All that a person may ask of a photo; `pipeline.limits` holds the ranges."""

    motion: str = "nostalgia"
    """One of PRESETS, AUTO, or a motion that the animator has recorded."""
    gestures: tuple[str, ...] = ()
    """Of GESTURES, each with its details (`wink:left`, see `parse_gesture`), in the order in which they are shown.
    Where there are any they take the preset's place."""
    seconds: float = DEFAULT_SECONDS
    """Length of the loop, MIN_SECONDS..MAX_SECONDS."""
    fps: int = 25
    """Frames a second, one of FRAME_RATES."""
    seed: int = 0
    """Varies the motion, 0 or more; of several faces the first moves by `seed`, the next by `seed` + 1, …"""
    face: str | None = None
    """The faces that are meant: one that FACE_PATTERN allows, see `select_faces`; None is "auto"."""
    formats: tuple[str, ...] = ("mp4",)
    """Files to write, of FORMATS."""
    long_side: int = DEFAULT_LONG_SIDE
    """Longer side of the clip in pixels; a smaller photo is not enlarged."""
    turn: int = 0
    """Degrees clockwise to turn the photo before anything else, one of TURNS."""
    adult: bool = False
    """The person says that everybody who is meant is an adult; the gate decides what that is worth."""
    archive: bool = False
    """The person consents to a child on an old photo; the gate decides what that is worth."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished clip: its files, the faces of the photo, and figures."""

    clip: Clip
    """The files."""
    faces: tuple[Face, ...]
    """All faces that were found, the most prominent first."""
    chosen: tuple[Face, ...]
    """The faces that move."""
    timings: Mapping[str, float]
    """Seconds by step's name (`Step`), each without the steps inside it; of a clip after the first, its own steps."""
    figures: Mapping[str, float]
    """"moved": how far the face that moved least went, as a share of its longer side."""
    left_out: int = 0
    """Faces that "all" would mean and that do not move, since there are more than MAX_ANIMATED_FACES."""
    moods: tuple[Mood, ...] = ()
    """For the motion AUTO: the story of each face that moves, and the reason; else empty."""


def run(
    photo_source: Path | bytes,
    wish: Wish,
    out: Path,
    *,
    runtime: Runtime,
    gate: Gate,
    on_step: OnStep = lambda step, share: None,
    animator: Animator | None = None,
) -> Result:
    """Animate a photo.

    Args:
        photo_source: The photo's file, or its bytes.
        wish: What is asked of it.
        out: Path of the files without suffix, or with one that is replaced by each format's own.
        runtime: Has the models of the faces, the matte and the animator.
        gate: Decides who of the faces that are meant may be animated.
        on_step: Is called with a step's name (`Step`) and the share of it that is done, also while frames are made.
        animator: Draws the frames; by default the warp.

    Raises:
        PipelineError: The photo can't be animated. No file is left.
        MotionError: The wish can't be met. No file is left.
    """
    prepared = prepare(photo_source, wish, runtime=runtime, gate=gate, on_step=on_step, animator=animator)
    result = prepared.render(wish, out, on_step=on_step)
    return replace(result, timings={**prepared.timings, **result.timings})


def prepare(
    photo_source: Path | bytes,
    wish: Wish,
    *,
    runtime: Runtime,
    gate: Gate,
    on_step: OnStep = lambda step, share: None,
    animator: Animator | None = None,
) -> Prepared:
    """Do for a photo, once, all that any number of clips of it need; the arguments are those of `run`.

    Raises:
        PipelineError: The photo can't be animated.
    """
    return Prepared(photo_source, wish, runtime, gate, on_step, animator)


class Prepared:
    """A photo whose faces have passed the gate: each clip of it costs its rendering and encoding alone.

    It can't be made but by going through the gate, and holds the photo. The animator analyses the faces with the first
    clip.
    """

    def __init__(
        self,
        photo_source: Path | bytes,
        wish: Wish,
        runtime: Runtime,
        gate: Gate,
        on_step: OnStep,
        animator: Animator | None,
    ) -> None:
        """See `prepare`."""
        timer = StepTimer(on_step)
        self.wish = wish
        """The wish for which the photo was prepared: others may differ in the motion, not in the photo."""
        with timer.step(Step.DECODE):
            self.pixels = _read(photo_source, wish)
            """The photo, uint8 H×W×3."""
        with timer.step(Step.FACES):
            self.faces, meant = _find(self.pixels, wish, runtime)
            """All faces that were found, the most prominent first."""
        with timer.step(Step.FILTERS):
            self.admitted = gate(self.pixels, meant, wish)
            """The faces that move."""
        self.timings: Mapping[str, float] = timer.seconds
        """Seconds of decoding, faces and filters, by step's name."""
        self._runtime, self._given_animator = runtime, animator

    def render(self, wish: Wish, out: Path, *, on_step: OnStep = lambda step, share: None) -> Result:
        """Make a clip.

        Args:
            wish: What is asked of the photo; as `self.wish` in all that concerns the photo itself.
            out: See `run`.
            on_step: See `run`.

        Raises:
            PipelineError: The clip can't be made. No file is left.
            MotionError: The wish can't be met. No file is left.
            ValueError: The wish means other faces, another size or turn, or another consent.
        """
        if _of_photo(wish) != _of_photo(self.wish):
            raise ValueError("the photo was prepared for another wish")
        timer = StepTimer(on_step)
        with timer.step(Step.MOTION):
            animator = self._animator
            moods = _moods(wish, self.admitted, self.pixels)
            motions = _motions(wish, moods, self.admitted, animator)
        timer.report(Step.ANIMATE, 0.0)
        with timer.within(Step.ANIMATE):
            frames = self._prepared_faces.animate(motions)
        chosen = tuple(one.face for one in self.admitted)
        clip, moved = _write(frames, len(motions[0]), chosen, wish, out, timer)
        figures, left_out = {"moved": moved}, _left_out(self.faces, wish)
        return Result(clip, self.faces, chosen, dict(timer.seconds), figures, left_out, moods)

    def with_animator(self, animator: Animator) -> Prepared:
        """The same photo and faces, to be drawn by another animator."""
        other = copy(self)
        other.__dict__.pop("_prepared_faces", None)
        other.__dict__["_animator"] = animator
        return other

    @cached_property
    def _animator(self) -> Animator:
        return self._given_animator or _warp(self._runtime)

    @cached_property
    def _prepared_faces(self) -> PreparedFaces:
        return self._animator.prepare(self.pixels, [one.face for one in self.admitted], everyone=self.faces)


def _of_photo(wish: Wish) -> tuple[object, ...]:
    """The part of a wish that concerns the photo."""
    return wish.face, wish.long_side, wish.turn, wish.adult, wish.archive


def _read(source: Path | bytes, wish: Wish) -> Pixels:
    from pipeline.photo.load import read_photo

    return read_photo(source, long_side=wish.long_side, turn=wish.turn)


def _find(pixels: Pixels, wish: Wish, runtime: Runtime) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
    """All faces, and those that are meant."""
    from pipeline.faces.finder import FaceFinder
    from pipeline.faces.selection import select_faces

    faces = FaceFinder(runtime).find(pixels)
    return faces, select_faces(faces, wish.face)


def _left_out(faces: tuple[Face, ...], wish: Wish) -> int:
    from pipeline.faces.selection import count_left_out

    return count_left_out(faces, wish.face)


def _warp(runtime: Runtime) -> Animator:
    from pipeline.animate.warp.animator import WarpAnimator

    return WarpAnimator(runtime)


def _moods(wish: Wish, admitted: tuple[AdmittedFace, ...], pixels: Pixels) -> tuple[Mood, ...]:
    """The mood of each face, where it is to choose the motion."""
    from pipeline.limits import AUTO
    from pipeline.motion.mood import read_mood

    return tuple(read_mood(pixels, one.face) for one in admitted) if wish.motion == AUTO and not wish.gestures else ()


def _motions(
    wish: Wish, moods: tuple[Mood, ...], admitted: tuple[AdmittedFace, ...], animator: Animator
) -> list[Motion]:
    """A motion for each face."""
    from pipeline.animate.base import RecordingAnimator
    from pipeline.limits import AUTO, PRESETS
    from pipeline.motion.compose import compose

    if wish.motion not in (*PRESETS, AUTO) and not wish.gestures and isinstance(animator, RecordingAnimator):
        recorded = animator.recorded_motion(wish.motion, wish.seconds, wish.fps)
        if recorded is not None:
            return [recorded] * len(admitted)
    names = [mood.motion for mood in moods] or [PRESETS[0] if wish.motion == AUTO else wish.motion] * len(admitted)
    motions = [
        compose(name, wish.gestures, seconds=wish.seconds, fps=wish.fps, seed=wish.seed + index)
        for index, name in enumerate(names)
    ]
    return [motion if one.blink else motion.unblinking() for motion, one in zip(motions, admitted, strict=True)]


def _write(
    frames: Iterator[Pixels], total: int, chosen: tuple[Face, ...], wish: Wish, out: Path, timer: StepTimer
) -> tuple[Clip, float]:
    """Pull the frames through the movement check into files; the files, and the movement of the stillest face."""
    with timer.within(Step.ENCODE):
        from pipeline.movement_check import MotionMeter
        from pipeline.output.encode import encode

        meter = MotionMeter([face.box for face in chosen])
        frames = timer.each(Step.ANIMATE, frames, total, then=Step.FINISH)
        frames = timer.each(Step.FINISH, meter.watch(frames), then=Step.ENCODE)
        clip = encode(frames, out, fps=wish.fps, formats=wish.formats)
    timer.report(Step.ENCODE, 1.0)
    return clip, min(meter.shifts())
