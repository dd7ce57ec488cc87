"""MP4 plays everywhere, keeps colours and grain, and closes its loop."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.output.encode import Clip, encode
from pipeline.output.mp4 import crf_for
from tests.pipeline.output.loops import decoded, moving, sharpness, still


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


def test_a_small_picture_gets_the_finer_quality() -> None:
    assert crf_for((640, 480)) == 17.0
    assert 17.0 < crf_for((1280, 960)) < crf_for((1600, 1200)) < 20.0
    assert crf_for((2560, 1920)) == 20.0


def test_what_costs_time_on_portraits_and_brings_nothing_is_off(tmp_path: Path) -> None:
    """x264 writes its settings into the stream."""
    frames = [np.full((64, 96, 3), 10 * number, np.uint8) for number in range(3)]
    settings = encode(frames, tmp_path / "clip", fps=25).files["mp4"].read_bytes()
    assert b" me=dia " in settings
    assert b" weightp=0 " in settings
    assert b" analyse=0x1:0x1 " in settings  # 4×4 in the first frame, no divided motion after it
    assert b" 8x8dct=0 " in settings
    assert b" bframes=0 " in settings
