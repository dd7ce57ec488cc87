"""What every animator offers: a photo, its faces and their motions in; whole frames out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.motion.curves import Motion


class Animator(Protocol):
    name: str

    def animate(
        self,
        pixels: Pixels,
        faces: Sequence[Face],
        motions: Sequence[Motion],
        *,
        everyone: Sequence[Face] = (),
    ) -> Iterator[Pixels]:
        """Frames uint8 H×W×3 RGB of the whole photo, frame 0 equal to it, len(motions[0]) of them.

        One motion a face, all of one length. `everyone`: all faces found on the photo; those that are not animated
        stay still.
        """
        ...


@runtime_checkable
class Recorded(Protocol):
    """An animator that also knows motions by name which our curves can't express."""

    def recorded(self, name: str, seconds: float, fps: int) -> Motion | None:
        """The motion as a loop of at most `seconds`, None where there is none of that name. Raises MotionError."""
        ...
