"""Quality of a picture of a face: focus, light, noise and blocks, measured on the face itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.readability.face_view import SPAN, FaceView, cut_face_view
from pipeline.arrays import AnyArray, Float, Mask, Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL

# where a face has its lines (eyes with brows, lips), and where it has none (cheeks, forehead)
_LINES: Final = (
    (33, 133, 159, 145, 70, 105, 107), (263, 362, 386, 374, 300, 334, 336), (61, 291, 0, 17),
)  # fmt: skip
_PLAIN: Final = ((50, 101, 36, 205, 187, 123), (280, 330, 266, 425, 411, 352), (108, 69, 66, 296, 299, 337, 151))
_FINE: Final = 0.8  # sigma, pixels of the view (a face of 107 px)
_COARSE: Final = 3.0
_RAYLEIGH: Final = 2.08  # 95th percentile over the median of the length of a gradient that is pure noise

# Limits, see docs/filters.md for what lies on either side.
_SOFTEST: Final = 0.031
_SOFT: Final = 0.02
_DARKEST: Final = 42.0
_FLATTEST: Final = 16.0
_BURNT: Final = 0.6
_NOISIEST: Final = 0.45
_BLOCKY: Final = 0.72


@dataclass(frozen=True, slots=True)
class QualityReading:
    """The quality of one face."""

    softness: float
    """The sigma of the blur at the sharpest lines, in shares of the face's longer side, 0.003..0.1; an enlarged small
    face has as much."""
    brightness: float
    """The 97th percentile of the lightness, 0..255."""
    contrast: float
    """The brightness minus the 3rd percentile of the lightness, 0..255."""
    burnt: float
    """The share of the face that is white without any detail, 0..1."""
    signal: float
    """The strength of the lines over that of grain and noise."""
    blocks: float
    """The share of the differences between neighbours that lies on a quarter of the rows or columns: 0.25 and up, over
    0.7 on a mosaic."""
    cause: str
    """The cause of the refusal: "dark", "burnt", "pale", "mosaic", "noise" or "blur"; "" where there is none."""

    @property
    def is_soft(self) -> bool:
        """Whether the face is so soft that eyes can't be told from closed or covered ones; it may be animated yet."""
        return self.softness > _SOFT

    @property
    def reason(self) -> Reason | None:
        """LOW_QUALITY where there is a cause, else None."""
        return Reason.LOW_QUALITY if self.cause else None


def read_quality(pixels: Pixels, face: Face, view: FaceView | None = None) -> QualityReading:
    """Measure the quality of a face.

    Args:
        pixels: The photo, uint8 H×W×3, RGB.
        face: One of its faces.
        view: The view of that face, where it is cut already.

    Raises:
        ValueError: The array is no such photo, or the face lies outside it.
    """
    view = view or cut_face_view(pixels, face)
    grey = view.grey
    oval = grey[view.mask(OVAL)]
    low, high = (float(value) for value in np.percentile(oval, [3, 97]))
    softness, signal = _measure_lines(view, grey)
    figures = {
        "softness": softness,
        "brightness": high,
        "contrast": high - low,
        "burnt": float((oval > 250).mean()),
        "signal": signal,
        "blocks": _measure_blocks(pixels, face),
    }
    return QualityReading(**figures, cause=_cause(**figures))


def _cause(*, softness: float, brightness: float, contrast: float, burnt: float, signal: float, blocks: float) -> str:
    """The first thing that is wrong: without light nothing else can be measured."""
    wrong = {
        "dark": brightness < _DARKEST,
        "burnt": burnt > _BURNT,
        "pale": contrast < _FLATTEST,
        "mosaic": blocks > _BLOCKY,
        "noise": signal < _NOISIEST,
        "blur": softness > _SOFTEST,
    }
    return next((cause for cause, is_wrong in wrong.items() if is_wrong), "")


def _measure_lines(view: FaceView, grey: Float) -> tuple[float, float]:
    """Softness and signal, see `QualityReading`.

    An edge of blur s has a slope ∝ 1/s; blurring it further by known amounts and comparing the slopes gives s.
    What noise adds is what plain skin has at the fine scale and not at the coarse one: shading has the same at both.
    """
    lines = view.mask(*_LINES, grow=0.03)
    plain = [part for part in (view.mask(patch) for patch in _PLAIN) if part.sum() > 20]
    fine, coarse = _slopes(grey, _FINE), _slopes(grey, _COARSE)
    noise = min((_noise(fine, coarse, part) for part in plain), default=0.0)
    sharp = max(float(np.percentile(fine[lines], 95)) ** 2 - (_RAYLEIGH * noise) ** 2, 1e-4)
    wide = max(float(np.percentile(coarse[lines], 95)), 0.01)
    ratio = sharp / wide**2
    squared = (_COARSE**2 - _FINE**2 * ratio) / (ratio - 1) if ratio > 1 else np.inf
    return float(np.clip(np.sqrt(max(squared, 0.0)) / SPAN, 0.003, 0.1)), wide / max(noise, 0.05)


def _noise(fine: Float, coarse: Float, part: Mask) -> float:
    return float(np.sqrt(max(0.0, float(np.median(fine[part])) ** 2 - float(np.median(coarse[part])) ** 2)))


def _slopes(grey: Float, sigma: float) -> Float:
    """The length of the gradient after a blur, in levels a pixel."""
    smooth = cv2.GaussianBlur(grey, (0, 0), sigma)
    x, y = (cv2.Sobel(smooth, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    return np.asarray(np.hypot(x, y), np.float32)


def _measure_blocks(pixels: Pixels, face: Face) -> float:
    """The share of the differences that lies on few columns or few rows of the photo itself: the weaker of the two."""
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = (float(value) for value in face.box)
    left, top = max(0, int(x0)), max(0, int(y0))
    cut = pixels[top : max(top + 2, min(height, int(y1))), left : max(left + 2, min(width, int(x1)))]
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return min(_concentration(np.diff(grey, axis=1).T), _concentration(np.diff(grey, axis=0)))


def _concentration(differences: AnyArray) -> float:
    """The share of the whole that the strongest quarter of the lines (n, length) holds, 0.25..1."""
    strength = np.sort(np.abs(differences).sum(axis=1))
    return float(strength[-max(1, len(strength) // 4) :].sum() / max(float(strength.sum()), 1e-3))
