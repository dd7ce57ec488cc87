"""The renderer of photos: the pipeline together with the models, the filters and the animator that the settings name.

`build_photo_renderer` is the one place where these meet: for the command line, the workers and the benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from pipeline.animate.base import Animator, RecordingAnimator
from pipeline.animate.liveportrait.animator import warn_slow
from pipeline.animate.liveportrait.recording import MotionLibrary
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.arrays import Pixels
from pipeline.errors import FaceError, MotionError, PhotoError
from pipeline.faces.finder import Face
from pipeline.gate import Gate
from pipeline.motion.curves import Motion
from pipeline.progress import OnStep
from pipeline.run import Result, Wish, run
from pipeline.runtime import Runtime
from skill.animator_choice import motions_folder, open_animator
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
    """The imported motions, which only a neural animator can play."""

    def render(self, source: Path | bytes, wish: Wish, out: Path, on_step: OnStep) -> Result:
        """Animate a photo as `pipeline.run.run` does; where the neural animator fails, the warp does it all again.

        In that case the log says why, and the figure "fell_back" of the result is 1.

        Args:
            source: The photo, as a file or as its bytes.
            wish: The motion, the faces and the formats that the person asked for.
            out: The clip; the suffix of each format takes the place of its own.
            on_step: Called with (step of `pipeline.run.STEPS`, share of it done, 0..1).

        Raises:
            PhotoError: The photo can't be read.
            FaceError: No face of it may be animated.
            MotionError: There is no such motion, or this animator can't play it.
        """
        recording_is_needed = not isinstance(self.animator, RecordingAnimator) and not wish.gestures
        if recording_is_needed and self.recorded_motions.get(wish.motion):
            name = repr(wish.motion)
            raise MotionError(f"{name} is a recorded motion, which OZHIVI_ANIMATOR=liveportrait alone can play")
        try:
            return self._run(source, wish, out, on_step, self.animator)
        except (PhotoError, FaceError, MotionError):
            raise
        except Exception as error:
            if isinstance(self.animator, WarpAnimator):
                raise
            log.warning("animator_fallback", animator=self.animator.name, used="warp", error=type(error).__name__)
        result = self._run(source, wish, out, on_step, _FallbackAnimator(self.runtime, self.animator))
        return replace(result, figures={**result.figures, "fell_back": 1.0})

    def _run(self, source: Path | bytes, wish: Wish, out: Path, on_step: OnStep, animator: Animator) -> Result:
        return run(source, wish, out, runtime=self.runtime, gate=self.gate, on_step=on_step, animator=animator)


def build_photo_renderer(
    settings: PhotoSettings, store: WeightStore | None = None, *, on_estimate: Callable[[float], None] = warn_slow
) -> PhotoRenderer:
    """Build the renderer that the settings describe; the filters are opened with its first photo.

    Args:
        settings: The filters and the animator that the operator chose.
        store: The models; by default those of this machine.
        on_estimate: Called with the seconds that a neural animator without a GPU is going to need.

    Raises:
        WeightsError: The animator that the settings name has no weights; the message says what brings them.
    """
    store = store or WeightStore()
    runtime = Runtime(store.path)
    animator = open_animator(settings, runtime, store, on_estimate=on_estimate)
    gate = FilterGate(settings, runtime, store)
    return PhotoRenderer(runtime, gate, animator, MotionLibrary(motions_folder(store.root)))


class _FallbackAnimator:
    """The warp in the place of an animator that failed: of a recorded motion it takes the turns of the head."""

    name = "warp"

    def __init__(self, runtime: Runtime, failed: Animator) -> None:
        self._warp, self._failed = WarpAnimator(runtime), failed

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        return self._failed.recorded_motion(name, seconds, fps) if isinstance(self._failed, RecordingAnimator) else None

    def animate(
        self, pixels: Pixels, faces: Sequence[Face], motions: Sequence[Motion], *, everyone: Sequence[Face] = ()
    ) -> Iterator[Pixels]:
        return self._warp.animate(pixels, faces, motions, everyone=everyone)
