"""What a lid is made of: skin without eye and lashes, the darkness of the lashes, the grain of the cheek."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import TABLE, Contour
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.image_ops import ellipse_kernel, gaussian, single, smoothstep
from pipeline.layers.inpaint import diffuse

_BEND: Final = 0.18  # eye widths: how far from its rim the filled lid still takes the colour of the skin around
_SHADE: Final = 0.04  # of the skin's colour: lashes left at the rim may not darken the filled lid by more
_BELOW: Final = 0.25  # weight of the skin below the eye in the lid's colour, beside 1 for that above
_PROFILES: Final = 80  # vertical brightness profiles across an eye


@dataclass(frozen=True)
class LidImages:
    """Pictures over the eye's box, float32. skin (h, w, 3) 0..255: the lid without eye and lashes, seamless with the
    photo around it; skin_soft: the same, low-passed; ratio (h, w, 3): photo over skin, the lashes' darkness; lash
    (h, w): ratio above the margin only; grain (h, w, 3): fine skin grain taken from the cheek; grain_at (h, w) 0..1.
    rim (h, w) 0..1: where a spectacles' rim lies over everything and nothing is drawn.
    strength (TABLE,): how dark the photo's own lash line is, 0 black … 1 none.
    """

    skin: Float
    skin_soft: Float
    ratio: Float
    lash: Float
    grain: Float
    grain_at: Float
    rim: Float
    strength: Double


@dataclass(frozen=True)
class _Patch:
    """The eye's box on the photo with everything looked up per pixel."""

    pixels: Float
    u: Float
    v: Float
    upper: Float
    lower: Float
    top: Float
    person: Mask
    rim: Mask


def lid_images(
    pixels: Pixels,
    alpha: Float,
    contour: Contour,
    box: tuple[int, int, int, int],
    blur: float,
    rim: Mask,
) -> LidImages:
    """pixels uint8 H×W×3 RGB, alpha float32 H×W; box left, top, right, bottom, inside the photo; blur: sigma of the
    photo's own softness in pixels; rim bool (h, w) of the box: a spectacles' rim, empty where none is worn."""
    left, top, right, bottom = box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    area = np.s_[top:bottom, left:right]
    patch = _Patch(
        pixels=pixels[area].astype(np.float32),
        u=u,
        v=v,
        upper=contour.curve(contour.upper, u),
        lower=contour.curve(contour.lower, u),
        top=contour.curve(contour.top, u),
        person=cv2.erode(alpha, np.ones((5, 5)))[area] > 0.95,
        rim=rim,
    )
    lash_height, strength = _lash_band(pixels, contour)
    hole = _lash_hole(patch, contour, lash_height) & ~rim
    colour = _skin_colour(patch, contour, hole)
    hole = _connected_darkness(patch, contour, hole, colour)
    skin = _fill_skin(patch, contour, hole | rim, _no_lighter_than_above(patch, contour, hole, colour))
    grain, grain_at = _cheek_grain(pixels, contour, box, hole, blur)
    near = np.clip(gaussian(cv2.dilate(hole.astype(np.float32), np.ones((5, 5))), 1.0) * 1.2, 0.0, 1.0)[..., None]
    near = near * ~rim[..., None]
    ratio = np.clip(patch.pixels / skin, 0.05, 2.0) * near + (1.0 - near)
    above = (v < patch.upper + 0.012 * contour.width).astype(np.float32)
    lash = 1.0 - (1.0 - np.clip(ratio.mean(-1), 0.0, 1.0)) * above
    return LidImages(
        skin=skin,
        skin_soft=_without_brow(skin, patch, contour, colour),
        ratio=ratio.astype(np.float32),
        lash=lash.astype(np.float32),
        grain=grain,
        grain_at=grain_at,
        rim=gaussian(rim.astype(np.float32), 0.6),
        strength=strength,
    )


