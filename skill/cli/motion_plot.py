"""The curves of a motion as a picture: one strip a channel that moves, with its name and its range."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.motion.channels import LIMITS
from pipeline.motion.curves import Motion

_WIDTH, _HEIGHT, _LEFT, _EDGE = 900, 56, 150, 6  # pixels of a strip, of the names, around a curve
_BACK, _LINE, _INK, _ZERO = (250, 250, 250), (40, 90, 200), (40, 40, 40), (205, 205, 205)


def draw_motion(motion: Motion) -> bytes:
    """A PNG file; a strip reaches from the channel's lowest to its highest value, its grey line is 0."""
    strips = [_draw(name, curve) for name, curve in motion.curves.items() if np.abs(curve).max() > 0]
    title = np.full((_HEIGHT // 2, _WIDTH, 3), _BACK, np.uint8)
    _write(title, f"{motion.name}: {motion.seconds:.1f} s, {len(motion)} frames", (_EDGE, 19))
    picture = np.concatenate([title, *strips])
    return cv2.imencode(".png", picture[..., ::-1])[1].tobytes()


def _draw(name: str, curve: Float) -> Pixels:
    lowest, highest = LIMITS[name]
    strip = np.full((_HEIGHT, _WIDTH, 3), _BACK, np.uint8)

    def row(value: float) -> float:
        return _EDGE + (highest - value) / (highest - lowest) * (_HEIGHT - 2 * _EDGE)

    cv2.line(strip, (_LEFT, round(row(0.0))), (_WIDTH - _EDGE, round(row(0.0))), _ZERO, 1)
    x = _LEFT + np.arange(len(curve) + 1) / len(curve) * (_WIDTH - _EDGE - _LEFT)
    y = np.array([row(float(value)) for value in (*curve, curve[0])])
    cv2.polylines(strip, [np.stack([x, y], 1).round().astype(np.int32)], False, _LINE, 1, cv2.LINE_AA)
    _write(strip, name, (_EDGE, 24))
    _write(strip, f"{lowest:g} .. {highest:g}", (_EDGE, 44))
    return strip


def _write(strip: Pixels, text: str, place: tuple[int, int]) -> None:
    shown = text.encode("ascii", "replace").decode()
    cv2.putText(strip, shown, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
