"""Frames become files: colours, sharpness, an even loop, limits, honest labels, nothing left behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import Interpolation
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from skimage.data import astronaut

from pipeline.output import provenance
from pipeline.output.encode import Clip, ClipWriter, Quality, encode
from pipeline.output.gif import encode_gif

Frame = NDArray[np.uint8]

ASTRONAUT: Frame = astronaut()  # type: ignore[no-untyped-call]
EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
BOX = (slice(40, 200), slice(150, 300))  # the astronaut's face


def still(width: int = 320, height: int = 240) -> Frame:
    return np.asarray(cv2.resize(ASTRONAUT, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def moving(count: int = 12, photo: Frame | None = None, grain: float = 0) -> list[Frame]:
    """A loop whose middle moves by three pixels and whose rim stands still."""
    photo = ASTRONAUT[:384] if photo is None else photo
    if grain:
        noise = np.random.default_rng(1).normal(0, grain, photo.shape)
        photo = np.clip(photo + noise, 0, 255).astype(np.uint8)
    height, width = photo.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    weight = np.clip(2 - 4 * np.hypot(x / width - 0.45, y / height - 0.3), 0, 1)
    frames = []
    for i in range(count):
        shift = 3 * weight * np.sin(2 * np.pi * i / count)
        frame = cv2.remap(photo, (x + shift).astype(np.float32), y, cv2.INTER_LANCZOS4)
        frames.append(np.where(shift[..., None] == 0, photo, frame).astype(np.uint8))
    return frames


def decoded(path: Path) -> list[Frame]:
    """RGB frames, with exact rounding: FFmpeg's default darkens by up to 1.5 levels."""
    with av.open(path) as container:
        return [
            np.asarray(frame.to_ndarray(format="rgb24", interpolation=EXACT), np.uint8)
            for frame in container.decode(video=0)
        ]


def sharpness(frame: Frame) -> float:
    grey = cv2.cvtColor(frame[BOX], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def animation(path: Path) -> list[Frame]:
    with Image.open(path) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
    return frames


# --- MP4 ------------------------------------------------------------------------------------------------------


def test_mp4_plays_everywhere(tmp_path: Path) -> None:
    clip = encode(moving(10), tmp_path / "clip.mp4", fps=25)
    assert clip == Clip({"mp4": tmp_path / "clip.mp4"}, 10, 25, (512, 384), 0.4)
    data = clip.files["mp4"].read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(clip.files["mp4"]) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert context.name == "h264"
        assert context.pix_fmt == "yuv420p"
        assert float(stream.average_rate or 0) == 25
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        packets = [packet for packet in container.demux(stream) if packet.size]
    assert [packet.is_keyframe for packet in packets] == [True] + [False] * 9
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]  # no B-frames, no delay


def test_colours_survive(tmp_path: Path) -> None:
    patches = np.random.default_rng(3).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    colourful = np.asarray(cv2.resize(patches, (384, 288), interpolation=cv2.INTER_CUBIC), np.uint8)
    clip = encode([colourful] * 4, tmp_path / "clip", fps=25)
    for frame in decoded(clip.files["mp4"]):
        error = frame.astype(np.float64) - colourful
        assert np.abs(error.mean(axis=(0, 1))).max() < 0.3
        patch_error = error.reshape(9, 32, 12, 32, 3).mean(axis=(1, 3))
        assert np.abs(patch_error).mean() < 1
        assert np.abs(patch_error).max() < 5


def test_flat_colours_are_exact(tmp_path: Path) -> None:
    for colour in ((255, 255, 255), (0, 0, 0), (200, 30, 40), (20, 180, 60), (40, 50, 220)):
        flat = np.full((64, 64, 3), colour, np.uint8)
        frame = decoded(encode([flat], tmp_path / "clip", fps=25).files["mp4"])[0]
        assert np.abs(frame.astype(int) - flat).max() <= 2


