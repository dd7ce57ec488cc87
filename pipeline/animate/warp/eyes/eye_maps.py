"""The maps of one eye for blinking and looking: its contour, its lid, and how far it may shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.brow import Brow, free_brow
from pipeline.animate.warp.eyes.cloth import find_cloth
from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, Contour, trace_contour
from pipeline.animate.warp.eyes.fringe import free_fringe
from pipeline.animate.warp.eyes.glasses import find_rim, wears_glasses
from pipeline.animate.warp.eyes.hair import Hair, cover_eye, find_strands, share_beside_strands, share_to_blink
from pipeline.animate.warp.eyes.lid_images import LidImages, build_curve_table, build_lid_images
from pipeline.animate.warp.eyes.visibility import measure_visibility
from pipeline.animate.warp.head_frame import Head
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import smoothstep

_REACH: Final = (1.0, 0.9)  # half size of an eye's box along u and v, in eye widths
# openings in eye widths: below the first there is nothing to shut, from the second on an eye shuts in full
_SHUT: Final = (0.065, 0.1)
# Share that may be seen: below the first nobody blinks, from the second on in full, so that no slit stays
_SEEN: Final = (0.2, 0.5)
_SOFTNESS: Final = (0.3, 6.0)  # pixels: the least and the most that is measured


@dataclass(frozen=True)
class EyeMaps:
    """One eye of one photo."""

    contour: Contour
    """The lids, in region pixels."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom of the part around the eye, in region pixels; never empty."""
    images: LidImages
    """Pictures of the box."""
    table: Float
    """float32 (6, LID_SAMPLES), the curves of `formula.LID_CURVES`."""
    blink: float
    """0..1, how far this eye may shut."""
    softness: float
    """Sigma in pixels of the photo's own blur, which no line drawn here may undercut."""
    has_glint: bool
    """Whether a glint is seen on it."""


def build_both_eyes(
    pixels: Pixels, alpha: Float, head: Head, hair: Hair | None
) -> tuple[EyeMaps | None, EyeMaps | None]:
    """The maps of the person's right and left eye, see `build_eye_maps`; hair as of `find_hair`."""
    contours = [trace_contour(head.landmarks, eye) for eye in (RIGHT, LEFT)]
    glasses = wears_glasses(pixels, contours)
    seen = min(measure_visibility(pixels, contour) for contour in contours)  # one eye alone would wink
    hair = hair if hair is not None and hair.sure else None
    if hair is not None:
        seen *= min(_share_behind_hair(pixels, alpha, contour, hair) for contour in contours)
    strands = [None if glasses else _look_for_strands(pixels, alpha, contour) for contour in contours]
    for contour, found in zip(contours, strands, strict=True):
        if found is not None:
            seen *= share_beside_strands(pixels, *found, contour)
    seen = float(smoothstep(seen, *_SEEN))
    right, left = (
        build_eye_maps(pixels, alpha, contour, glasses, seen, hair, None if found is None else found[0])
        for contour, found in zip(contours, strands, strict=True)
    )
    return right, left


def _share_behind_hair(pixels: Pixels, alpha: Float, contour: Contour, hair: Hair) -> float:
    """The share of its blink that an eye may have behind hair, 0..1: below a fringe that ends above it all of it."""
    share, box = share_to_blink(hair, contour), _eye_box(alpha, contour)
    below = share < 1.0 and box is not None and free_fringe(pixels, contour, box, hair)[1] is not None
    return 1.0 if below else share


def _free_lid(
    pixels: Pixels, contour: Contour, box: tuple[int, int, int, int], hair: Hair | None
) -> tuple[Contour, Brow | None]:
    """The contour, and the fringe or the brow that lies over the lid, see `free_fringe` and `free_brow`."""
    freed, fringe = (contour, None) if hair is None else free_fringe(pixels, contour, box, hair)
    return (freed, fringe) if fringe is not None else free_brow(pixels, contour, box)