def _lash_band(pixels: Pixels, contour: Contour) -> tuple[Double, Double]:
    """Height of the lash band above the upper margin and its darkness, over the contour's table, from vertical
    brightness profiles: from the darkest point at the margin upwards until the skin is reached."""
    width = contour.width
    at_u = np.linspace(contour.left_end - 0.12 * width, contour.right_end + 0.12 * width, _PROFILES)
    at_d = np.linspace(-0.34 * width, 0.08 * width, 85)
    u, d = np.meshgrid(at_u, at_d)
    v = np.interp(u, contour.at, contour.upper) + d
    x = (contour.centre[0] + u * contour.axis_u[0] + v * contour.axis_v[0]).astype(np.float32)
    y = (contour.centre[1] + u * contour.axis_u[1] + v * contour.axis_v[1]).astype(np.float32)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    profiles = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sigma_d, sigma_u = 0.012 * width / (at_d[1] - at_d[0]), 0.05 * width / (at_u[1] - at_u[0])
    profiles = cv2.GaussianBlur(profiles, (0, 0), sigmaX=float(sigma_u), sigmaY=float(sigma_d))
    height, dark = np.zeros(_PROFILES, np.float32), np.zeros(_PROFILES, np.float32)
    skin_rows = (at_d > -0.30 * width) & (at_d < -0.08 * width)
    margin = np.flatnonzero((at_d > -0.07 * width) & (at_d < 0.045 * width))
    for column in range(_PROFILES):
        profile = profiles[:, column]
        skin = float(np.percentile(profile[skin_rows], 70))
        row = int(margin[np.argmin(profile[margin])])
        dark[column] = profile[row] / max(skin, 1.0)
        while row > 0 and profile[row - 1] >= profile[row] - 0.25 and profile[row] < 0.97 * skin:
            row -= 1
        height[column] = -at_d[row]
    height = _median(np.clip(height, 0.05 * width, 0.19 * width), 7)
    height = gaussian(cv2.dilate(height[None], np.ones((1, 9))), 4.0)[0] + 0.03 * width
    dark = gaussian(_median(np.clip(dark, 0.36, 0.75), 9)[None], 5.0)[0]
    inside = _within_lash_reach(contour)
    ends = smoothstep(contour.at, contour.left_end - 0.06 * width, contour.left_end + 0.12 * width)
    ends = ends * (1.0 - smoothstep(contour.at, contour.right_end - 0.12 * width, contour.right_end + 0.06 * width))
    band = np.interp(contour.at, at_u, height) * inside + 1e-3
    return band, 1.0 - (1.0 - np.interp(contour.at, at_u, dark)) * ends


def _median(values: Float, size: int) -> Float:
    padded = np.pad(values, size // 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, size), axis=-1).astype(np.float32)


def _within_lash_reach(contour: Contour) -> Double:
    """1 along the eye, fading past the corners; lashes and liner reach far past the outer one."""
    width = contour.width
    far, near = (0.40, 0.20), (0.14, 0.03)
    left, right = (far, near) if contour.outer_is_left else (near, far)
    begin = smoothstep(contour.at, contour.left_end - left[0] * width, contour.left_end - left[1] * width)
    end = smoothstep(contour.at, contour.right_end + right[1] * width, contour.right_end + right[0] * width)
    return np.asarray(begin * (1.0 - end))


def _lash_hole(patch: _Patch, contour: Contour, lash_height: Double) -> Mask:
    """The eye and its lash band: what a closed lid must not show."""
    reach = contour.curve(_within_lash_reach(contour), patch.u)
    band = contour.curve(lash_height, patch.u)
    below = patch.lower + 0.07 * contour.width * reach
    return np.asarray((patch.v > patch.upper - band) & (patch.v < below) & (reach > 0.02))


def _skin_colour(patch: _Patch, contour: Contour, hole: Mask) -> Float:
    """Robust quadratic model of the skin's colour around the eye, (h, w, 3): lid above (full weight) and below."""
    width = contour.width
    between = (patch.u > contour.left_end - 0.05 * width) & (patch.u < contour.right_end + 0.05 * width)
    above = (patch.v > patch.top + 0.02 * width) & (patch.v < patch.upper - 0.01 * width)
    below = (patch.v > patch.lower + 0.09 * width) & (patch.v < patch.lower + 0.34 * width)
    weight = (above * 1.0 + below * _BELOW) * between * ~hole * ~patch.rim * patch.person
    use = weight > 0
    if use.sum() < 12:
        mean = patch.pixels[~hole].mean(0) if (~hole).any() else patch.pixels.mean((0, 1))
        return np.broadcast_to(mean, patch.pixels.shape).astype(np.float32)
    un, vn = (patch.u / width).astype(np.float64), (patch.v / width).astype(np.float64)
    terms = np.stack([np.ones_like(un), un, vn, un * un, vn * vn, un * vn], -1)
    colours, start = patch.pixels[use].astype(np.float64), weight[use]
    solution = _robust_fit(terms[use], colours, start)
    model = (terms.reshape(-1, 6) @ solution).reshape(patch.pixels.shape)
    low, high = np.percentile(colours, 3, 0), np.percentile(colours, 97, 0)
    return np.clip(model, low, high).astype(np.float32)


def _robust_fit(terms: Double, colours: Double, start: Double) -> Double:
    """Least squares with Cauchy weights that forgive darkness less than light: lashes and creases are dark."""
    weight = start.copy()
    solution = np.zeros((6, 3))
    for _ in range(8):
        weighted = terms * weight[:, None]
        ridge = 1e-3 * weight.sum() * np.diag([0, 0.2, 0.2, 1, 1, 1])
        solution = np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ colours)
        rest = (colours - terms @ solution).mean(-1)
        spread = 1.48 * float(np.median(np.abs(rest))) + 1.0
        weight = start / (1.0 + (rest / np.where(rest < 0, 1.5 * spread, 2.5 * spread)) ** 2)
    return solution