def test_first_frame_is_the_photo_and_grain_stays(tmp_path: Path) -> None:
    for grain, likeness in ((0, 40), (6, 36)):
        frames = moving(20, grain=grain)
        result = decoded(encode(frames, tmp_path / "clip", fps=25).files["mp4"])
        assert (
            cv2.PSNR(cv2.cvtColor(result[0], cv2.COLOR_RGB2GRAY), cv2.cvtColor(frames[0], cv2.COLOR_RGB2GRAY))
            > likeness
        )
        ratios = [sharpness(after) / sharpness(before) for before, after in zip(frames, result, strict=True)]
        assert 0.93 < float(np.median(ratios)) < 1.15


def test_loop_does_not_pop(tmp_path: Path) -> None:
    frames = moving(30, grain=4)
    result = decoded(encode(frames, tmp_path / "clip", fps=25).files["mp4"])
    rim = np.abs(result[-1][-60:].astype(int) - result[0][-60:]).mean()
    assert rim < 0.1  # nothing moves there: what is left is the encoder's own step
    quality = [cv2.PSNR(after, before) for before, after in zip(frames, result, strict=True)]
    assert abs(quality[0] - quality[-1]) < 1
    assert max(quality) - min(quality) < 2


@pytest.mark.parametrize(("width", "height"), [(321, 240), (320, 241), (33, 35), (17, 60)])
def test_odd_sizes_lose_one_row(tmp_path: Path, width: int, height: int) -> None:
    photo = still(width, height)
    clip = encode([photo] * 2, tmp_path / "clip", fps=30)
    assert clip.size == (width & ~1, height & ~1)
    frame = decoded(clip.files["mp4"])[0]
    assert frame.shape == (clip.size[1], clip.size[0], 3)
    assert np.abs(frame.astype(int) - photo[: frame.shape[0], : frame.shape[1]]).mean() < 8


def test_streams(tmp_path: Path) -> None:
    """Frames are asked for one by one, and none is kept."""
    photo, alive = still(), 0

    def frames() -> Iterator[Frame]:
        for _ in range(100):
            yield photo.copy()

    with ClipWriter(tmp_path / "clip", fps=25) as writer:
        for frame in frames():
            writer.write(frame)
            alive += 1
    assert writer.clip.frames == alive == 100


# --- GIF and WebP ---------------------------------------------------------------------------------------------


def test_gif_loops_and_does_not_crawl(tmp_path: Path) -> None:
    clip = encode(moving(24, grain=3), tmp_path / "clip", fps=24, formats=("gif",))
    with Image.open(clip.files["gif"]) as image:
        assert image.info["loop"] == 0
        assert image.info["comment"] == provenance.comment_bytes()
        assert getattr(image, "n_frames", 1) == 12
    shown = animation(clip.files["gif"])
    assert all((frame[-60:] == shown[0][-60:]).all() for frame in shown)
    assert any((frame[BOX] != shown[0][BOX]).any() for frame in shown)
    assert cv2.PSNR(shown[0], moving(1, grain=3)[0]) > 28


def test_gif_lasts_as_long_as_the_clip(tmp_path: Path) -> None:
    for fps in (25, 30):
        clip = encode(moving(fps, still(96, 72)), tmp_path / "clip", fps=fps, formats=("gif", "webp"))
        for kind in ("gif", "webp"):
            with Image.open(clip.files[kind]) as image:
                total = 0
                for number in range(getattr(image, "n_frames", 1)):
                    image.seek(number)
                    image.load()
                    total += image.info["duration"]
            assert total == 1000


def test_gif_of_a_still_or_flat_picture() -> None:
    flat = np.full((20, 30, 3), 77, np.uint8)
    data = encode_gif([flat] * 3, 0.3, b"x" * 600)
    with Image.open(io.BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) == 3
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - 77).max() <= 2
        assert image.info["comment"] == b"x" * 600


