"""Footage: frames, faces, and the frame that stands for the photo; what is no footage is said in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.faces.landmarks import LandmarkFinder
from pipeline.output.mp4 import Mp4Writer
from pipeline.runtime import Runtime
from skill.bench.errors import BenchError
from skill.bench.truth.footage import Footage, find_videos, read_footage, track_face


def test_every_frame_has_its_face(footage: Footage) -> None:
    assert footage.name == "film"
    assert len(footage.frames) == len(footage.faces) == len(footage.expressions) == 11
    for frame, face in zip(footage.frames, footage.faces, strict=True):
        assert frame.shape == (480, 480, 3)
        assert face.presence > 0.5


def test_a_still_frame_stands_for_the_photo(footage: Footage) -> None:
    assert footage.neutral in {0, 1, 2, 10}


def test_a_face_that_is_gone_is_not_tracked(footage: Footage, runtime: Runtime) -> None:
    grey = np.full_like(footage.frames[0], 128)
    assert track_face(LandmarkFinder(runtime), grey, footage.faces[0]) is None


def test_videos_are_found_by_their_names(tmp_path: Path) -> None:
    for name in ("b.MP4", "a.webm", "notes.txt", "c.jpg"):
        (tmp_path / name).touch()
    assert [path.name for path in find_videos(tmp_path)] == ["a.webm", "b.MP4"]


def test_a_folder_without_videos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="holds no video"):
        find_videos(tmp_path)


def test_a_file_that_is_no_video_is_refused(tmp_path: Path, runtime: Runtime) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"not a video")
    with pytest.raises(BenchError, match=r"bad\.mp4 can't be read as a video"):
        read_footage(tmp_path / "bad.mp4", runtime)


def test_a_video_without_a_face_is_refused(tmp_path: Path, runtime: Runtime) -> None:
    wall: NDArray[np.uint8] = np.full((64, 64, 3), 90, np.uint8)
    writer = Mp4Writer(tmp_path / "wall.mp4", 25, (64, 64), crf=None, preset="fast", threads=1)
    writer.write(wall)
    writer.finish()
    with pytest.raises(BenchError, match=r"wall\.mp4 has no face"):
        read_footage(tmp_path / "wall.mp4", runtime)