def _connected_darkness(patch: _Patch, contour: Contour, hole: Mask, colour: Float) -> Mask:
    """Everything dark that hangs together with the lash band (liner, wing, deep crease) belongs to the lashes;
    where it runs out of the zone sideways it is hair, and stays."""
    width = contour.width
    dark = gaussian(patch.pixels.mean(-1), 0.012 * width) < 0.86 * np.maximum(colour.mean(-1), 8.0)
    dark &= ~patch.rim
    left, right = (0.34, 0.12) if contour.outer_is_left else (0.12, 0.34)
    zone = (patch.v > np.maximum(patch.upper - 0.34 * width, patch.top + 0.12 * width)) & (
        patch.v < patch.lower + 0.10 * width
    )
    zone &= (patch.u > contour.left_end - left * width) & (patch.u < contour.right_end + right * width)
    for end, sign, reach in ((contour.left_end, -1.0, left), (contour.right_end, 1.0, right)):
        strip = dark & zone & patch.person & (np.abs((patch.u - end) * sign - (reach - 0.02) * width) < 0.03 * width)
        if strip.sum() > 0.15 * (0.45 * width) * (0.06 * width):
            zone &= (patch.u - end) * sign < 0.10 * width
    zone &= patch.person
    _, labels = cv2.connectedComponents(((dark | hole) & zone).astype(np.uint8))
    touching = np.unique(labels[hole & zone])
    connected = (np.isin(labels, touching[touching > 0]) & (patch.v < patch.upper + 0.02 * width)) | hole
    grown = cv2.dilate(connected.astype(np.uint8), ellipse_kernel(max(1, round(0.025 * width)))) > 0
    return np.asarray(grown & patch.person)


def _no_lighter_than_above(patch: _Patch, contour: Contour, hole: Mask, colour: Float) -> Float:
    """Under a brow in deep shade the model, which also knows the cheek, would paint a pale lid."""
    width = contour.width
    ring = cv2.dilate(hole.astype(np.uint8), ellipse_kernel(max(2, round(0.09 * width)))) > 0
    ring &= ~hole & patch.person & (patch.v < patch.upper)
    ring &= (patch.u > contour.left_end) & (patch.u < contour.right_end)
    if ring.sum() < 12:
        return colour
    most = 1.08 * float(np.percentile(gaussian(patch.pixels.mean(-1), 0.03 * width)[ring], 75))
    return single(colour * np.minimum(1.0, most / np.maximum(colour.mean(-1), 1.0))[..., None])


def _fill_skin(patch: _Patch, contour: Contour, hole: Mask, colour: Float) -> Float:
    """The colour model inside the hole, bent to meet the photo at the hole's rim."""
    width = contour.width
    known = (~hole).astype(np.float32)
    # smoothed on the known side first: single dark grains at the rim would spread into the lid as rays
    weight = gaussian(known, 0.04 * width)[..., None]
    calm = gaussian((patch.pixels - colour) * known[..., None], 0.04 * width) / np.maximum(weight, 1e-3)
    rest = gaussian(diffuse(single(calm), known), 0.05 * width)
    rest = np.maximum(rest, -_SHADE * colour)
    inside = np.minimum(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5) / width, 2.0)
    fade = np.exp(-((inside / _BEND) ** 1.5))[..., None]
    skin = np.where(hole[..., None], colour + rest * fade, patch.pixels)
    seam = gaussian(hole.astype(np.float32), 0.02 * width)
    seam = (4.0 * seam * (1.0 - seam) * (patch.v < patch.upper))[..., None]
    skin = skin + (gaussian(skin, 0.025 * width) - skin) * seam
    return np.clip(skin, 1.0, 255.0).astype(np.float32)


def _without_brow(skin: Float, patch: _Patch, contour: Contour, colour: Float) -> Float:
    """Low-passed skin into which the brow above the lid doesn't bleed."""
    light = skin.mean(-1) > 0.8 * colour.mean(-1)
    lid = ((patch.v > patch.top) & light).astype(np.float32) + 1e-3
    sigma = 0.05 * contour.width
    return np.asarray(gaussian(skin * lid[..., None], sigma) / gaussian(lid, sigma)[..., None], np.float32)


def _cheek_grain(
    pixels: Pixels, contour: Contour, box: tuple[int, int, int, int], hole: Mask, blur: float
) -> tuple[Float, Float]:
    """High-pass of the cheek below the eye, moved up, and where it is laid (0..1)."""
    left, top, right, bottom = box
    shift = round(0.62 * contour.width)
    rows = np.clip(np.arange(top, bottom) + shift, 0, pixels.shape[0] - 1)
    below = pixels[rows, left:right].astype(np.float32)
    fine = below - gaussian(below, max(1.0, 0.028 * contour.width, 0.9 * blur))
    limit = 2.2 * (1.48 * float(np.median(np.abs(fine))) + 1e-3)
    where = gaussian(hole.astype(np.float32), 0.03 * contour.width) * hole
    return np.clip(fine, -limit, limit), where.astype(np.float32)


def table_of(contour: Contour, strength: Double) -> Float:
    """The curves that the renderers look up, float32 (7, TABLE): upper, lower, travel, rise, top, opening, strength."""
    rows = (
        contour.upper, contour.lower, contour.travel, contour.rise, contour.top, contour.opening, strength,
    )  # fmt: skip
    table = np.stack(rows).astype(np.float32)
    if table.shape != (7, TABLE):
        raise ValueError(f"seven curves of {TABLE} samples expected, got {table.shape}")
    return table