def test_gif_keeps_rare_colours(tmp_path: Path) -> None:
    photo = np.full((200, 200, 3), 128, np.uint8) + np.random.default_rng(0).integers(0, 60, (200, 200, 1), np.uint8)
    photo[90:100, 90:100] = (220, 40, 60)
    clip = encode([photo] * 2, tmp_path / "clip", fps=10, formats=("gif",))
    assert np.abs(animation(clip.files["gif"])[0][92:98, 92:98].astype(int) - (220, 40, 60)).mean() < 14


def test_webp_loops(tmp_path: Path) -> None:
    frames = moving(12)  # of 10 two would be equal, and WebP joins those
    clip = encode(frames, tmp_path / "clip", fps=25, formats=("webp",))
    with Image.open(clip.files["webp"]) as image:
        assert image.info["loop"] == 0
        assert provenance.TITLE.encode() in image.info["xmp"]
    shown = animation(clip.files["webp"])
    assert len(shown) == 12
    assert cv2.PSNR(shown[5], frames[5]) > 30


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_small_formats_fit_their_limit(tmp_path: Path, kind: str) -> None:
    quality = Quality(small_bytes=60_000)
    clip = encode(moving(24, grain=8), tmp_path / "clip", fps=24, formats=(kind,), quality=quality)
    assert clip.files[kind].stat().st_size <= 60_000
    with Image.open(clip.files[kind]) as image:
        assert max(image.size) >= 64
    assert clip.size == (512, 384)


def test_small_side(tmp_path: Path) -> None:
    clip = encode(moving(2), tmp_path / "clip", fps=24, formats=("gif", "webp"), quality=Quality(small_side=200))
    for path in clip.files.values():
        with Image.open(path) as image:
            assert image.size == (200, 150)


# --- poster and labels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 7])
def test_poster(tmp_path: Path, number: int) -> None:
    frames = moving(10)
    clip = encode(frames, tmp_path / "clip", fps=25, formats=("jpg",), quality=Quality(poster=number))
    with Image.open(clip.files["jpg"]) as image:
        exif = image.getexif()
        assert set(exif) == {0x010E, 0x0131}
        assert provenance.COMMENT.encode().decode("latin1") == exif[0x010E]
        pixels = np.asarray(image)
    distances = [float(np.abs(pixels.astype(int) - frame).mean()) for frame in frames]
    assert distances[number] < 1.01 * min(distances)


def test_every_file_says_what_it_is(tmp_path: Path) -> None:
    clip = encode(moving(2), tmp_path / "clip", fps=25, formats=("mp4", "gif", "webp", "jpg"))
    for path in clip.files.values():
        assert provenance.COMMENT.encode() in path.read_bytes()
    with av.open(clip.files["mp4"]) as container:
        assert container.metadata["title"] == "Ozhivi"
        assert container.metadata["comment"] == provenance.COMMENT
        assert "creation_time" not in container.metadata
    for kind in ("webp", "jpg"):
        assert provenance.SOURCE_TYPE.encode() in clip.files[kind].read_bytes()


# --- files and errors -----------------------------------------------------------------------------------------


def test_names_of_files(tmp_path: Path) -> None:
    for out, stem in (("a", "a"), ("b.mp4", "b"), ("c.GIF", "c"), ("photo.v2", "photo.v2"), ("Маша", "Маша")):
        clip = encode([still()], tmp_path / out, fps=25, formats=("mp4", "jpg", "mp4"))
        assert clip.files == {"mp4": tmp_path / f"{stem}.mp4", "jpg": tmp_path / f"{stem}.jpg"}
        assert all(path.is_file() for path in clip.files.values())


def test_an_older_file_is_replaced_only_on_success(tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"older")

    def failing() -> Iterator[Frame]:
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
def test_wrong_arguments(tmp_path: Path, frames: list[Frame], options: dict[str, Any], words: str) -> None:
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
