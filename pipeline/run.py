"""A run: a photo and a wish become a clip, each step a function of what the steps before it made.

Several clips of one photo: `prepare` once, `Prepared.render` for each.
"""

# ruff: noqa: PLC0415  (a step brings its own heavy imports, so that the first one begins at once)

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.chosen_faces import choice_of, choose_faces, enlarge_faces
from pipeline.limits import AUTO, CAMERAS, DEFAULT_LONG_SIDE, DEFAULT_SECONDS, RESTORE_OFF, STILLS
from pipeline.progress import OnStep, Step, StepTimer

if TYPE_CHECKING:
    from pipeline.animate.base import Animator, PreparedFaces
    from pipeline.arrays import Pixels
    from pipeline.camera.view import CameraView
    from pipeline.faces.finder import Face
    from pipeline.gate import AdmittedFace, Gate
    from pipeline.motion.curves import Motion
    from pipeline.motion.mood import Mood
    from pipeline.output.encode import Clip
    from pipeline.output.label import Label
    from pipeline.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Wish:
    """All that a person may ask of a photo; `pipeline.limits` holds the ranges."""

    motion: str = AUTO
    """One of PRESETS, AUTO, or a motion that the animator has recorded."""
    gestures: tuple[str, ...] = ()
    """Of GESTURES, each with its details (`wink:left`, see `parse_gesture`), in the order in which they are shown.
    Where there are any they take the preset's place. With a place before it (`1@smile`, see `parse_role`) a gesture or
    a preset is that face's alone."""
    seconds: float = DEFAULT_SECONDS
    """Length of the loop, MIN_SECONDS..MAX_SECONDS."""
    fps: int = 25
    """Frames a second, one of FRAME_RATES."""
    seed: int = 0
    """Varies the motion, 0 or more; of several faces the first moves by `seed`, the next by `seed` + 1, …"""
    face: str | None = None
    """The faces that are meant: one that FACE_PATTERN allows, see `select_faces`; None is those that `gestures` name by
    their places, else "auto"."""
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
    restore: str = RESTORE_OFF
    """Restoration before the photo is animated, see `parse_restore`: "off", or "auto" and some of RESTORE_PARTS with
    commas between them."""
    camera: str = CAMERAS[0]
    """The camera's way while the faces move, one of CAMERAS."""
    straighten: bool = True
    """Whether, on a photo of a photo or of an album's page, the print on which those lie who are meant is cut out and
    straightened (`pipeline.faces.print_choice`). Faces are numbered on the whole photo either way."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finished clip: its files, the faces of the photo, and figures."""

    clip: Clip
    """The files."""
    faces: tuple[Face, ...]
    """All faces that were found, of a straightened print its own, the most prominent first."""
    chosen: tuple[Face, ...]
    """The faces that move."""
    timings: Mapping[str, float]
    """Seconds by step's name (`Step`), each without the steps inside it; of a clip after the first, its own steps."""
    figures: Mapping[str, float]
    """"moved": how far the face that moved least went, as a share of its longer side."""
    left_out: int = 0
    """Faces that "all" would mean and that do not move, since there are more than MAX_ANIMATED_FACES."""
    restored: tuple[str, ...] = ()
    """What was restored, of RESTORE_PARTS."""
    moods: tuple[Mood, ...] = ()
    """For the motion AUTO: the story of each face that moves, and the reason; else empty."""
    people: int = 0
    """Number of the faces on the whole photo."""
    numbers: tuple[int, ...] = ()
    """Places of the faces that move, counted from 1 at the left of the whole photo."""
    straightened: bool = False
    """Whether it was a photo of a photo, from which the print was cut out and straightened."""


