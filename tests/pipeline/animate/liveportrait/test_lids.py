"""Lids: one eye at a time, shut where the nets shut them, and without the eye net where that is odd."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from structlog.testing import capture_logs

from pipeline.animate.liveportrait.keypoints import DrivingMotion, driving_from_curves, driving_keypoints
from pipeline.animate.liveportrait.lids import LID_SLOPE, SHUT_RATIO, lid_offsets, vector_offsets, wanted_ratio
from pipeline.animate.liveportrait.source import Source
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait import fake_nets
from tests.pipeline.animate.liveportrait.conftest import motion_of

RIGHT, LEFT = (11, 13), (15, 16)  # the person's right eye lies at the picture's left


@pytest.mark.parametrize(("curve", "own", "other"), [("blink_r", RIGHT, LEFT), ("blink_l", LEFT, RIGHT)])
def test_a_wink_shuts_one_eye(
    fake_runtime: Runtime, source: Source, curve: str, own: tuple[int, ...], other: tuple[int, ...]
) -> None:
    """The fake eye net moves lids down by a tenth of the ratio."""
    drive = driving_from_curves(source, motion_of(9, **{curve: 1.0}), 0.4, 0.0)
    delta = driving_keypoints(fake_runtime, source, drive)[4] - source.points
    way = source.eyes[0 if curve == "blink_r" else 1] - SHUT_RATIO
    assert delta[list(own), 1] == pytest.approx(0.1 * way * np.sin(np.pi * 4 / 9), abs=1e-5)
    assert np.abs(delta[list(other)]).max() < 1e-6


def test_the_whole_way_of_a_lid_is_seen() -> None:
    """The nets draw an eye shut from 0.05 down: no part of the curve lies below it."""
    opening = np.linspace(0.0, 1.22, 30).astype(np.float32)
    wanted = wanted_ratio(0.35, opening)
    assert wanted[0] == pytest.approx(SHUT_RATIO) and (np.diff(wanted) > 0).all()
    assert wanted_ratio(0.35, np.float32([1.0]))[0] == pytest.approx(0.35)
    assert np.ptp(wanted_ratio(0.03, opening)) == 0.0  # shut on the photo


def test_the_vector_is_a_blink_of_its_own(source: Source) -> None:
    shut = vector_offsets(source, np.array([[1.0, 1.0], [0.0, 1.0], [0.5, 0.0]], np.float32))
    assert not shut[0].any() and set(np.flatnonzero(np.abs(shut).max(axis=(0, 2)))) == {11, 15}
    assert shut[1, 11, 1] == pytest.approx(LID_SLOPE * source.eye_heights[0]) and shut[1, 15, 1] == 0.0
    assert shut[2, 11, 1] == pytest.approx(shut[1, 11, 1] / 2)
    # a full blink of real faces, before the head's size: +0.008…+0.020; of the astronaut, whose M is no real one
    assert (np.array([shut[1, 11, 1], shut[2, 15, 1]]) / 1.4 > 0.008).all()
    assert (np.array([shut[1, 11, 1], shut[2, 15, 1]]) / 1.4 < 0.020).all()


@pytest.mark.parametrize("step", [-1.0, 0.0, 40.0])
def test_an_odd_eye_net_is_not_used(
    fake_runtime: Runtime, source: Source, step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A net that lifts shutting lids, leaves them, or throws them far away is told by the lid's own vector."""
    run = fake_runtime.run

    def odd(name: str, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        out = run(name, feeds)
        return {"delta": out["delta"] * np.float32(step)} if name == "liveportrait_eyes" else out

    opening = np.array([[0.0, 0.5]], np.float32)
    with capture_logs() as logs:
        good = lid_offsets(fake_runtime, source, opening)
        monkeypatch.setattr(fake_runtime, "run", odd)
        found = lid_offsets(fake_runtime, source, opening)
    assert [entry["event"] for entry in logs] == ["odd_eye_net"]
    np.testing.assert_array_equal(found, vector_offsets(source, opening))
    assert np.abs(good - found).max() > 0


def test_eyes_that_are_shut_on_the_photo_stay_and_judge_no_net(fake_runtime: Runtime, source: Source) -> None:
    shut = replace(source, eyes=(0.02, 0.0), eye_heights=(0.004, 0.002))
    with capture_logs() as logs:
        assert not lid_offsets(fake_runtime, shut, np.zeros((1, 2), np.float32)).any()
    assert not logs


def test_lids_that_stay_ask_no_net(fake_runtime: Runtime, source: Source) -> None:
    points = driving_keypoints(fake_runtime, source, DrivingMotion.still(2))
    assert np.array_equal(points, np.repeat(source.points[None], 2, axis=0)) and fake_nets.LIDS.any()
