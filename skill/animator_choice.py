"""Which animator draws: the setting, what is at hand, and the warp where the neural one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from pipeline.animate.base import Animator, Recorded
from pipeline.animate.liveportrait.animator import LivePortraitAnimator, warn_slow
from pipeline.animate.liveportrait.recording import MotionShelf
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.arrays import Pixels
from pipeline.errors import FaceError, MotionError, PhotoError
from pipeline.faces.finder import Face
from pipeline.gate import Gate
from pipeline.motion.curves import Motion
from pipeline.progress import OnStep
from pipeline.run import Result, Wish, run
from pipeline.runtime import CUDA, Runtime
from skill.settings import Settings
from weights.errors import WeightsError
from weights.liveportrait import ADD
from weights.store import WeightStore, default_root

MOTIONS: Final = "motions"  # the folder of imported motions, beside the models

log = structlog.get_logger(__name__)


def motions_folder() -> Path:
    return default_root() / MOTIONS


def open_animator(
    settings: Settings, runtime: Runtime, *, on_estimate: Callable[[float], None] = warn_slow
) -> Animator:
    """The animator of the settings. `liveportrait` without weights raises WeightsError, which says what brings them;
    `auto` takes the warp then."""
    if _name(settings, runtime.providers) == "warp":
        return WarpAnimator(runtime)
    WeightStore().path("liveportrait_frame")
    return LivePortraitAnimator(runtime, motions=motions_folder(), on_estimate=on_estimate)


def animated(
    source: Path | bytes,
    wish: Wish,
    out: Path,
    *,
    runtime: Runtime,
    gate: Gate,
    on_step: OnStep,
    animator: Animator,
) -> Result:
    """`pipeline.run.run`; where the neural animator fails, the same from the start by the warp.

    Then the log says why, and the figure "fell_back" is 1. What is the photo's or the wish's fault is raised.
    """
    if not isinstance(animator, Recorded) and not wish.gestures and MotionShelf(motions_folder()).get(wish.motion):
        raise MotionError(f"{wish.motion!r} is a recorded motion, which OZHIVI_ANIMATOR=liveportrait alone can play")
    try:
        return run(source, wish, out, runtime=runtime, gate=gate, on_step=on_step, animator=animator)
    except (PhotoError, FaceError, MotionError):
        raise
    except Exception as error:
        if isinstance(animator, WarpAnimator):
            raise
        log.warning("animator_fallback", animator=animator.name, used="warp", error=type(error).__name__)
    result = run(source, wish, out, runtime=runtime, gate=gate, on_step=on_step, animator=_Instead(runtime, animator))
    return replace(result, figures={**result.figures, "fell_back": 1.0})


def chosen(settings: Settings, providers: Sequence[str]) -> str:
    """One line for `ozhivi doctor`."""
    name = _name(settings, providers)
    if settings.animator != "auto":
        return f"{name}, as set" if name == "warp" or _added() else f"{name}, as set, but run `{ADD}`"
    if name == "liveportrait":
        return "liveportrait (auto: weights and a GPU are there)"
    lacking = [what for what, there in (("no GPU", CUDA in providers), ("no weights", _added())) if not there]
    return f"warp (auto: {', '.join(lacking)})"


def _name(settings: Settings, providers: Sequence[str]) -> str:
    if settings.animator != "auto":
        return settings.animator
    return "liveportrait" if CUDA in providers and _added() else "warp"


def _added() -> bool:
    """Whether weights were added; their hashes are looked at when they are opened."""
    try:
        return WeightStore().liveportrait.record() is not None
    except WeightsError:
        return False


class _Instead:
    """The warp, which takes of a recorded motion the head's turns."""

    name = "warp"

    def __init__(self, runtime: Runtime, failed: Animator) -> None:
        self._warp, self._failed = WarpAnimator(runtime), failed

    def recorded(self, name: str, seconds: float, fps: int) -> Motion | None:
        return self._failed.recorded(name, seconds, fps) if isinstance(self._failed, Recorded) else None

    def animate(
        self, pixels: Pixels, faces: Sequence[Face], motions: Sequence[Motion], *, everyone: Sequence[Face] = ()
    ) -> Iterator[Pixels]:
        return self._warp.animate(pixels, faces, motions, everyone=everyone)
