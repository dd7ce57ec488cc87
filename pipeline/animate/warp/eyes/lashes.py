"""The lashes of an eye on the photo: how high and dark their band is, and which pixels a shut lid must not show."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.eye_box import EyeBox
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import channel_mean, ellipse_kernel, gaussian, single, smoothstep

_TIP: Final = 0.035  # eye widths: no lash is thicker
_TIP_DARKNESS: Final = 0.05  # of the skin's brightness, by which a lash is darker than it
_TIP_LENGTH: Final = 0.3  # eye widths: no lash is longer
_EDGE: Final = 0.05  # eye widths: softness of the edges of liner and creases
_SOFT: Final = 0.95  # share of the skin's light: what is darker belongs to such an edge
_BESIDE: Final = 0.06  # eye widths: to the skin on either side of such a line
_PROFILES: Final = 80  # vertical brightness profiles across an eye


def measure_lash_band(pixels: Pixels, contour: Contour) -> tuple[Double, Double]:
    """Measure the lashes above an upper lid's margin.

    In a vertical brightness profile the band reaches from the darkest point at the margin upwards until the skin is
    reached.

    Args:
        pixels: The photo, uint8 H×W×3.
        contour: The eye in its pixels.

    Returns:
        Two curves (LID_SAMPLES,): the band's height in pixels, and its brightness as a share of the skin's, 0..1.
    """
    width = contour.width
    at_u = np.linspace(contour.left_end - 0.12 * width, contour.right_end + 0.12 * width, _PROFILES)
    at_d = np.linspace(-0.34 * width, 0.08 * width, 85)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    profiles = contour.unroll(grey, contour.upper, at_u, at_d)
    sigma_d, sigma_u = 0.012 * width / (at_d[1] - at_d[0]), 0.05 * width / (at_u[1] - at_u[0])
    smooth = cv2.GaussianBlur(profiles, (0, 0), sigmaX=float(sigma_u), sigmaY=float(sigma_d))
    height, dark = _measure_profiles(single(smooth), at_d, width)
    height = _median(np.clip(height, 0.05 * width, 0.19 * width), 7)
    height = gaussian(cv2.dilate(height[None], np.ones((1, 9))), 4.0)[0] + 0.03 * width
    dark = gaussian(_median(np.clip(dark, 0.36, 0.75), 9)[None], 5.0)[0]
    ends = smoothstep(contour.at, contour.left_end - 0.06 * width, contour.left_end + 0.12 * width)
    ends = ends * (1.0 - smoothstep(contour.at, contour.right_end - 0.12 * width, contour.right_end + 0.06 * width))
    band = np.interp(contour.at, at_u, height) * _lash_reach(contour) + 1e-3
    return band, 1.0 - (1.0 - np.interp(contour.at, at_u, dark)) * ends


def find_lash_hole(box: EyeBox, band: Double) -> Mask:
    """The eye and its lash band (see `measure_lash_band`), (h, w): pixels that a shut lid must not show."""
    reach = box.contour.curve(_lash_reach(box.contour), box.u)
    height = box.contour.curve(band, box.u)
    below = box.lower + 0.07 * box.contour.width * reach
    return np.asarray((box.v > box.upper - height) & (box.v < below) & (reach > 0.02))


def add_connected_darkness(box: EyeBox, hole: Mask, colour: Float) -> Mask:
    """Add to a hole (h, w) all that is dark and hangs together with it: liner, wing, deep crease.

    Where the darkness runs out of the zone sideways it is hair, and stays. `colour`: the skin's, see `fit_skin_colour`.
    """
    contour, width = box.contour, box.contour.width
    dark = gaussian(box.grey, 0.012 * width) < 0.86 * np.maximum(channel_mean(colour), 8.0)
    dark &= ~box.rim
    fine = _fine_darkness(box, colour)
    left, right = (0.34, 0.12) if contour.outer_is_left else (0.12, 0.34)
    zone = (box.v > np.maximum(box.upper - 0.34 * width, box.top + 0.12 * width)) & (box.v < box.lower + 0.10 * width)
    zone &= (box.u > contour.left_end - left * width) & (box.u < contour.right_end + right * width)
    for end, sign, reach in ((contour.left_end, -1.0, left), (contour.right_end, 1.0, right)):
        strip = dark & zone & box.person & (np.abs((box.u - end) * sign - (reach - 0.02) * width) < 0.03 * width)
        if strip.sum() > 0.15 * (0.45 * width) * (0.06 * width):
            zone &= (box.u - end) * sign < 0.10 * width
    zone &= box.person
    _, labels = cv2.connectedComponents(((dark | hole) & zone).astype(np.uint8))
    touching = np.unique(labels[hole & zone])
    connected = (np.isin(labels, touching[touching > 0]) & (box.v < box.upper + 0.02 * width)) | hole
    connected |= _lash_tips(fine & zone & (box.v < box.upper), connected, width)
    grown = cv2.dilate(connected.astype(np.uint8), ellipse_kernel(max(1, round(0.025 * width)))) > 0
    near = cv2.dilate(grown.astype(np.uint8), ellipse_kernel(max(1, round(_EDGE * width)))) > 0
    grown |= near & zone & (box.v < box.upper) & _soft_darkness(box, colour)
    whole = cv2.morphologyEx(grown.astype(np.uint8), cv2.MORPH_CLOSE, ellipse_kernel(max(1, round(0.025 * width)))) > 0
    return np.asarray(whole & box.person)


def _soft_darkness(box: EyeBox, colour: Float) -> Mask:
    """Soft edges of liner and creases, (h, w): a little darker than the skin, or than the places beside it."""
    grey, width = gaussian(box.grey, 0.012 * box.contour.width), box.contour.width
    beside = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, ellipse_kernel(max(1, round(_BESIDE * width))))
    return np.asarray((grey < _SOFT * np.maximum(channel_mean(colour), 8.0)) | (grey < _SOFT * beside))


def _fine_darkness(box: EyeBox, colour: Float) -> Mask:
    """Thin dark structures, (h, w): lashes, and hairs, creases and wrinkles as well."""
    grey = gaussian(box.grey, 0.008 * box.contour.width)
    kernel = ellipse_kernel(max(1, round(_TIP * box.contour.width)))
    thin = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel)
    return np.asarray(thin > _TIP_DARKNESS * np.maximum(channel_mean(colour), 8.0))


def _lash_tips(fine: Mask, lashes: Mask, width: float) -> Mask:
    """Those of the thin structures that begin near the lashes and end soon: neither hair nor a wrinkle, (h, w)."""
    near = cv2.dilate(lashes.astype(np.uint8), ellipse_kernel(max(1, round(0.06 * width)))) > 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(fine.astype(np.uint8))
    short = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) < _TIP_LENGTH * width
    short[0] = False
    touching = np.zeros(len(short), bool)
    touching[np.unique(labels[near])] = True
    return np.asarray((short & touching)[labels])


def _measure_profiles(profiles: Float, at_d: Double, width: float) -> tuple[Float, Float]:
    """Height of the dark band and its least brightness by the skin's, of each column of (len(at_d), n) profiles."""
    count = profiles.shape[1]
    height, dark = np.zeros(count, np.float32), np.zeros(count, np.float32)
    skin_rows = (at_d > -0.30 * width) & (at_d < -0.08 * width)
    margin = np.flatnonzero((at_d > -0.07 * width) & (at_d < 0.045 * width))
    skins = np.percentile(profiles[skin_rows], 70, axis=0)
    for column in range(count):
        profile = profiles[:, column]
        skin = float(skins[column])
        row = int(margin[np.argmin(profile[margin])])
        dark[column] = profile[row] / max(skin, 1.0)
        while row > 0 and profile[row - 1] >= profile[row] - 0.25 and profile[row] < 0.97 * skin:
            row -= 1
        height[column] = -at_d[row]
    return height, dark


def _lash_reach(contour: Contour) -> Double:
    """A curve of 1 along the eye, fading past the corners; lashes and liner reach far past the outer one."""
    width = contour.width
    far, near = (0.40, 0.20), (0.14, 0.03)
    left, right = (far, near) if contour.outer_is_left else (near, far)
    begin = smoothstep(contour.at, contour.left_end - left[0] * width, contour.left_end - left[1] * width)
    end = smoothstep(contour.at, contour.right_end + right[1] * width, contour.right_end + right[0] * width)
    return np.asarray(begin * (1.0 - end))


def _median(values: Float, size: int) -> Float:
    """Running median of a row over `size` values, an odd number."""
    padded = np.pad(values, size // 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, size), axis=-1).astype(np.float32)
