"""The interface of all animators, and the two things that each of them does in the same way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Protocol, TypeVar, runtime_checkable

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.motion.curves import Motion

T = TypeVar("T")


class PreparedFaces(Protocol):
    """The faces of one photo, analysed by an animator: each clip that is drawn of them costs its drawing alone."""

    def animate(self, motions: Sequence[Motion]) -> Iterator[Pixels]:
        """Draw the frames of a clip.

        Args:
            motions: One motion for each face, all of the same length.

        Returns:
            Frames of the whole photo, uint8 H×W×3, as many as the motions have; frame 0 equals the photo.

        Raises:
            ValueError: The motions don't fit the faces.
        """
        ...


class Animator(Protocol):
    """A way to set faces of a photo in motion. Implementations hold nothing of a photo between calls."""

    name: str
    """The animator's name in settings, logs and figures, for example `warp`."""

    def prepare(self, pixels: Pixels, faces: Sequence[Face], *, everyone: Sequence[Face] = ()) -> PreparedFaces:
        """Analyse faces for any number of clips.

        Args:
            pixels: The photo, uint8 H×W×3, sRGB.
            faces: The faces that move, at least one, in photo pixels.
            everyone: All faces found on the photo; those that are not in `faces` stay still.
        """
        ...

    def animate(
        self,
        pixels: Pixels,
        faces: Sequence[Face],
        motions: Sequence[Motion],
        *,
        everyone: Sequence[Face] = (),
    ) -> Iterator[Pixels]:
        """Draw the frames of one clip: `prepare`, then `PreparedFaces.animate`. Raises ValueError."""
        check_motions(faces, motions)
        return self.prepare(pixels, faces, everyone=everyone).animate(motions)


@runtime_checkable
class RecordingAnimator(Protocol):
    """An animator that also plays recorded motions, which our curves can't express."""

    def recorded_motion(self, name: str, seconds: float, fps: int) -> Motion | None:
        """Look up a recorded motion.

        Args:
            name: The name under which it was imported.
            seconds: The longest loop that is wanted.
            fps: Frames a second of the loop.

        Returns:
            The motion as a loop of at most `seconds`, None where there is none of that name.

        Raises:
            MotionError: The recording is damaged.
        """
        ...


def check_motions(faces: Sequence[object], motions: Sequence[Motion]) -> None:
    """Refuse motions that `PreparedFaces.animate` can't draw for these faces. Raises ValueError."""
    if not faces or len(faces) != len(motions) or len({len(motion) for motion in motions}) != 1:
        raise ValueError("one motion of the same length for each face, at least one face")


def run_ahead(pool: Executor, tasks: Iterable[Callable[[], T]], ahead: int) -> Iterator[T]:
    """Run tasks in a pool and yield their results in the order of the tasks.

    Args:
        pool: Runs the tasks.
        tasks: Taken one by one, only as results are taken.
        ahead: How many tasks may be submitted beyond the one whose result is waited for.
    """
    waiting: deque[Future[T]] = deque()
    for task in tasks:
        waiting.append(pool.submit(task))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
