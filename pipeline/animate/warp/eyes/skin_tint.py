"""The tint of the skin around an eye by its light: skin in the shade is more strongly coloured than lit skin."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Float, Mask
from pipeline.image_ops import channel_max, channel_mean, single, smoothstep

_RING: Final = (0.86, 0.69)  # eye widths: half axes of the ellipse around the eye whose skin is asked
_DARKEST: Final = 0.2  # of the cheek's light: what is darker is hair or a hole
_ALIKE: Final = 0.3  # difference of two tints, as shares of their brightness, up to which they are of one skin
_HUE: Final = 0.25  # difference of (red - green) / (red - blue) up to which skin is skin: 0.4 to 0.8, a scarf has 1
_BLOWN: Final = 250.0  # of 255: brighter channels have lost the tint
_NEAR: Final = 0.35  # logarithm of light: the skin that is about as light as the lid counts most
_SLOPE: Final = 0.6  # logarithm of tint by that of light: 0.1 to 0.5 on portraits, steeper is another material
_SURE: Final = (30.0, 120.0)  # pixels of such skin, from none to all of its say
_SHARE: Final = 0.75  # of the way to its tint
_MOST: Final = 0.2  # logarithm: a lid's tint moves by no more
_GREY: Final = 0.03  # a tint of skin up to which a photo has no colours to speak of
_PAINT: Final = (0.2, 0.75)  # an open lid's tint along that of skin: 1 is skin, 0 grey, below it green or blue paint


def is_skin(pixels: Float, cheek: Float) -> Mask:
    """Whether pixels (h, w, 3) have the light and the tint of a cheek, or its hue: skin in the shade is stronger."""
    light, cheek_light = (np.maximum(channel_mean(one), 1.0) for one in (pixels, cheek))
    apart = np.abs(pixels / light[..., None] - cheek / cheek_light[..., None]).sum(-1)
    hues = [(one[..., 0] - one[..., 1]) / np.maximum(one[..., 0] - one[..., 2], 8.0) for one in (pixels, cheek)]
    alike = (np.abs(hues[0] - hues[1]) < _HUE) & (pixels[..., 0] > pixels[..., 2])
    return np.asarray((light > _DARKEST * cheek_light) & ((apart < _ALIKE) | alike))


def tint_by_light(box: EyeBox, hole: Mask, lid: Float, own: Float, light: Float, tint: Float) -> Float:
    """Bring a lid's tint nearer to that which the skin around the eye has where it is as light as the lid.

    A lid in the shade of the brow that had the pale tint of a lit cheek would look grey. A painted lid keeps its tint.

    Args:
        box: The eye's box (h, w).
        hole: (h, w), True where the skin is not seen.
        lid: (h, w, 3), 0..255, the lid's guessed colour, see `lid_colour`: what is not like it is no skin.
        own: (h, w, 3), the tint of the open eye's lid as logarithms around 0.
        light: (h, w, 1), the mean of the logarithms of the lid's channels.
        tint: (h, w, 3), those logarithms without their mean.

    Returns:
        float32 (h, w, 3), the tint; as it came where too little skin is seen.
    """
    away = np.hypot(box.u / (_RING[0] * box.contour.width), box.v / (_RING[1] * box.contour.width))
    ring = (away < 1.0) & ~hole & ~box.rim & box.person & (channel_max(box.pixels) < _BLOWN) & is_skin(box.pixels, lid)
    inside = (np.abs(box.u) < 0.3 * box.contour.width) & (np.abs(box.v - box.upper) < 0.1 * box.contour.width)
    if ring.sum() < _SURE[0] or not inside.any():
        return tint
    seen = np.log(np.maximum(box.pixels[ring], 8.0)).astype(np.float64)
    lights = seen.mean(-1)
    usual = float(np.median(light[inside]))
    weight = np.exp(-0.5 * ((lights - usual) / _NEAR) ** 2)
    total = float(weight.sum())
    sure = np.clip((total - _SURE[0]) / (_SURE[1] - _SURE[0]), 0.0, 1.0)
    weight = weight / max(total, 1e-6)
    tints, middle = seen - lights[:, None], float(weight @ lights)
    mean, spread = weight @ tints, float(weight @ (lights - middle) ** 2)
    slope = np.clip((weight * (lights - middle)) @ (tints - mean) / max(spread, 1e-3), -_SLOPE, _SLOPE)
    wanted = mean + slope * np.clip(light - middle, -2.0 * _NEAR, 2.0 * _NEAR)
    along = (own @ mean)[..., None] / max(float(mean @ mean), 1e-3)
    sure = sure * (smoothstep(along, *_PAINT) if float(np.abs(mean).max()) > _GREY else 1.0)
    return single(tint + _SHARE * sure * np.clip(wanted - tint, -_MOST, _MOST))
