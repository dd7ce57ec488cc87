"""The renderer of photos: the pipeline together with the models, the filters and the animator that the settings name.

`build_photo_renderer` is the one place where these meet: for the command line, the workers and the benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from pipeline.animate.base import Animator, RecordingAnimator
from pipeline.animate.liveportrait.animator import warn_slow
from pipeline.animate.liveportrait.recording import MotionLibrary
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.errors import FaceError, MotionError, PhotoError
from pipeline.gate import Gate
from pipeline.heap import keep_freed_memory
from pipeline.motion.curves import Motion
from pipeline.motion.motion_file import MotionFiles
from pipeline.output.label import Label
from pipeline.progress import OnStep
from pipeline.run import Prepared, Result, Wish, prepare
from pipeline.runtime import Runtime
from skill.animator_choice import motions_folder, open_animator
from skill.clip_label import build_label
from skill.filter_setup import FilterGate
from skill.settings import PhotoSettings
from weights.store import WeightStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PhotoRenderer:
    """The pipeline with all that it needs, opened once and kept warm for the photos that follow."""

    runtime: Runtime
    """The runtime of the networks, with the models of this machine."""
    gate: Gate
    """The filters: which of the faces may be animated."""
    animator: Animator
    """The animator that draws; where it fails, the warp draws the clip from its start."""
    recorded_motions: MotionLibrary
    """The imported motions of the neural animator; beside them lie those that the warp plays."""
    label: Label | None = None
    """What each clip bears in a corner."""

    def prepare(self, source: Path | bytes, wish: Wish, on_step: OnStep = lambda step, share: None) -> PreparedPhoto:
        """Do for a photo, once, all that several clips of it need, see `pipeline.run.prepare`.

        Args:
            source: The photo, as a file or as its bytes.
            wish: The first of the wishes, see `pipeline.run.Prepared.wish`.
            on_step: Called with (step of `pipeline.progress.Step`, share of it done, 0..1).

        Raises:
            PhotoError: The photo can't be read.
            FaceError: No face of it may be animated.
            MotionError: This animator can't play the motion.
        """
        self._check_motion(wish)
        animator = self.animator
        photo = prepare(source, wish, runtime=self.runtime, gate=self.gate, on_step=on_step, animator=animator)
        return PreparedPhoto(self, photo)

    def render(self, source: Path | bytes, wish: Wish, out: Path, on_step: OnStep) -> Result:
        """Animate a photo as `pipeline.run.run` does; where the neural animator fails, the warp draws the clip anew.

        In that case the log says why, and the figure "fell_back" of the result is 1.

        Args:
            source: The photo, as a file or as its bytes.
            wish: The motion, the faces and the formats that the person asked for.
            out: The clip; the suffix of each format takes the place of its own.
            on_step: Called with (step of `pipeline.progress.Step`, share of it done, 0..1).

        Raises:
            PhotoError: The photo can't be read.
            FaceError: No face of it may be animated.
            MotionError: There is no such motion, or this animator can't play it.
        """
        prepared = self.prepare(source, wish, on_step)
        result = prepared.render(wish, out, on_step)
        return replace(result, timings={**prepared.photo.timings, **result.timings})

    def _check_motion(self, wish: Wish) -> None:
        """Refuse a recorded motion that the animator can't play. Raises MotionError."""
        if wish.gestures or not isinstance(self.animator, WarpAnimator) or self._has_file(wish.motion):
            return
        if self.recorded_motions.get(wish.motion):
            name = repr(wish.motion)
            raise MotionError(f"{name} is a recorded motion, which OZHIVI_ANIMATOR=liveportrait alone can play")

    def _has_file(self, motion: str) -> bool:
        return motion in MotionFiles(self.recorded_motions.folder).names()


@dataclass(slots=True)
class PreparedPhoto:
    """A photo for any number of clips; where the neural animator fails, the warp draws from then on."""

    renderer: PhotoRenderer
    """The renderer that has prepared it."""
    photo: Prepared
    """The photo with its faces, for the animator that draws now."""

    def render(self, wish: Wish, out: Path, on_step: OnStep = lambda step, share: None) -> Result:
        """Make a clip, see `PhotoRenderer.render`; the wish has to fit the photo, see `Prepared.render`.

        Raises:
            FaceError: Nothing moved.
            MotionError: There is no such motion, or the animator can't play it.
            ValueError: The wish does not fit the photo.
        """
        self.renderer._check_motion(wish)
        animator = self.renderer.animator
        try:
            return self.photo.render(wish, out, on_step=on_step, label=self.renderer.label)
        except (PhotoError, FaceError, MotionError):
            raise
        except Exception as error:
            if isinstance(animator, WarpAnimator):
                raise
            log.warning("animator_fallback", animator=animator.name, used="warp", error=type(error).__name__)
        self.photo = self.photo.with_animator(_FallbackAnimator(self.renderer.runtime, animator))
        result = self.photo.render(wish, out, on_step=on_step, label=self.renderer.label)
        return replace(result, figures={**result.figures, "fell_back": 1.0})


def build_photo_renderer(
    settings: PhotoSettings, store: WeightStore | None = None, *, on_estimate: Callable[[float], None] = warn_slow
) -> PhotoRenderer:
    """Build the renderer that the settings describe; the filters are opened with its first photo.

    From then on the process keeps freed memory for its next arrays, see `pipeline.heap`.

    Args:
        settings: The filters and the animator that the operator chose.
        store: The models; by default those of this machine.
        on_estimate: Called with the seconds that a neural animator without a GPU is going to need.

    Raises:
        WeightsError: The animator that the settings name has no weights; the message says what brings them.
    """
    keep_freed_memory()
    store = store or WeightStore()
    runtime = Runtime(store.path)
    animator = open_animator(settings, runtime, store, on_estimate=on_estimate)
    gate = FilterGate(settings, runtime, store)
    motions = MotionLibrary(motions_folder(store.root))
    return PhotoRenderer(runtime, gate, animator, motions, build_label(settings))


class _FallbackAnimator(WarpAnimator):
    """The warp in the place of an animator that failed: of a recorded motion it takes the turns of the head."""

    def __init__(self, runtime: Runtime, failed: Animator) -> None:
        super().__init__(runtime)
        self._failed = failed

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        return self._failed.recorded_motion(name, seconds, fps) if isinstance(self._failed, RecordingAnimator) else None
