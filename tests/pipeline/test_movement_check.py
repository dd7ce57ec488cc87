"""The motion meter: a still photo never passes, noise is no movement, a subtle one is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from pipeline.errors import AnimationError, Reason
from pipeline.movement_check import STILL, MotionMeter

Frame = NDArray[np.uint8]

ASTRONAUT: Frame = astronaut()  # type: ignore[no-untyped-call]
FACE = np.array([175, 60, 275, 200], np.float32)
SIZES = (0.4, 1.0, 2.0)  # a face of 56, 140 and 280 pixels


def photo(size: float) -> tuple[Frame, NDArray[np.float32]]:
    frame = cv2.resize(ASTRONAUT, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(frame, np.uint8), FACE * np.float32(size)


def moved(frame: Frame, box: NDArray[np.float32], share: float) -> Frame:
    """The face shifted by `share` of its long side, fading out towards its rim, as a turning head would."""
    height, width = frame.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    middle, span = (box[:2] + box[2:]) / 2, box[3] - box[1]
    weight = np.clip(1.5 - 1.6 * np.hypot(x - middle[0], y - middle[1]) / span, 0, 1)
    return np.asarray(cv2.remap(frame, (x + share * span * weight).astype(np.float32), y, cv2.INTER_CUBIC), np.uint8)


def shift(frames: list[Frame], box: NDArray[np.float32]) -> float:
    meter = MotionMeter([box])
    for frame in frames:
        meter.feed(frame)
    return meter.shifts()[0]


@pytest.mark.parametrize("size", SIZES)
def test_still_photo_with_noise_has_not_moved(size: float) -> None:
    frame, box = photo(size)
    generator = np.random.default_rng(0)
    noisy = [np.clip(frame + generator.normal(0, 8, frame.shape), 0, 255).astype(np.uint8) for _ in range(6)]
    assert shift([frame, *noisy], box) < STILL
    assert shift([frame] * 3, box) == 0


@pytest.mark.parametrize("size", SIZES)
def test_encoder_and_light_are_no_movement(size: float) -> None:
    frame, box = photo(size)
    packed = [cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, q])[1], 1) for q in (90, 60, 40)]
    brighter = cv2.add(frame, np.full_like(frame, 12))
    assert shift([frame, *(np.asarray(p, np.uint8) for p in packed), np.asarray(brighter, np.uint8)], box) < STILL


@pytest.mark.parametrize("size", SIZES)
def test_subtle_turn_passes(size: float) -> None:
    frame, box = photo(size)
    frames = [frame, *(moved(frame, box, 0.012 * np.sin(i / 2)) for i in range(1, 7))]
    assert shift(frames, box) > 1.3 * STILL


def test_blink_passes() -> None:
    frame, box = photo(3.0)
    blink = frame.copy()
    for x0, x1, y0, y1 in ((600, 660, 300, 330), (690, 750, 300, 330)):  # lids drawn down over both eyes
        lid = frame[y0 - 30 : y0, x0:x1]
        blink[y0:y1, x0:x1] = cv2.resize(lid, (x1 - x0, y1 - y0))
    assert shift([frame, blink, frame], box) > STILL


def test_movement_elsewhere_is_not_the_faces() -> None:
    frame, box = photo(1.0)
    other = frame.copy()
    other[300:] = frame[::-1][300:]
    with pytest.raises(AnimationError) as caught:
        list(MotionMeter([box]).watch([frame, other]))
    assert caught.value.reason is Reason.NOTHING_MOVED


def test_every_face_has_to_move() -> None:
    frame, box = photo(1.0)
    both = np.concatenate([frame, frame], axis=1)
    second = box + np.array([512, 0, 512, 0], np.float32)
    one = np.concatenate([moved(frame, box, 0.03), frame], axis=1)
    two = np.concatenate([moved(frame, box, 0.03)] * 2, axis=1)
    with pytest.raises(AnimationError, match="face 2"):
        list(MotionMeter([box, second]).watch([both, one]))
    assert len(list(MotionMeter([box, second]).watch([both, two]))) == 2


def test_watch_hands_the_frames_on() -> None:
    frame, box = photo(1.0)
    frames = [frame, moved(frame, box, 0.05)]
    assert all(a is b for a, b in zip(MotionMeter([box]).watch(frames), frames, strict=True))


@pytest.mark.parametrize("frames", [0, 1])
def test_too_few_frames_have_not_moved(frames: int) -> None:
    frame, box = photo(1.0)
    with pytest.raises(AnimationError):
        list(MotionMeter([box]).watch([frame] * frames))


def test_wrong_boxes() -> None:
    frame, _ = photo(1.0)
    with pytest.raises(ValueError, match="no face"):
        MotionMeter([])
    with pytest.raises(ValueError, match="outside"):
        MotionMeter([np.array([600, 0, 700, 50], np.float32)]).feed(frame)


def test_box_over_the_border_is_cut() -> None:
    frame, _ = photo(1.0)
    assert shift([frame, frame], np.array([-40, -40, 100, 100], np.float32)) == 0