def _look_for_strands(pixels: Pixels, alpha: Float, contour: Contour) -> tuple[Mask, tuple[int, int, int, int]] | None:
    """The light strands before an eye in its box, see `find_strands`, and the box."""
    box = _eye_box(alpha, contour)
    return None if box is None else (find_strands(pixels, contour, box), box)


def build_eye_maps(
    pixels: Pixels,
    alpha: Float,
    contour: Contour,
    glasses: bool = False,
    seen: float = 1.0,
    hair: Hair | None = None,
    strands: Mask | None = None,
) -> EyeMaps | None:
    """Analyse one eye.

    Args:
        pixels: The region of the photo, uint8 H×W×3.
        alpha: The person's matte there, float32 H×W.
        contour: The eye in its pixels.
        glasses: Whether the person wears glasses, whose rims may lie over the eye.
        seen: How surely the eyes are seen, 0..1, see `measure_visibility`: what can't be seen does not blink.
        hair: The person's hair, where its colour is known.
        strands: Light strands before the eye in its box, where they have been looked for.

    Returns:
        None when the eye lies outside the photo or is too small to be drawn (under 4 pixels wide).
    """
    box = _eye_box(alpha, contour)
    if box is None:
        return None
    softness = measure_softness(pixels[box[1] : box[3], box[0] : box[2]])
    if strands is None:
        strands = (find_rim if glasses else find_strands)(pixels, contour, box)
    before = _add_covers(strands, pixels, contour, box, hair)
    contour, brow = _free_lid(pixels, contour, box, hair)
    return EyeMaps(
        contour=contour,
        box=box,
        images=(images := build_lid_images(pixels, alpha, contour, box, softness, before, brow)),
        table=build_curve_table(contour),
        blink=seen * float(smoothstep(contour.openness, *_SHUT)),
        softness=softness,
        has_glint=bool(images.glint.any()),
    )


def _add_covers(
    strands: Mask, pixels: Pixels, contour: Contour, box: tuple[int, int, int, int], hair: Hair | None
) -> Mask:
    """All that lies before an eye, (h, w) of its box: strands or rims, cloth, hair of a known colour."""
    before = strands | find_cloth(pixels, contour, box)
    return before if hair is None else before | cover_eye(hair, contour, box)


def _eye_box(alpha: Float, contour: Contour) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the part around an eye, None where there is too little of it on the photo."""
    height, width = alpha.shape
    half_x = abs(contour.axis_u[0]) * _REACH[0] + abs(contour.axis_v[0]) * _REACH[1]
    half_y = abs(contour.axis_u[1]) * _REACH[0] + abs(contour.axis_v[1]) * _REACH[1]
    half = np.array([half_x, half_y]) * contour.width
    low, high = np.floor(contour.centre - half).astype(int), np.ceil(contour.centre + half).astype(int)
    box = (max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1])))
    if contour.width < 4 or box[2] - box[0] < 4 or box[3] - box[1] < 4:
        return None
    return box


def measure_softness(patch: Pixels) -> float:
    """Sigma of the blur at the sharpest edges of a patch (uint8 h×w×3), in pixels, 0.3..6.

    An edge of blur s has a peak slope ∝ 1/s; blurring it further by known amounts and comparing the slopes gives s.
    """
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine, coarse = 0.7, 2.5

    def slope(sigma: float) -> float:
        smooth = cv2.GaussianBlur(grey, (0, 0), sigma)
        x, y = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
        return float(np.percentile(np.hypot(x, y), 99))

    ratio = (slope(fine) / max(slope(coarse), 1e-3)) ** 2
    if ratio <= 1.0:
        return _SOFTNESS[1]
    squared = (coarse**2 - fine**2 * ratio) / (ratio - 1.0)
    return float(np.clip(np.sqrt(max(squared, 0.09)), *_SOFTNESS))
