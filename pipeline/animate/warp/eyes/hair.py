"""Hair that hangs before an eye: a blink passes behind it, and an eye of which much is hidden does not blink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.skin_colour import SKIN_SHADES, Colour, find_skin, log_colours, scale_landmarks
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import ellipse_kernel, polygon_mask, remap, resize, single, smoothstep

_UNIT: Final = 140  # pixels a face width, in which hair is looked for
_AROUND: Final = (0.05, 0.30)  # face widths from the oval: the person there, above the mouth, is hair or a hat
_LEAST: Final = 100  # pixels of hair and of skin that their colours must be measured on
# Distance of hair's colour from skin's, in their spread: 2.7 and more on people whose hair hangs over an eye; below 2.2
# shaded and greying skin would be taken for hair.
_APART: Final = 2.3
_HARDLY_APART: Final = 1.9  # from here on hair's colour says at least where hair hangs, away from the face
_LIKELY: Final = 2.0  # difference of the logarithms of the likelihoods
# Lengths in eye widths. Hair before an eye comes down over the forehead: brows and shaded sockets do not.
_FOREHEAD: Final = (0.30, 0.70)  # above the curve `top`, below the brow: a strip of the forehead
_BEYOND_BROW: Final = (0.9, 1.6)  # … and so far above it no brow reaches
_STRIP: Final = 0.6  # share of the strip that is hair
_ASLANT: Final = 0.85  # … of both strips, where it lies aslant
_LASHES: Final = 0.10  # above the upper margin
_BESIDE: Final = 0.12  # beyond the corners no lid moves
_BROW_END: Final = 0.3  # eye widths: farther out a strand that ends above the lower lid is a brow's end
_OWN: Final = 0.16  # around the eye: lashes and shade
_CHEEK: Final = (0.25, 0.70)  # below the lower margin a strip of the cheek, which hair across an eye reaches, too
# share of that strip below the whole eye: 1.0 where hair lies across it, 0.36 to 0.59 where shade beside it looks alike
_OVER_CHEEK: Final = 0.75
_SLANTS: Final = (-0.8, -0.4, 0.4, 0.8)  # of hair across an eye, sideways by downwards
_WING: Final = 0.66  # from the middle outwards: liner reaches so far, and no lid moves farther out …
_WING_ABOVE: Final = 0.26  # … and so far above the margin, with the fold that a blink moves
_COLUMNS: Final = 48
_AROUND_EYE: Final = (1.0, 1.05)  # half size along u and v of the part in which strands are looked for
_FINE: Final = 80  # its pixels an eye width
_STRAND: Final = 0.2  # nothing thicker is one strand
_CONTRAST: Final = 0.08  # share of the light by which a strand is lighter than what is beside it
_BRIDGE: Final = 0.45  # a strand that the eye interrupts is the same below it
_SEEN: Final = 0.85  # share of a strand's rows in which it is seen
_LONG: Final = 1.8  # a strand's least height: no wrinkle and no brow is so tall
# Share of a lid's way under light strands: up to 0.006 on 68 eyes without hair before them, 0.04 where it crosses them.
_CROSSED: Final = (0.012, 0.03)
_LIGHT: Final = 0.9  # of the cheek's light: 0.8 and less in wrinkled temples, 1.1 and more of light hair
_CORNER: Final = 0.12  # at either end of an eye, where hair beside it may well be
# share of the rest under hair: from the first less of a blink, from the second none
_HIDDEN: Final = (0.12, 0.35)


@dataclass(frozen=True)
class Hair:
    """The hair of a person, at a size of its own."""

    mask: Float
    """(h, w), 1 on pixels of hair's colour, 0 elsewhere."""
    scale: float
    """Its pixels a pixel of the photo."""
    sure: bool = True
    """Whether its colour is so far from the skin's that hair before the face can be told from shade."""

    def look(self, x: Double | Float, y: Double | Float) -> Float:
        """The mask at photo positions x, y (h, w), 0..1."""
        place = np.stack([(x + 0.5) * self.scale - 0.5, (y + 0.5) * self.scale - 0.5], -1)
        return single(remap(self.mask, single(place)))


