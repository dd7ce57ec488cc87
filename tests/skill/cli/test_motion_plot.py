"""The picture of a motion has a strip for each channel that moves, and a curve in it."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.motion.compose import compose
from skill.cli.motion_plot import draw_motion


def test_every_channel_that_moves_has_its_strip() -> None:
    motion = compose(gestures=("wink:left",), seconds=2.0)
    moving = sum(bool(np.abs(curve).max() > 0) for curve in motion.curves.values())
    picture = cv2.imdecode(np.frombuffer(draw_motion(motion), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape == (56 * moving + 28, 900, 3)
    strips = picture[28:].reshape(moving, 56, 900, 3)
    blue = (strips[..., 0].astype(int) - strips[..., 2]) > 60
    assert blue[:, :, 150:].any(axis=(1, 2)).all() and not blue[:, :, :140].any()
