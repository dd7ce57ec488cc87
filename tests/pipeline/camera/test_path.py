"""The camera begins and ends at rest, where the photo was taken."""

from __future__ import annotations

import itertools

import pytest

from pipeline.camera.path import CameraPlace, place_camera
from pipeline.limits import CAMERAS

FRAMES = 100


@pytest.mark.parametrize("name", CAMERAS)
def test_the_way_is_a_loop_that_is_at_rest_at_its_seam(name: str) -> None:
    places = [place_camera(name, frame, FRAMES) for frame in range(FRAMES + 1)]
    ways = [(one.aside, one.nearer) for one in places]
    steps = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(ways)]
    assert places[0] == CameraPlace(0.0, 0.0)
    assert ways[-1] == pytest.approx((0.0, 0.0), abs=1e-12)
    assert [place.moved for place in places[1:-1]] == [name != "still"] * (FRAMES - 1)
    assert max(steps[0], steps[-1]) <= 0.1 * max(steps)


def test_a_push_comes_nearer_and_a_drift_goes_to_both_sides_alike() -> None:
    pushes = [place_camera("push", frame, FRAMES) for frame in range(FRAMES)]
    drifts = [place_camera("drift", frame, FRAMES) for frame in range(FRAMES)]
    assert max(one.nearer for one in pushes) == pushes[FRAMES // 2].nearer == pytest.approx(0.08)
    assert not any(one.aside for one in pushes)
    assert max(one.aside for one in drifts) == pytest.approx(0.04, rel=0.01)
    assert min(one.aside for one in drifts) == pytest.approx(-0.04, rel=0.01)
