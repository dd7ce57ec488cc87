"""Loops of frames, and the frames of the files that are made of them."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation
from PIL import Image
from skimage.data import astronaut

from pipeline.arrays import Pixels

ASTRONAUT: Pixels = astronaut()  # type: ignore[no-untyped-call]
EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
BOX = (slice(40, 200), slice(150, 300))  # the astronaut's face


def still(width: int = 320, height: int = 240) -> Pixels:
    return np.asarray(cv2.resize(ASTRONAUT, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def moving(count: int = 12, photo: Pixels | None = None, grain: float = 0) -> list[Pixels]:
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


def decoded(path: Path) -> list[Pixels]:
    """RGB frames, with exact rounding: FFmpeg's default darkens by up to 1.5 levels."""
    with av.open(path) as container:
        return [
            np.asarray(frame.to_ndarray(format="rgb24", interpolation=EXACT), np.uint8)
            for frame in container.decode(video=0)
        ]


def sharpness(frame: Pixels) -> float:
    grey = cv2.cvtColor(frame[BOX], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def animation(path: Path) -> list[Pixels]:
    with Image.open(path) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
    return frames
