"""A driving video becomes a recorded motion; the fake M answers where the picture is bright."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.animate.liveportrait.import_video import read_driving_video, smooth_recording
from pipeline.animate.liveportrait.recording import NotAMotionError, Recording
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait.conftest import Pixels
from tests.pipeline.animate.liveportrait.recordings import nodding


def write_video(path: Path, frames: list[Pixels], fps: int = 25) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "18"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(stream.encode())
    return path


def test_what_the_face_does_inside_a_steady_square(fake_runtime: Runtime, astronaut: Pixels, tmp_path: Path) -> None:
    """A bright column moves across beside the face: M's answer follows it, frame by frame."""
    frames = []
    for index in range(10):
        frame = astronaut.copy()
        frame[:, 60 + 16 * index : 76 + 16 * index] = 255
        frame[60:180, 100:220] = astronaut[60:180, 100:220]
        frames.append(frame)
    recording = read_driving_video(write_video(tmp_path / "driving.mp4", frames, fps=30), fake_runtime)
    assert (len(recording), recording.fps) == (10, 30.0)
    across = recording.translation[:, 0]
    assert across[-1] - across[0] > 0.01 and (np.diff(across) > -0.002).all()
    assert np.abs(recording.rotation - np.eye(3)).max() < 1e-5 and np.allclose(recording.scale, 1.0)


def test_videos_that_will_not_do(fake_runtime: Runtime, astronaut: Pixels, tmp_path: Path) -> None:
    wall = np.full_like(astronaut, 90)
    with pytest.raises(NotAMotionError, match="no face in the first frame"):
        read_driving_video(write_video(tmp_path / "wall.mp4", [wall, wall]), fake_runtime)
    with pytest.raises(NotAMotionError, match="the face is lost in frame 2"):
        read_driving_video(write_video(tmp_path / "cut.mp4", [astronaut, astronaut, wall]), fake_runtime)
    with pytest.raises(NotAMotionError, match="two frames or more"):
        read_driving_video(write_video(tmp_path / "one.mp4", [astronaut]), fake_runtime)
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(NotAMotionError, match="can't be read as a video"):
        read_driving_video(tmp_path / "text.mp4", fake_runtime)


def test_tremor_goes_and_movement_stays() -> None:
    clean, rough = nodding(100), nodding(100, noise=0.01)
    calm = smooth_recording(rough)

    def tremor(recording: Recording) -> float:
        return float(np.diff(recording.scale, axis=0).std())

    assert tremor(calm) < 0.1 * tremor(rough)
    assert np.abs(calm.rotation - clean.rotation).max() < 0.05
    assert np.abs(smooth_recording(clean).rotation[[0, -1]] - clean.rotation[[0, -1]]).max() < 0.02
