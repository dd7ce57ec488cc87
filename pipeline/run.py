"""A photo and a wish → a clip: the steps in their order, each a function of what the steps before it made."""

# ruff: noqa: PLC0415  (a step brings its own heavy imports, so that the first one begins at once)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.limits import DEFAULT_LONG_SIDE, DEFAULT_SECONDS
from pipeline.progress import OnStep, Steps

if TYPE_CHECKING:
    from pipeline.animate.base import Animator
    from pipeline.faces.finder import Face
    from pipeline.gate import Admitted, Gate
    from pipeline.motion.curves import Motion
    from pipeline.output.encode import Clip
    from pipeline.runtime import Runtime

STEPS: tuple[str, ...] = ("decode", "faces", "filters", "motion", "animate", "finish", "encode")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a photo.

    `motion`: a preset, or one that the animator has recorded; `gestures` take a preset's place where there are
    any. `seconds`: 2–6; `fps`: 25 or 30. `seed`: 0 or more; of several faces the first moves by `seed`, the next
    by `seed` + 1, … `face`: see `select_faces`. `formats`: of "mp4", "gif", "webp". `long_side`: of the clip, in
    pixels; a smaller photo is not enlarged. `turn`: degrees clockwise to turn the photo before anything else: 0,
    90, 180, 270. `adult`, `archive`: the person says that everybody is an adult, or that a child on an old photo
    may be animated; for the gate, which decides what that is worth.
    """

    motion: str = "nostalgia"
    gestures: tuple[str, ...] = ()
    seconds: float = DEFAULT_SECONDS
    fps: int = 25
    seed: int = 0
    face: str | None = None
    formats: tuple[str, ...] = ("mp4",)
    long_side: int = DEFAULT_LONG_SIDE
    turn: int = 0
    adult: bool = False
    archive: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What was made. `faces`: all that were found; `chosen`: those that move. `timings`: seconds by step,
    each without the others. `figures`: "moved", how far the stillest face went, as a share of its long
    side."""

    clip: Clip
    faces: tuple[Face, ...]
    chosen: tuple[Face, ...]
    timings: Mapping[str, float]
    figures: Mapping[str, float]


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
    """Animate a photo: files `out` with the suffix of each format.

    `gate` says who of the faces that are meant may be animated. `on_step` hears (step of STEPS, share done 0..1),
    also while frames are made. `animator`: by default the warp. Raises PipelineError where the photo can't be
    animated, MotionError where the wish can't be met; no file is left then.
    """
    steps = Steps(on_step)
    with steps.step("decode"):
        from pipeline.photo.load import read_photo

        photo = read_photo(photo_source, long_side=wish.long_side, turn=wish.turn)
    with steps.step("faces"):
        from pipeline.faces.finder import FaceFinder, select_faces

        faces = FaceFinder(runtime).find(photo.pixels)
        meant = select_faces(faces, wish.face)
    with steps.step("filters"):
        admitted = gate(photo.pixels, meant, wish)
        chosen = tuple(one.face for one in admitted)
    with steps.step("motion"):
        animator = animator or _warp(runtime)
        motions = _motions(wish, admitted, animator)
    on_step("animate", 0.0)
    with steps.within("animate"):
        frames = animator.animate(photo.pixels, chosen, motions, everyone=faces)
    with steps.within("encode"):
        from pipeline.movement_check import MotionMeter
        from pipeline.output.encode import encode

        total = len(motions[0])
        meter = MotionMeter([face.box for face in chosen])
        frames = steps.each("animate", frames, total, then="finish")
        frames = steps.each("finish", meter.watch(frames), then="encode")
        clip = encode(frames, out, fps=wish.fps, formats=wish.formats)
    on_step("encode", 1.0)
    return Result(clip, faces, chosen, dict(steps.seconds), {"moved": min(meter.shifts())})


def _motions(wish: Wish, admitted: tuple[Admitted, ...], animator: Animator) -> list[Motion]:
    from pipeline.animate.base import Recorded
    from pipeline.motion.compose import compose
    from pipeline.motion.presets import PRESETS

    if wish.motion not in PRESETS and not wish.gestures and isinstance(animator, Recorded):
        recorded = animator.recorded(wish.motion, wish.seconds, wish.fps)
        if recorded is not None:
            return [recorded] * len(admitted)
    motions = [
        compose(wish.motion, wish.gestures, seconds=wish.seconds, fps=wish.fps, seed=wish.seed + index)
        for index in range(len(admitted))
    ]
    return [motion if one.blink else motion.unblinking() for motion, one in zip(motions, admitted, strict=True)]


def _warp(runtime: Runtime) -> Animator:
    from pipeline.animate.warp.animator import WarpAnimator

    return WarpAnimator(runtime)
