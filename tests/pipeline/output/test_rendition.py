"""Renditions: three loops that messengers take, and crops around the person that never cut a face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from pipeline.arrays import Float, Pixels
from pipeline.limits import RENDITIONS
from pipeline.output import rendition
from pipeline.output.encode import Quality, encode
from pipeline.output.label import Label
from pipeline.output.rendition import write_rendition
from pipeline.output.rendition_crop import moving_boxes
from pipeline.output.rendition_shapes import SHAPES, Rendition

WIDTH, HEIGHT, FRAMES = 320, 240, 20
LEFT, RIGHT = (np.asarray(box, np.float32) for box in ((60, 80, 100, 130), (230, 70, 270, 120)))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A noisy wall with two bright squares; the right one moves."""
    noise = np.random.default_rng(1).integers(90, 130, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    frames = []
    for number in range(FRAMES):
        frame = noise.copy()
        shift = round(6 * np.sin(2 * np.pi * number / FRAMES))
        frame[80:130, 60:100] = (200, 120, 60)
        frame[70:120, 230 + shift : 270 + shift] = (200, 120, 60)
        frames.append(frame)
    out = tmp_path_factory.mktemp("clip") / "clip"
    return encode(frames, out, fps=25, formats=("mp4", "jpg"), quality=Quality(crf=20)).files["mp4"]


def two_faces(picture: Pixels) -> Sequence[Float]:
    return [LEFT, RIGHT]


def decode(path: Path) -> list[Pixels]:
    with av.open(path) as opened:
        return [np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8) for frame in opened.decode(video=0)]


def make(clip: Path, name: str, out: Path) -> Path:
    write_rendition(clip, clip.with_suffix(".jpg"), name, out, two_faces)
    return out


def test_each_has_a_shape() -> None:
    assert set(SHAPES) == set(RENDITIONS)
    assert {name for name, shape in SHAPES.items() if not shape.loops} == {"wallpaper"}


