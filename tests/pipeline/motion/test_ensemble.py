"""Each face moves in its own rhythm, and has the role that was given to it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import MotionError
from pipeline.motion.compose import compose
from pipeline.motion.ensemble import check_fit, choose_seconds, compose_faces


def test_each_face_has_its_role_and_the_others_their_story() -> None:
    smiling, winking, quiet = compose_faces(
        ["idle"] * 3, ("1@smile", "right-1@wink:left"), (1, 3, 2), 3, seconds=4, fps=25, seed=5
    )
    assert (smiling.name, winking.name, quiet.name) == ("smile", "wink:left", "idle")
    assert smiling.curves["smile"].max() > 0.7 > quiet.curves["smile"].max()
    one = compose(gestures=("smile",), seconds=4, seed=5)
    assert all(np.array_equal(smiling.curves[name], one.curves[name]) for name in one.curves)


def test_a_role_may_be_a_story() -> None:
    (asleep,) = compose_faces(["nostalgia"], ("2@doze",), (2,), 2, seconds=4, fps=25, seed=0)
    assert asleep.name == "doze"


def test_neighbours_glance_where_nobody_was_asked_for_a_gesture() -> None:
    free = compose_faces(["idle", "idle"], (), (1, 2), 2, seconds=4, fps=25, seed=0)
    asked = compose_faces(["idle", "idle"], ("nod",), (1, 2), 2, seconds=4, fps=25, seed=0)
    assert not np.array_equal(free[0].curves["yaw"], compose("idle", seed=0).curves["yaw"])
    assert np.array_equal(asked[0].curves["yaw"], compose(gestures=("nod",), seed=0).curves["yaw"])


def test_each_part_has_to_fit_by_itself() -> None:
    check_fit("nostalgia", ("1@turn:left", "2@turn:right", "3@nod"), seconds=2.5)
    with pytest.raises(MotionError, match="need at least"):
        check_fit("nostalgia", ("1@turn:left", "1@turn:right", "1@nod", "2@smile"), seconds=2.5)
    assert choose_seconds(("1@turn:left", "2@turn:right", "3@nod")) == choose_seconds(()) == 4.0
    assert choose_seconds(("1@turn:left", "1@turn:right", "1@nod")) > 5
