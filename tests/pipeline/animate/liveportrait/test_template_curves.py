"""A template that our own curves made is read as these curves, with and without its lists, and becomes a loop."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from pipeline.animate.liveportrait.expression import expression_offsets
from pipeline.animate.liveportrait.import_template import Template
from pipeline.animate.liveportrait.lids import LID_SLOPE, SHUT_RATIO
from pipeline.animate.liveportrait.recording import Recording
from pipeline.animate.liveportrait.source import rotation_matrices
from pipeline.animate.liveportrait.template_curves import make_template_motion, read_values
from pipeline.arrays import Float
from pipeline.errors import MotionError
from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.motion.curves import Motion

FPS: Final = 30
OWN, HEIGHT = 0.32, 0.036
"""Openness of the eyes at rest, and the distance of their lids in half crops."""
LEAST: Final = {"yaw": 0.9, "pitch": 0.9, "roll": 0.9, "blink_r": 0.9, "blink_l": 0.9} | dict.fromkeys(
    ("smile", "brow", "jaw", "gaze_x"), 0.8
)
"""Channel → least correlation of what is read with what was put in."""


def known_motion(count: int = 180) -> Motion:
    """Each channel moves at a rate of its own, lids shut now and then, one of them alone at the end."""
    times = np.arange(count) / FPS
    curves = {name: np.zeros(count, np.float32) for name in CHANNELS}
    sizes = {"yaw": 9.0, "pitch": 5.0, "roll": 4.0, "gaze_x": 0.08}
    for at, (name, size) in enumerate(sizes.items()):
        curves[name] = (size * np.sin((0.9 + 0.37 * at) * times)).astype(np.float32)
    for at, name in enumerate(("smile", "brow", "jaw")):
        curves[name] = (0.5 - 0.5 * np.cos((1.7 + 0.6 * at) * times)).astype(np.float32)
    for name, moments in (("blink_r", (1.0, 3.0)), ("blink_l", (1.0, 3.0, 5.0))):
        for moment in moments:
            curves[name] += np.exp(-0.5 * ((times - moment) / 0.06) ** 2).astype(np.float32)
    return Motion("known", FPS, {name: np.clip(curve, *LIMITS[name]) for name, curve in curves.items()})


def template_of(motion: Motion, *, noise: float = 0.0005) -> Template:
    """The template of a face that leans and smiles a little at rest and makes a motion."""
    random, count, curves = np.random.default_rng(3), len(motion), motion.curves
    turns = np.stack([curves["pitch"], -curves["yaw"], curves["roll"]], 1) + np.float32((4.0, -6.0, 2.0))
    expression = expression_offsets(motion) + random.normal(0, 0.01, (1, 21, 3))
    shut = np.stack([curves["blink_r"], curves["blink_l"]], 1)
    expression[:, (11, 15), 1] += LID_SLOPE * HEIGHT * shut
    recording = Recording(
        float(motion.fps),
        rotation_matrices(turns.astype(np.float32)),
        (expression + random.normal(0, noise, expression.shape)).astype(np.float32),
        np.full(count, 1.3, np.float32),
        np.zeros((count, 2), np.float32),
    )
    return Template(recording, _as_float(OWN - (OWN - SHUT_RATIO) * shut), _as_float(0.02 + 0.2 * curves["jaw"]))


def _as_float(values: np.ndarray) -> Float:
    return np.asarray(values, np.float32)


@pytest.mark.parametrize("told", [True, False], ids=["with lists", "without lists"])
def test_known_curves_are_read(told: bool) -> None:
    motion = known_motion()
    template = template_of(motion)
    table = read_values(template if told else replace(template, eyes=None, lips=None))
    for name, least in LEAST.items():
        found, wanted = table[:, CHANNELS.index(name)], motion.curves[name]
        assert np.corrcoef(found, wanted)[0, 1] >= least, name
        assert np.ptp(found) == pytest.approx(np.ptp(wanted), rel=0.35), name
    assert table[150, CHANNELS.index("blink_l")] > 0.8 > 0.3 > table[150, CHANNELS.index("blink_r")]  # a wink


def test_a_face_at_rest_stays_the_photo() -> None:
    table = read_values(template_of(Motion("rest", FPS, {name: np.zeros(90, np.float32) for name in CHANNELS})))
    ranges = np.array([high - low for low, high in LIMITS.values()])
    assert np.abs(table / ranges).max() < 0.1


def test_the_loop_is_whole_and_closes_without_a_jump() -> None:
    motion = make_template_motion("mine", template_of(known_motion()))
    assert (motion.fps, motion.seconds) == (25, pytest.approx(6.0, abs=0.1))
    for name, (low, high) in LIMITS.items():
        curve = motion.curves[name]
        assert curve[0] == 0.0 and low <= curve.min() <= curve.max() <= high
        steps = np.abs(np.diff(curve))
        assert abs(curve[0] - curve[-1]) <= 1.5 * max(steps.max(), 1e-3), name


def test_wild_numbers_are_clamped() -> None:
    template = template_of(known_motion())
    wild = replace(template.recording, expression=60.0 * template.recording.expression)
    table = read_values(Template(wild, None, None))
    for at, (low, high) in enumerate(LIMITS.values()):
        assert low <= table[:, at].min() <= table[:, at].max() <= high


def test_a_template_that_is_too_short_makes_no_loop() -> None:
    with pytest.raises(MotionError, match="too short"):
        make_template_motion("short", template_of(known_motion(40)))
