"""Other pictures of one person, made of one photo."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.arrays import Pixels


def damage_photo(pixels: Pixels, how: str) -> Pixels:
    """The photo "mirrored", "small", "grey and grainy" or "turned"."""
    rng = np.random.default_rng(0)
    match how:
        case "mirrored":
            return np.ascontiguousarray(pixels[:, ::-1])
        case "small":
            return np.asarray(cv2.resize(pixels, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA), np.uint8)
        case "grey and grainy":
            grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
            grain = cv2.GaussianBlur(rng.normal(0, 25, grey.shape).astype(np.float32), None, 1.0)
            return np.repeat(np.clip(grey + grain, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
        case "turned":
            height, width = pixels.shape[:2]
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), 12, 1.0)
            return np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    raise ValueError(how)
