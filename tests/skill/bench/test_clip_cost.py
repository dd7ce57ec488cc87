"""What encoding costs alone, and frames that wait in a file for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skill.bench.clip_cost import FrameFile, measure_encoding

FRAMES = [np.full((48, 64, 3), 40 * number, np.uint8) for number in range(4)]


def test_frames_come_back_as_they_were(tmp_path: Path) -> None:
    frames = FrameFile(tmp_path / "frames", FRAMES)
    assert frames.count == 4
    for frame, drawn in zip(frames, FRAMES, strict=True):
        np.testing.assert_array_equal(frame, drawn)


def test_the_share_that_moves_is_counted_against_the_first_frame(tmp_path: Path) -> None:
    still, moved = FRAMES[0], FRAMES[0].copy()
    moved[:24] = 3
    assert FrameFile(tmp_path / "frames", [still, moved]).moving == pytest.approx(0.25)


def test_encoding_alone_takes_time_and_leaves_a_file(tmp_path: Path) -> None:
    assert measure_encoding(FrameFile(tmp_path / "frames", FRAMES), tmp_path / "clip.mp4", 25) > 0.0
    assert (tmp_path / "clip.mp4").exists()