def run(
    photo_source: Path | bytes,
    wish: Wish,
    out: Path,
    *,
    runtime: Runtime,
    gate: Gate,
    on_step: OnStep = lambda step, share: None,
    animator: Animator | None = None,
    label: Label | None = None,
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
        label: What the clip bears in a corner.

    Raises:
        PipelineError: The photo can't be animated. No file is left.
        MotionError: The wish can't be met. No file is left.
    """
    prepared = prepare(photo_source, wish, runtime=runtime, gate=gate, on_step=on_step, animator=animator)
    result = prepared.render(wish, out, on_step=on_step, label=label)
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
        self, photo_source: Path | bytes, wish: Wish, runtime: Runtime, gate: Gate, on_step: OnStep,
        animator: Animator | None,
    ) -> None:  # fmt: skip
        """See `prepare`."""
        timer = StepTimer(on_step)
        self.wish = wish
        """The wish for which the photo was prepared: others may differ in the motion, not in the photo."""
        if wish.restore != RESTORE_OFF:
            _check_restore(wish)
        with timer.step(Step.DECODE):
            self.pixels = _read(photo_source, wish, runtime)
            """The photo, uint8 H×W×3."""
        with timer.step(Step.FACES):
            chosen = choose_faces(self.pixels, wish, runtime, gate)
            self.whole = chosen.whole
            """The photo with all that is around a print, uint8 H×W×3; `original` itself where nothing was cut out."""
            self.pixels, self.faces = chosen.pixels, chosen.faces
            """All faces of the photo or of its print, the most prominent first."""
            self.people, self._left_out = chosen.people, chosen.left_out
            """Number of the faces on the whole photo."""
        with timer.step(Step.FILTERS):
            self.admitted = gate(self.pixels, chosen.meant, wish)
            """The faces that move."""
            self._numbers = chosen.numbers_of(self.admitted)
        self.original = self.pixels
        """The photo or its print that the gate has judged, uint8 H×W×3; `pixels` itself where nothing was restored."""
        self.restored: tuple[str, ...] = ()
        """What was restored, of RESTORE_PARTS."""
        if wish.restore != RESTORE_OFF:
            with timer.step(Step.RESTORE):
                self.pixels, self.restored = _restore(self.pixels, self.faces, wish, runtime)
        if self.pixels.shape != self.original.shape:
            self.faces, self.admitted = enlarge_faces(self.faces, self.admitted, self.original, self.pixels)
        self.timings: Mapping[str, float] = timer.seconds
        """Seconds of decoding, faces, filters and restoration, by step's name."""
        self._runtime, self._given_animator = runtime, animator

    def render(
        self, wish: Wish, out: Path, *, on_step: OnStep = lambda step, share: None, label: Label | None = None
    ) -> Result:
        """Make a clip.

        Args:
            wish: What is asked of the photo; as `self.wish` in all that concerns the photo itself.
            out: See `run`.
            on_step: See `run`.
            label: See `run`.

        Raises:
            PipelineError: The clip can't be made. No file is left.
            MotionError: The wish can't be met. No file is left.
            ValueError: The wish means other faces, another size, turn, consent or restoration.
        """
        if _of_photo(wish) != _of_photo(self.wish):
            raise ValueError("the photo was prepared for another wish")
        timer = StepTimer(on_step)
        with timer.step(Step.MOTION):
            moods = _moods(wish, self.admitted, self.pixels)
            motions = _motions(wish, moods, self.admitted, self._numbers, self.people, self._animator)
        timer.report(Step.ANIMATE, 0.0)
        with timer.within(Step.ANIMATE):
            frames = self._prepared_faces.animate(motions)
        chosen = tuple(one.face for one in self.admitted)
        total = len(motions[0])
        clip, moved = _write(
            frames, total, self.faces, chosen, wish, out, timer, label, partial(self._film, wish, total), self.restored
        )
        figures = {"moved": moved}
        return Result(
            clip, self.faces, chosen, dict(timer.seconds), figures, self._left_out, self.restored, moods,
            self.people, self._numbers, self.original is not self.whole,
        )  # fmt: skip

    def write_stills(self, out: Path) -> dict[str, Path]:
        """Write the photo as it was restored and straightened, and as it came, beside a clip.

        Args:
            out: The clip's path without suffix.

        Returns:
            Name of STILLS → its file; empty where nothing was restored or straightened.

        Raises:
            OSError: The disk's.
        """
        from pipeline.output.still import write_still

        if not self.restored and self.original is self.whole:
            return {}
        files = {name: out.with_name(f"{out.name}-{name}.{suffix}") for name, suffix in STILLS.items()}
        write_still(self.pixels, files["still"], self.restored)
        write_still(self.whole, files["before"], ())
        return files

    def draw(self, wish: Wish) -> Iterator[Pixels]:
        """Draw the frames of a clip, uint8 H×W×3 each, which `render` checks and encodes.

        Args:
            wish: As of `render`.

        Raises:
            MotionError: The wish can't be met.
        """
        moods = _moods(wish, self.admitted, self.pixels)
        motions = _motions(wish, moods, self.admitted, self._numbers, self.people, self._animator)
        return self._film(wish, len(motions[0]), self._prepared_faces.animate(motions))

    def with_animator(self, animator: Animator) -> Prepared:
        """The same photo and faces, to be drawn by another animator."""
        other = copy(self)
        other.__dict__.pop("_prepared_faces", None)
        other.__dict__["_animator"] = animator
        return other

    def _film(self, wish: Wish, count: int, frames: Iterator[Pixels]) -> Iterator[Pixels]:
        """The frames of a loop as the camera sees them."""
        return frames if wish.camera == CAMERAS[0] else self._view.film(frames, wish.camera, count)

    @cached_property
    def _view(self) -> CameraView:
        from pipeline.camera.view import CameraView

        return CameraView(self._runtime, self.pixels, tuple(one.face for one in self.admitted), self.faces)

    @cached_property
    def _animator(self) -> Animator:
        return self._given_animator or _warp(self._runtime)

    @cached_property
    def _prepared_faces(self) -> PreparedFaces:
        return self._animator.prepare(self.pixels, [one.face for one in self.admitted], everyone=self.faces)


def _of_photo(wish: Wish) -> tuple[object, ...]:
    """The part of a wish that concerns the photo."""
    return choice_of(wish), wish.long_side, wish.turn, wish.adult, wish.archive, wish.restore, wish.straighten


def _read(source: Path | bytes, wish: Wish, runtime: Runtime) -> Pixels:
    from pipeline.faces.finder import FaceFinder
    from pipeline.faces.page import choose_page
    from pipeline.photo.load import read_photo

    page = choose_page(FaceFinder(runtime), source)
    return read_photo(source, long_side=wish.long_side, turn=wish.turn, page=page)


def _check_restore(wish: Wish) -> None:
    from pipeline.restore.wish import parse_restore

    parse_restore(wish.restore)


def _restore(pixels: Pixels, faces: tuple[Face, ...], wish: Wish, runtime: Runtime) -> tuple[Pixels, tuple[str, ...]]:
    from pipeline.restore.restoration import restore_photo

    restored = restore_photo(pixels, wish.restore, faces, runtime, wish.long_side)
    return restored.pixels, restored.parts


def _warp(runtime: Runtime) -> Animator:
    from pipeline.animate.warp.animator import WarpAnimator

    return WarpAnimator(runtime)


def _moods(wish: Wish, admitted: tuple[AdmittedFace, ...], pixels: Pixels) -> tuple[Mood, ...]:
    """The mood of each face, where it is to choose the motion."""
    from pipeline.motion.mood import read_mood

    return tuple(read_mood(pixels, one.face) for one in admitted) if wish.motion == AUTO and not wish.gestures else ()


def _motions(
    wish: Wish, moods: tuple[Mood, ...], admitted: tuple[AdmittedFace, ...], numbers: Sequence[int], people: int,
    animator: Animator,
) -> list[Motion]:  # fmt: skip
    """A motion for each face."""
    from pipeline.animate.base import RecordingAnimator
    from pipeline.limits import PRESETS
    from pipeline.motion.ensemble import compose_faces

    if wish.motion not in (*PRESETS, AUTO) and not wish.gestures and isinstance(animator, RecordingAnimator):
        recorded = animator.recorded_motion(wish.motion, wish.seconds, wish.fps)
        if recorded is not None:
            return [recorded] * len(admitted)
    calm = PRESETS[1] if wish.motion == AUTO else wish.motion  # of a face beside one that has a role
    stories = [mood.motion for mood in moods] or [calm] * len(admitted)
    motions = compose_faces(stories, wish.gestures, numbers, people, seconds=wish.seconds, fps=wish.fps, seed=wish.seed)
    return [motion if one.blink else motion.unblinking() for motion, one in zip(motions, admitted, strict=True)]


def _write(
    frames: Iterator[Pixels], total: int, everyone: tuple[Face, ...], chosen: tuple[Face, ...], wish: Wish, out: Path,
    timer: StepTimer, label: Label | None, film: Callable[[Iterator[Pixels]], Iterator[Pixels]],
    restored: Sequence[str],
) -> tuple[Clip, float]:  # fmt: skip
    """Pull the frames through the movement check and past the camera into files.

    Returns:
        The files, and the movement of the stillest face, to which the camera's adds nothing.
    """
    with timer.within(Step.ENCODE):
        from pipeline.movement_check import MotionMeter
        from pipeline.output.encode import encode

        meter = MotionMeter([face.box for face in chosen])
        frames = timer.each(Step.ANIMATE, frames, total, then=Step.FINISH)
        frames = timer.each(Step.FINISH, film(meter.watch(frames)), then=Step.ENCODE)
        faces = [face.box for face in everyone]
        clip = encode(frames, out, fps=wish.fps, formats=wish.formats, label=label, faces=faces, restored=restored)
    timer.report(Step.ENCODE, 1.0)
    return clip, min(meter.shifts())
