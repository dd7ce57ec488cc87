"""A recorded motion on its way to the animator, and the folder where recorded motions are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from pipeline.animate.liveportrait.errors import NotAMotionError
from pipeline.animate.liveportrait.recording import Recording
from pipeline.motion.curves import CHANNELS, LIMITS, Motion
from pipeline.motion.errors import MotionError
from pipeline.motion.presets import PRESETS

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Performance(Motion):
    """A motion with its recording (looped, one frame a frame). Its curves are the head's turns alone, as near as ours
    can come: what an animator without these nets makes of it."""

    recording: Recording

    @classmethod
    def of(cls, name: str, recording: Recording, seconds: float, fps: int) -> Self:
        """The first `seconds` as a loop, at `fps`; a shorter recording gives a shorter loop."""
        looped = recording.looped(seconds, fps)
        turns = looped.rotation @ looped.rotation[0].T
        angles = {
            "pitch": np.arctan2(turns[:, 1, 2], turns[:, 2, 2]),
            "yaw": np.arcsin(np.clip(turns[:, 0, 2], -1.0, 1.0)),
            "roll": np.arctan2(turns[:, 0, 1], turns[:, 0, 0]),
        }
        curves = {channel: np.zeros(len(looped), np.float32) for channel in CHANNELS}
        for channel, radians in angles.items():
            curves[channel] = np.clip(np.degrees(radians - radians[0]), *LIMITS[channel]).astype(np.float32)
        return cls(name, fps, curves, looped)


class MotionShelf:
    """Recorded motions by name, each a file `NAME.npz` in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in self.folder.glob("*.npz")))

    def put(self, name: str, recording: Recording) -> Path:
        """Keep a recording; one of the same name is replaced. Raises MotionError for a name that can't be, OSError."""
        if not _NAME.fullmatch(name) or name in PRESETS:
            own = f"; {', '.join(PRESETS)} are there already" if name in PRESETS else ""
            raise MotionError(f"a name has 1 to 40 of a-z, 0-9 and -, not {name!r}{own}")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.npz"
        part = path.with_name(f".{name}.part")
        try:
            recording.save(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path

    def get(self, name: str) -> Recording | None:
        """The recording, None where there is none of that name. Raises NotAMotionError for a damaged file."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return Recording.load(self.folder / f"{name}.npz")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotAMotionError(f"{name} can't be read: {error.strerror}") from error
