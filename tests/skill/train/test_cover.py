"""Chips for the net of covered faces: the landmarks lie on the chip as on the photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from skill.train.cover import prepare_chips
from weights.store import WeightStore


def test_a_photo_gives_a_chip_with_its_landmarks(tmp_path: Path, built_weights: WeightStore) -> None:
    (tmp_path / "portrait.png").write_bytes(astronaut())
    (tmp_path / "notes.txt").write_text("no photo")
    ((chip, points),) = prepare_chips(tmp_path, Runtime(built_weights.path))
    assert (chip.shape, chip.dtype) == ((128, 128, 3), np.uint8)
    assert (points.shape, points.dtype) == ((478, 2), np.float32)
    # the face's longer side fills two thirds of the chip, in its middle, with its eyes level
    assert max(np.ptp(points, axis=0)) == pytest.approx(128 / 1.5, rel=0.02)
    assert points[33, 1] == pytest.approx(points[263, 1], abs=0.5)
