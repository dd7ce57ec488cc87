"""Contact sheets: every frame and every face has its tile."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.arrays import Pixels
from pipeline.output.contact_sheet import contact_sheet, read_frames, save_sheet


def frames(count: int) -> list[Pixels]:
    return [np.full((120, 160, 3), 10 * index, np.uint8) for index in range(count)]


def test_rows_of_frames_and_rows_of_faces() -> None:
    times = [0.1 * index for index in range(6)]
    whole = contact_sheet(frames(6), times, width=820)
    close = contact_sheet(frames(6), times, [(60, 40, 100, 90)], width=820)
    assert whole.shape == (2 * (22 + 148) + 3 * 6, 820, 3)  # tiles of 197×148 below their seconds, with gaps of 6
    assert close.shape[0] == whole.shape[0] + 2 * (22 + 197 + 6)


def test_no_second_covers_a_frame() -> None:
    sheet = contact_sheet([np.full((120, 160, 3), 90, np.uint8)] * 2, [0.0, 1.52], columns=2, width=400)
    assert (sheet[6 + 22 : -6, 6:197] == 90).all()
    assert (sheet[6 : 6 + 22, 6:197] > 200).any()


def test_a_face_at_the_rim_stays_inside() -> None:
    sheet = contact_sheet(frames(1), [0.0], [(-20, -30, 30, 40), (150, 100, 900, 800)], width=400)
    assert sheet.dtype == np.uint8


def test_no_frames_no_sheet() -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        contact_sheet([], [])


def test_frames_are_read_evenly(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for picture in frames(20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    read, times = read_frames(clip, 4)
    assert times == [0.0, 0.2, 0.4, 0.6]
    assert [round(float(picture.mean()) / 10) for picture in read] == [0, 5, 10, 15]


def test_a_sheet_is_a_png(tmp_path: Path) -> None:
    save_sheet(contact_sheet(frames(2), [0, 1]), tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as picture:
        assert (picture.format, picture.width) == ("PNG", 1600)


def test_frames_of_an_animated_webp(tmp_path: Path) -> None:
    """FFmpeg reads none; each frame has a length of its own."""
    clip = tmp_path / "clip.webp"
    pictures = [Image.new("RGB", (32, 24), (20 * index, 0, 0)) for index in range(8)]
    durations = [40, 80] * 4
    pictures[0].save(clip, save_all=True, append_images=pictures[1:], duration=durations, lossless=True)
    read, times = read_frames(clip, 4)
    assert [int(frame[0, 0, 0]) for frame in read] == [0, 40, 80, 120]
    assert times == pytest.approx([0.0, 0.12, 0.24, 0.36])
    assert read[0].shape == (24, 32, 3)
