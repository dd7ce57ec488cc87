"""Recorded motions: M's answers for each frame of a driving video, made into seamless loops, and their library."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Self
from zipfile import BadZipFile

import numpy as np

from pipeline.animate.liveportrait.keypoints import DrivingMotion
from pipeline.animate.liveportrait.source import KEYPOINTS
from pipeline.arrays import Float
from pipeline.errors import MotionError
from pipeline.image_ops import smoothstep
from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.motion.curves import Motion
from pipeline.motion.motion_folder import is_motion_name, store_motion

MAX_SECONDS: Final = 30.0  # of a driving video, from its beginning
_TAIL: Final = 0.5  # seconds in which the end of a loop returns to its beginning
_FORMAT: Final = 1


class NotAMotionError(MotionError):
    """A file that should hold a recorded motion and doesn't, or that must not be read."""


@dataclass(frozen=True)
class Recording:
    """M's answers for n ≥ 2 frames, not relative to each other. float32, finite, read-only.

    Raises NotAMotionError for anything else.
    """

    fps: float
    """Frames a second, 1..240."""
    rotation: Float
    """(n, 3, 3), see `source.rotation_matrices`."""
    expression: Float
    """(n, 21, 3), see `KeypointInfo.expression`."""
    scale: Float
    """(n,), > 0."""
    translation: Float
    """(n, 2), half crops."""

    def __post_init__(self) -> None:
        count = len(self.scale)
        shapes = {"rotation": (3, 3), "expression": (KEYPOINTS, 3), "scale": (), "translation": (2,)}
        if not (np.isfinite(self.fps) and 1.0 <= self.fps <= 240.0) or count < 2:
            raise NotAMotionError(f"a recorded motion has two frames or more at 1 to 240 a second, not {count}")
        for name, shape in shapes.items():
            array = np.array(getattr(self, name), np.float32)
            if array.shape != (count, *shape) or not np.isfinite(array).all() or np.abs(array).max() > 100.0:
                raise NotAMotionError(f"the motion's {name} is not finite, or not {(count, *shape)}: {array.shape}")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        off = np.abs(self.rotation @ self.rotation.transpose(0, 2, 1) - np.eye(3)).max()
        if off > 1e-2 or self.scale.min() <= 0.0:
            raise NotAMotionError("the motion's rotations are no rotations, or its scale is not above 0")

    def __len__(self) -> int:
        return len(self.scale)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self) / self.fps

    def loop(self, seconds: float, fps: int) -> Self:
        """Make a loop of the first `seconds`, or of all where it is shorter, its last half second eased to frame 0.

        The official templates do not close: a loop of theirs jumps by up to 6.7° (docs/liveportrait.md).
        """
        count = max(2, round(min(seconds, self.seconds) * fps))
        cut = self._at(np.minimum(np.arange(count) * (self.fps / fps), len(self) - 1.0), fps)
        tail = min(count // 2, max(2, round(_TAIL * fps)))
        share = np.zeros(count, np.float32)
        share[count - tail :] = smoothstep(np.arange(1, tail + 1) / (tail + 1), 0.0, 1.0)
        eased = {name: _mix(value, value[:1], share) for name, value in cut.items()}
        eased["rotation"] = nearest_rotations(eased["rotation"])
        return type(self)(float(fps), **eased)

    def _at(self, places: Float, fps: int) -> dict[str, Float]:
        """Values at places between frames, linear; rotations are put right afterwards, their steps are small."""
        before = np.floor(places).astype(int)
        after = np.minimum(before + 1, len(self) - 1)
        share = (places - before).astype(np.float32)
        arrays = {name: getattr(self, name) for name in ("rotation", "expression", "scale", "translation")}
        between = {name: _mix(value[before], value[after], share) for name, value in arrays.items()}
        return {**between, "rotation": nearest_rotations(between["rotation"])}

    def driving_motion(self) -> DrivingMotion:
        """The frames' differences from frame 0. Lips are closed in the middle, so that both ends are the photo."""
        count = len(self)
        ramp = np.minimum(np.arange(count), count - np.arange(count)) / max(1.0, 0.3 * self.fps)
        return DrivingMotion(
            rotation=(self.rotation @ self.rotation[0].T).astype(np.float32),
            expression=self.expression - self.expression[0],
            scale=self.scale / self.scale[0],
            shift=self.translation - self.translation[0],
            lids=np.ones((count, 2), np.float32),
            lips=smoothstep(ramp, 0.0, 1.0).astype(np.float32),
        )

    def save(self, path: Path) -> None:
        """Write one .npz without pickles. Raises OSError."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "fps"}
        with path.open("wb") as file:
            np.savez_compressed(file, format=np.int32(_FORMAT), fps=np.float32(self.fps), **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file of `save`. Raises NotAMotionError, FileNotFoundError, OSError."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as table:
                if int(table["format"]) != _FORMAT:
                    raise NotAMotionError(f"{path.name} was made by another version: import the motion anew")
                arrays = {field.name: table[field.name] for field in fields(cls) if field.name != "fps"}
                return cls(float(table["fps"]), **arrays)
        except (ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            if isinstance(error, NotAMotionError):
                raise
            raise NotAMotionError(f"{path.name} is damaged: import the motion anew") from error


@dataclass(frozen=True)
class RecordedMotion(Motion):
    """A motion with its recording.

    Its curves are the head's turns alone, as near as ours can come: an animator without these nets plays those.
    """

    recording: Recording
    """The loop, one frame for each of the motion's."""

    @classmethod
    def from_recording(cls, name: str, recording: Recording, seconds: float, fps: int) -> Self:
        """A loop of the first `seconds` of a recording; a shorter one gives a shorter loop."""
        loop = recording.loop(seconds, fps)
        curves = {channel: np.zeros(len(loop), np.float32) for channel in CHANNELS}
        for channel, degrees in turn_angles(loop.rotation, loop.rotation[0]).items():
            curves[channel] = np.clip(degrees - degrees[0], *LIMITS[channel]).astype(np.float32)
        return cls(name, fps, curves, loop)


class MotionLibrary:
    """Recorded motions by name, each a file `NAME.npz` in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        """Names of all motions, sorted."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.npz")))

    def put(self, name: str, recording: Recording) -> Path:
        """Store a recording in place of one of the same name, if any, and return its file.

        Raises:
            MotionError: The name is not allowed.
            OSError: The file can't be written.
        """
        return store_motion(self.folder, name, ".npz", recording.save)

    def get(self, name: str) -> Recording | None:
        """The recording, None where there is none of that name. Raises NotAMotionError when its file is damaged."""
        if not is_motion_name(name):
            return None
        try:
            return Recording.load(self.folder / f"{name}.npz")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotAMotionError(f"{name} can't be read: {error.strerror}") from error


