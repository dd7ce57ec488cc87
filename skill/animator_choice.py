"""The choice of the animator: by the setting, and where that is `auto`, by what this machine has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from pipeline.animate.base import Animator
from pipeline.animate.liveportrait.animator import LivePortraitAnimator, warn_slow
from pipeline.animate.warp.animator import WarpAnimator
from pipeline.motion.curves import Motion
from pipeline.motion.motion_file import MotionFiles
from pipeline.runtime import CUDA, Runtime
from skill.settings import PhotoSettings
from weights.errors import WeightsError
from weights.liveportrait import ADD
from weights.store import WeightStore, default_root

MOTIONS: Final = "motions"  # the folder of imported motions, beside the models


def motions_folder(root: Path | None = None) -> Path:
    """The folder of the imported motions, in `root`; by default in the folder of this machine's models."""
    return (root or default_root()) / MOTIONS


class FileWarpAnimator(WarpAnimator):
    """The warp, which plays motion files, too.

    Args:
        runtime: Has the warp's models.
        folder: Holds the motion files.
    """

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        super().__init__(runtime)
        self._files = MotionFiles(folder)

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        """Look up a motion file, see `RecordingAnimator`."""
        return self._files.get(name, seconds, fps)


def open_animator(
    settings: PhotoSettings, runtime: Runtime, store: WeightStore, *, on_estimate: Callable[[float], None] = warn_slow
) -> Animator:
    """The animator that the settings name; `auto` takes the warp where there are no weights or no GPU.

    Args:
        settings: The choice of the operator, `Settings.animator`.
        runtime: The runtime of the networks.
        store: The models, and beside them the imported motions.
        on_estimate: Called with the seconds that a neural animator without a GPU is going to need.

    Raises:
        WeightsError: The setting is `liveportrait` and its weights are not there; the message says what brings them.
    """
    if _choose(settings, runtime.providers, store) == "warp":
        return FileWarpAnimator(runtime, motions_folder(store.root))
    store.path("liveportrait_frame")
    return LivePortraitAnimator(runtime, motions=motions_folder(store.root), on_estimate=on_estimate)


def describe_choice(settings: PhotoSettings, providers: Sequence[str], store: WeightStore) -> str:
    """The animator that is used and why, as one line for `ozhivi doctor`."""
    name = _choose(settings, providers, store)
    has_weights = has_neural_weights(store)
    if settings.animator != "auto":
        return f"{name}, as set" if name == "warp" or has_weights else f"{name}, as set, but run `{ADD}`"
    if name == "liveportrait":
        return "liveportrait (auto: weights and a GPU are there)"
    conditions = (("no GPU", CUDA in providers), ("no weights", has_weights))
    return f"warp (auto: {', '.join(lack for lack, holds in conditions if not holds)})"


def _choose(settings: PhotoSettings, providers: Sequence[str], store: WeightStore) -> str:
    if settings.animator != "auto":
        return settings.animator
    return "liveportrait" if CUDA in providers and has_neural_weights(store) else "warp"


def has_neural_weights(store: WeightStore) -> bool:
    """Whether weights of LivePortrait were added; their hashes are checked when they are opened."""
    try:
        return store.liveportrait.record() is not None
    except WeightsError:
        return False