def find_hair(pixels: Pixels, alpha: Float, head: Head) -> Hair | None:
    """Find what has the colour of the person's hair or hat, and not that of the skin.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        alpha: The person's matte there, float32 H×W.
        head: The head in its pixels.

    Returns:
        None where hair and skin can't be told apart by their colours, or one of them can't be seen.
    """
    scale = _UNIT / head.width
    size = max(8, round(alpha.shape[0] * scale)), max(8, round(alpha.shape[1] * scale))
    points = scale_landmarks(head, scale)
    oval = polygon_mask(size, points[list(OVAL)])
    outside = cv2.distanceTransform(1 - oval, cv2.DIST_L2, 5) / _UNIT
    y, x = np.mgrid[: size[0], : size[1]]
    above = (x - points[13, 0]) * head.down[0] + (y - points[13, 1]) * head.down[1] < -0.15 * _UNIT
    hair = (resize(alpha, size) > 0.9) & (outside > _AROUND[0]) & (outside < _AROUND[1]) & above
    skin = find_skin(points, size)
    if min(int(hair.sum()), int(skin.sum())) < _LEAST:
        return None
    colours = log_colours(resize(pixels, size))
    of_hair, of_skin = Colour.measure(colours[hair]), Colour.measure(colours[skin], SKIN_SHADES)
    apart = of_hair.distance(of_skin)
    if apart < _HARDLY_APART:
        return None
    like = of_hair.log_likelihood(colours) - of_skin.log_likelihood(colours) > _LIKELY
    return Hair(single(like), scale, apart >= _APART)


def share_to_blink(hair: Hair, contour: Contour) -> float:
    """The share of its blink that an eye may have, 0..1: one of whose length much lies under hair has none.

    Args:
        hair: The person's hair.
        contour: The eye in pixels of the photo.
    """
    at_u = np.linspace(-contour.width, contour.width, _COLUMNS)
    corner = _CORNER * contour.width
    inner = (at_u > contour.left_end + corner) & (at_u < contour.right_end - corner)
    return 1.0 - float(smoothstep(_hidden(hair, contour, at_u)[inner].mean(), *_HIDDEN))


def share_above(hair: Hair, contour: Contour) -> float:
    """The share of hair, 0..1, above an eye: the lesser of a strip below a brow or on it, and of one beyond it."""
    at_u = np.linspace(contour.left_end, contour.right_end, _COLUMNS)
    strips = ((-_FOREHEAD[1], -_FOREHEAD[0]), (-_BEYOND_BROW[1], -_BEYOND_BROW[0]))
    return min(float(_share(hair, contour, contour.top, at_u, strip).mean()) for strip in strips)


def share_below(hair: Hair, contour: Contour) -> float:
    """The share of hair, 0..1, on a strip of the cheek below an eye."""
    at_u = np.linspace(contour.left_end, contour.right_end, _COLUMNS)
    return float(_share(hair, contour, contour.lower, at_u, _CHEEK).mean())


def cover_eye(hair: Hair, contour: Contour, box: tuple[int, int, int, int]) -> Mask:
    """The hair that hangs before the lids: bool (h, w) of a box (left, top, right, bottom) around the eye."""
    width = contour.width
    at_u = np.linspace(-width, width, _COLUMNS)
    left, top, right, bottom = box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    upper, lower = contour.curve(contour.upper, u), contour.curve(contour.lower, u)
    own = (v > upper - _OWN * width) & (v < lower + _OWN * width)  # iris and lashes have hair's colour, too
    own &= (u > contour.left_end - _OWN * width) & (u < contour.right_end + _OWN * width)
    moved = (u > contour.left_end - _BESIDE * width) & (u < contour.right_end + _BESIDE * width)
    strands = (hair.look(x, y) > 0.5) & moved & ~own & (np.interp(u, at_u, _fall(hair, contour, at_u)) > 0.5)
    _, labels = cv2.connectedComponents(strands.astype(np.uint8))
    above = contour.curve(contour.top, u) - _FOREHEAD[0] * width
    strands &= np.isin(labels, labels[strands & (v < above)])  # lashes alone are no hair: it comes down from above
    before = np.isin(labels, labels[strands & (v > lower)])  # a brow's end that meets the lashes is none either
    strands &= before | (v < contour.curve(contour.top, u)) | (np.abs(u) < _BROW_END * width)
    return cv2.dilate(strands.astype(np.uint8), ellipse_kernel(max(1, round(0.02 * width)))) > 0


def find_strands(pixels: Pixels, contour: Contour, box: tuple[int, int, int, int]) -> Mask:
    """Find light strands that hang before the outer half of an eye, from above the brow to the cheek.

    Dark ones can be taken for lashes, brows and wrinkles, and are known by their colour alone, see `find_hair`.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        contour: The eye in its pixels.
        box: Left, top, right, bottom around it.

    Returns:
        bool (h, w) of the box.
    """
    width = contour.width
    half_u, half_v = _AROUND_EYE
    u, v = np.meshgrid(
        np.linspace(-half_u, half_u, 2 * round(half_u * _FINE)) * width,
        np.linspace(-half_v, half_v, 2 * round(half_v * _FINE)) * width,
    )
    x = contour.centre[0] + u * contour.axis_u[0] + v * contour.axis_v[0]
    y = contour.centre[1] + u * contour.axis_u[1] + v * contour.axis_v[1]
    grey = single(remap(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), single(np.stack([x, y], -1))))
    smooth = single(cv2.GaussianBlur(grey, (0, 0), sigmaX=0.01 * _FINE, sigmaY=0.03 * _FINE))
    lighter = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, np.ones((1, round(_STRAND * _FINE) | 1), np.uint8))
    outwards = -u if contour.outer_is_left else u
    upper, lower = (np.interp(u, contour.at, one) for one in (contour.upper, contour.lower))
    own = (v > upper - _WING_ABOVE * width) & (v < lower + _LASHES * width) & (outwards < _WING * width)
    strands = _keep_long((lighter > _CONTRAST * np.maximum(smooth, 20.0)) & (outwards > 0.0) & ~own) * ~own
    left, top, right, bottom = box
    own_y, own_x = np.mgrid[top:bottom, left:right].astype(np.float32)
    own_u, own_v = contour.local(own_x, own_y)
    place = np.stack([(own_u / width + half_u) * _FINE - 0.5, (own_v / width + half_v) * _FINE - 0.5], -1)
    return np.asarray(remap(strands, single(place)) > 0.5)