def test_a_messenger_s_version_is_the_loop_three_times(clip: Path, tmp_path: Path) -> None:
    out = make(clip, "messenger", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with av.open(out) as opened:
        video = opened.streams.video[0]
        assert (video.codec_context.name, video.codec_context.profile) == ("h264", "Main")
        assert (video.width, video.height, video.frames) == (WIDTH, HEIGHT, 3 * FRAMES)
        assert float(video.duration * video.time_base) == pytest.approx(3 * FRAMES / 25, abs=0.01)
        assert "AI-generated" in opened.metadata["comment"]
        times = [packet.pts for packet in opened.demux(video) if packet.pts is not None]
    assert len(set(np.diff(sorted(times)))) == 1  # no gap between the loops
    frames, source = decode(out), decode(clip)
    assert (frames[0] == frames[FRAMES]).all() and (frames[5] == frames[2 * FRAMES + 5]).all()
    assert np.abs(frames[7].astype(int) - source[7]).mean() < 4


def test_a_file_that_is_too_large_is_made_smaller(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make(clip, "messenger", tmp_path / "whole").stat().st_size
    shapes = {"messenger": Rendition(1280, loops=3, limit=whole // 2)}
    monkeypatch.setattr(rendition, "SHAPES", shapes)
    assert make(clip, "messenger", tmp_path / "small").stat().st_size <= 1.02 * (whole // 2)


def test_noise_gets_below_the_limit_with_fewer_pixels(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The coarsest coding alone is not enough for it."""
    monkeypatch.setattr(rendition, "_CRF", (42.0,))
    coarsest = make(clip, "messenger", tmp_path / "coarsest").stat().st_size
    shapes = {"messenger": Rendition(WIDTH, loops=3, limit=round(0.75 * coarsest))}
    monkeypatch.setattr(rendition, "SHAPES", shapes)
    out = make(clip, "messenger", tmp_path / "small")
    assert out.stat().st_size <= 0.77 * coarsest
    assert decode(out)[0].shape[1] < WIDTH


def test_a_crop_is_around_the_one_who_moves(clip: Path, tmp_path: Path) -> None:
    with Image.open(clip.with_suffix(".jpg")) as opened:
        picture = np.asarray(opened.convert("RGB"))
    assert [list(box) for box in moving_boxes(clip, picture, [LEFT, RIGHT])] == [list(RIGHT)]
    for name, shape in (("messenger-square", (240, 240)), ("messenger-vertical", (240, 134))):
        frame = decode(make(clip, name, tmp_path / name))[0]
        assert frame.shape[:2] == shape
        bright = np.argwhere(frame[..., 2] < 85)[:, 1]  # the squares alone have little blue
        assert abs(float(np.median(bright)) - shape[1] / 2) < 0.25 * shape[1]
    with Image.open(make(clip, "wallpaper", tmp_path / "wallpaper")) as still:
        assert (still.format, still.size) == ("JPEG", (110, 240))
    assert decode(make(clip, "wallpaper-clip", tmp_path / "wallpaper-clip"))[0].shape == (240, 110, 3)


def test_what_is_missing_above_and_below_is_filled(clip: Path, tmp_path: Path) -> None:
    both = np.asarray((40, 60, 290, 140), np.float32)
    write_rendition(clip, clip.with_suffix(".jpg"), "wallpaper", tmp_path / "out", lambda picture: [both])
    with Image.open(tmp_path / "out") as opened:
        picture = np.asarray(opened.convert("RGB")).astype(int)
    rows, columns = picture.shape[:2]
    assert columns == WIDTH and columns / rows == pytest.approx(9 / 19.5, abs=0.01)
    assert picture[5].std() < 12 < picture[rows // 2 - 40].std()  # without detail above, the picture in the middle
    assert picture[5].mean() < 0.75 * picture[rows // 2 - 40].mean()


def test_an_unknown_one_is_an_error(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="messenger"):
        make(clip, "cinema", tmp_path / "out")


@pytest.mark.parametrize("name", ["messenger", "messenger-square", "wallpaper-clip"])
def test_a_clip_that_breaks_off_leaves_no_file(clip: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2] + bytes(clip.stat().st_size // 2))
    (tmp_path / "broken.jpg").write_bytes(clip.with_suffix(".jpg").read_bytes())
    with pytest.raises((OSError, ValueError)):
        make(broken, name, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"broken.mp4", "broken.jpg"}


def test_a_clip_without_frames_is_an_error(clip: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    with av.open(clip) as source, av.open(empty, "w") as target:
        target.add_stream_from_template(source.streams.video[0])
        target.start_encoding()
    (tmp_path / "empty.jpg").write_bytes(clip.with_suffix(".jpg").read_bytes())
    with pytest.raises(ValueError, match="without frames"):
        write_rendition(empty, empty.with_suffix(".jpg"), "messenger-square", tmp_path / "out", two_faces, Label())


def test_a_crop_bears_one_whole_label_of_its_own(tmp_path: Path) -> None:
    """The clip's own lies across the crop's edge: half a word would be left."""
    wall = np.full((240, 320, 3), 70, np.uint8)
    clip = encode([wall] * 3, tmp_path / "clip", fps=25, formats=("mp4", "jpg"), label=Label()).files["mp4"]
    out, plain, middle = tmp_path / "out", tmp_path / "plain", LEFT + np.asarray((95, 0, 95, 0), np.float32)
    for file, label in ((out, Label()), (plain, None)):
        write_rendition(clip, clip.with_suffix(".jpg"), "messenger-square", file, lambda picture: [middle], label)
    whole, labelled, cut = (int((decode(file)[0].min(axis=2) > 130).sum()) for file in (clip, out, plain))
    assert 0 < cut < 0.9 * whole
    assert 0.8 < labelled / whole < 1.1  # the crop is smaller, and so are the letters