def turn_angles(rotation: Float, neutral: Float) -> dict[str, Float]:
    """The turns from one rotation to each of n, as curves.

    Args:
        rotation: (n, 3, 3), see `source.rotation_matrices`.
        neutral: (3, 3), the head that looks straight ahead.

    Returns:
        The channels pitch, yaw and roll, each (n,), in degrees and with our signs.
    """
    turns = rotation @ neutral.T
    radians = {
        "pitch": np.arctan2(turns[:, 1, 2], turns[:, 2, 2]),
        "yaw": np.arcsin(np.clip(turns[:, 0, 2], -1.0, 1.0)),
        "roll": np.arctan2(turns[:, 0, 1], turns[:, 0, 0]),
    }
    return {channel: np.degrees(angle) for channel, angle in radians.items()}


def nearest_rotations(matrices: Float) -> Float:
    """The rotations (n, 3, 3) nearest to matrices."""
    left, _, right = np.linalg.svd(matrices.astype(np.float64))
    left[:, :, -1] *= np.sign(np.linalg.det(left @ right))[:, None]
    return np.asarray(left @ right, np.float32)


def _mix(one: Float, other: Float, share: Float) -> Float:
    """Blend along the first axis: one + share·(other - one)."""
    weight = share.reshape(-1, *(1,) * (one.ndim - 1))
    return np.asarray(one + weight * (other - one), np.float32)
