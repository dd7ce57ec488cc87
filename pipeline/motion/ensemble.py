"""The motions of all faces of one clip: each in a rhythm of its own, with its own movement where it has one."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.gesture_plan import default_seconds
from pipeline.motion.glances import add_glances
from pipeline.motion.roles import cast_face, split_parts


def compose_faces(
    stories: Sequence[str],
    gestures: Sequence[str],
    numbers: Sequence[int],
    count: int,
    *,
    seconds: float,
    fps: int,
    seed: int,
) -> list[Motion]:
    """Compose a motion for each face; where nobody was asked for a gesture, neighbours look at each other once.

    Args:
        stories: What each face plays where it has no role, of PRESETS.
        gestures: The roles of all of them, as `parse_role` reads them.
        numbers: The place of each face, counted from 1 at the left of the picture.
        count: Faces on the picture.
        seconds: See `compose`.
        fps: See `compose`.
        seed: That of the first face; the next has one more.

    Raises:
        MotionError: As `compose`.
    """
    parts = [cast_face(gestures, number, count) for number in numbers]
    motions = [
        compose(part.story or story, part.gestures, seconds=seconds, fps=fps, seed=seed + index)
        for index, (part, story) in enumerate(zip(parts, stories, strict=True))
    ]
    return motions if gestures else add_glances(motions, numbers, seed)


def check_fit(story: str, gestures: Sequence[str], *, seconds: float, fps: int = 25) -> None:
    """Compose every part that a face may have, to see whether it fits. Raises MotionError."""
    for part in split_parts(gestures):
        compose(part.story or story, part.gestures, seconds=seconds, fps=fps)


def choose_seconds(gestures: Sequence[str]) -> float:
    """Seconds of a loop whose length nobody chose: as `default_seconds`, by the face that needs most.

    Raises:
        MotionError: A gesture is unknown.
    """
    return max(default_seconds(part.gestures) for part in split_parts(gestures))
