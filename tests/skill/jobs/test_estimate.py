from __future__ import annotations

import pytest

from skill.jobs.estimate import FIRST_GUESS, QueueSpeed


@pytest.mark.parametrize(
    ("waiting", "elapsed", "workers", "seconds"),
    [
        (0, [], 0, 0.0),  # no worker was seen yet: as if there were one
        (0, [4.0], 1, 6.0),
        (2, [4.0], 1, 26.0),
        (0, [4.0], 2, 0.0),
        (3, [4.0, 8.0], 2, 16.0),  # free after 2 and 6 s, jobs at 2, 6 and 12, so 16
        (0, [99.0], 1, 0.0),  # takes longer than usual: any moment
        (1, [1.0, 2.0], 1, 9.0),  # more run than were seen
    ],
)
def test_the_wait_is_what_a_clerk_would_reckon(
    waiting: int, elapsed: list[float], workers: int, seconds: float
) -> None:
    assert QueueSpeed(elapsed, workers, 10.0).wait(waiting) == seconds


def test_one_giant_photo_does_not_frighten_everybody() -> None:
    assert QueueSpeed.from_durations([], 1, [5.0, 6.0, 300.0]).job_seconds == 6.0
    assert QueueSpeed.from_durations([], 1, []).job_seconds == FIRST_GUESS
