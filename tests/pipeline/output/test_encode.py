"""Frames become files in one pass, and an error leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.arrays import Pixels
from pipeline.output.encode import ClipWriter, encode
from tests.pipeline.output.loops import decoded, still


def test_streams(tmp_path: Path) -> None:
    """Frames are asked for one by one, and none is kept."""
    photo, alive = still(), 0

    def frames() -> Iterator[Pixels]:
        for _ in range(100):
            yield photo.copy()

    with ClipWriter(tmp_path / "clip", fps=25) as writer:
        for frame in frames():
            writer.write(frame)
            alive += 1
    assert writer.clip.frames == alive == 100


def test_names_of_files(tmp_path: Path) -> None:
    for out, stem in (("a", "a"), ("b.mp4", "b"), ("c.GIF", "c"), ("photo.v2", "photo.v2"), ("Маша", "Маша")):
        clip = encode([still()], tmp_path / out, fps=25, formats=("mp4", "jpg", "mp4"))
        assert clip.files == {"mp4": tmp_path / f"{stem}.mp4", "jpg": tmp_path / f"{stem}.jpg"}
        assert all(path.is_file() for path in clip.files.values())


def test_an_older_file_is_replaced_only_on_success(tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"older")

    def failing() -> Iterator[Pixels]:
        yield still()
        raise RuntimeError("the animator fell over")

    with pytest.raises(RuntimeError, match="fell over"):
        encode(failing(), target, fps=25, formats=("mp4", "gif", "webp", "jpg"))
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"older"
    encode([still()], target, fps=25)
    assert target.read_bytes()[4:8] == b"ftyp"
    assert list(tmp_path.iterdir()) == [target]


def test_interrupted_clip_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), ClipWriter(tmp_path / "clip", fps=25) as writer:
        writer.write(still())
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RuntimeError, match="not finished"):
        _ = writer.clip


def test_a_target_that_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "clip.gif").mkdir()
    with pytest.raises(OSError, match="directory"):
        encode([still()], tmp_path / "clip", fps=25, formats=("mp4", "gif"))
    assert [path.name for path in tmp_path.iterdir()] == ["clip.gif"]


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        encode([still()], tmp_path / "missing" / "clip", fps=25)


@pytest.mark.parametrize(
    ("frames", "options", "words"),
    [
        ([], {}, "no frames"),
        ([np.zeros((8, 8, 3), np.uint8), np.zeros((8, 10, 3), np.uint8)], {}, "frame 1"),
        ([np.zeros((8, 8), np.uint8)], {}, "uint8 H×W×3"),
        ([np.zeros((8, 8, 3), np.float32)], {}, "uint8 H×W×3"),
        ([np.zeros((1, 8, 3), np.uint8)], {}, "too small"),
        ([np.zeros((8, 8, 3), np.uint8)], {"formats": ("avi",)}, "formats"),
        ([np.zeros((8, 8, 3), np.uint8)], {"formats": ()}, "formats"),
        ([np.zeros((8, 8, 3), np.uint8)], {"fps": 0}, "fps"),
    ],
)
def test_wrong_arguments(tmp_path: Path, frames: list[Pixels], options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode(frames, tmp_path / "clip", **({"fps": 25} | options))
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=12, deadline=None)
@given(width=st.integers(2, 90), height=st.integers(2, 90), count=st.integers(1, 5), fps=st.sampled_from([10, 25, 30]))
def test_any_size_and_length(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int, count: int, fps: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    frames = list(np.random.default_rng(width).integers(0, 256, (count, height, width, 3), np.uint8))
    clip = encode(frames, folder / "clip", fps=fps, formats=("mp4", "gif", "webp", "jpg"))
    assert clip.seconds == count / fps
    assert len(decoded(clip.files["mp4"])) == count
    assert {path.name for path in folder.iterdir()} == {f"clip.{kind}" for kind in clip.files}
