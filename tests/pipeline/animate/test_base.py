"""The check and the queue that all animators share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from pipeline.animate.base import check_motions, run_ahead
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion

FACE = Face(np.zeros(4, np.float32), np.zeros((478, 3), np.float32), Pose(0.0, 0.0, 0.0), 1.0, 1.0)


def motion(length: int) -> Motion:
    return Motion("test", 25, {name: np.zeros(length, np.float32) for name in CHANNELS})


def test_each_face_has_a_motion_of_one_length() -> None:
    check_motions([FACE], [motion(3)])
    check_motions([FACE, FACE], [motion(3), motion(3)])
    for faces, lengths in ((0, ()), (1, ()), (1, (2, 2)), (2, (2, 3))):
        with pytest.raises(ValueError, match="one motion of the same length for each face"):
            check_motions([FACE] * faces, [motion(length) for length in lengths])


def test_results_come_in_the_order_of_the_tasks() -> None:
    """The first task ends last."""
    second_is_done = threading.Event()

    def first() -> int:
        assert second_is_done.wait(60)
        return 1

    def second() -> int:
        second_is_done.set()
        return 2

    with ThreadPoolExecutor(2) as pool:
        assert list(run_ahead(pool, [first, second], ahead=2)) == [1, 2]
        assert list(run_ahead(pool, [partial(int, n) for n in range(20)], ahead=3)) == list(range(20))
        assert list(run_ahead(pool, [], ahead=3)) == []


def test_no_more_tasks_are_taken_than_allowed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Callable[[], int]]:
        for number in range(100):
            taken.append(number)
            yield partial(int, number)

    with ThreadPoolExecutor(1) as pool:
        results = run_ahead(pool, tasks(), ahead=4)
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        assert taken == list(range(7))


def test_an_error_comes_where_its_result_would() -> None:
    with ThreadPoolExecutor(1) as pool:
        results = run_ahead(pool, [partial(int, 1), partial(int, "no number")], ahead=1)
        assert next(results) == 1
        with pytest.raises(ValueError, match="no number"):
            next(results)