def share_beside_strands(pixels: Pixels, strands: Mask, box: tuple[int, int, int, int], contour: Contour) -> float:
    """The share of its blink that an eye may have behind light strands, 0..1: whose lid is crossed by them has none.

    What is darker than the cheek are wrinkles in the shade and the temple between them, and no strands.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        strands: bool (h, w), see `find_strands`.
        box: Left, top, right, bottom of it on the photo.
        contour: The eye in pixels of the photo.
    """
    if not strands.any():
        return 1.0
    left, top, right, bottom = box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = contour.local(x, y)
    lid = (u > contour.left_end) & (u < contour.right_end) & (v > contour.curve(contour.top, u))
    lid &= v < contour.curve(contour.upper + contour.travel, u)
    grey = cv2.cvtColor(pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    below = v - contour.curve(contour.lower, u)
    cheek = (below > _CHEEK[0] * contour.width) & (below < _CHEEK[1] * contour.width) & ~strands
    cheek &= np.abs(u) < 0.5 * contour.width
    if cheek.any() and np.percentile(grey[strands], 75) < _LIGHT * float(np.median(grey[cheek])):
        return 1.0
    return 1.0 - float(smoothstep(strands[lid].mean(), *_CROSSED)) if lid.any() else 1.0


def _keep_long(lines: Mask) -> Float:
    """1 on upright lines that are long, and between such lines that lie side by side; lines as of `find_strands`."""
    bridge = np.ones((round(_BRIDGE * _FINE), 3), np.uint8)
    bridged = cv2.morphologyEx(single(lines), cv2.MORPH_CLOSE, bridge)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bridged.astype(np.uint8))
    rows = np.zeros((len(lines), count), bool)
    rows[np.nonzero(lines)[0], labels[lines]] = True
    seen = rows.sum(0) / np.maximum(stats[:, cv2.CC_STAT_HEIGHT], 1)
    long = (stats[:, cv2.CC_STAT_HEIGHT] > _LONG * _FINE) & (seen > _SEEN)
    long[0] = False
    return single(cv2.morphologyEx(single(long[labels]), cv2.MORPH_CLOSE, ellipse_kernel(round(0.5 * _STRAND * _FINE))))


def _hidden(hair: Hair, contour: Contour, at_u: Double) -> Mask:
    """Whether the upper lid is hidden at places `at_u` along the eye."""
    height = float((np.interp(at_u, contour.at, contour.upper - contour.top)).mean() / contour.width)
    lid = _share(hair, contour, contour.upper, at_u, (-height, -_LASHES)) > 0.5
    return _fall(hair, contour, at_u) & lid


def _fall(hair: Hair, contour: Contour, at_u: Double) -> Mask:
    """Whether hair comes down over the eye at places `at_u`: straight from above, or aslant as far as to the cheek."""
    above = -_FOREHEAD[1], -_FOREHEAD[0]
    falls = _share(hair, contour, contour.top, at_u, above) > _STRIP
    eye = (at_u > contour.left_end) & (at_u < contour.right_end)
    if float(_share(hair, contour, contour.lower, at_u[eye], _CHEEK).mean()) < _OVER_CHEEK:
        return falls
    for slant in _SLANTS:
        from_above = _share(hair, contour, contour.top, at_u, above, slant) > _ASLANT
        falls |= from_above & (_share(hair, contour, contour.lower, at_u, _CHEEK, slant) > _ASLANT)
    return falls


def _share(
    hair: Hair, contour: Contour, along: Double, at_u: Double, between: tuple[float, float], slant: float = 0.0
) -> Float:
    """The share of hair on lines through the eye's axis at `at_u`, between two distances (eye widths) from a curve."""
    u, d = np.meshgrid(at_u, np.linspace(*between, 12) * contour.width)
    v = np.interp(u, contour.at, along) + d
    u = u + slant * v
    x = contour.centre[0] + u * contour.axis_u[0] + v * contour.axis_v[0]
    y = contour.centre[1] + u * contour.axis_u[1] + v * contour.axis_v[1]
    return single(hair.look(x, y).mean(0))
