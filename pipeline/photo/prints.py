"""Prints on a photo of a photo: the paper's outline, found where all four of its edges are seen, and straightened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import AnyArray, Float, Pixels
from pipeline.image_ops import single

_SIDE: Final = 640
"""Pixels of the longer side at which prints are looked for."""
_LEAST, _MOST = 0.025, 0.93
"""Share of the picture that a print takes."""
_MARGIN: Final = 3.0
"""Pixels by which a print's corners lie inside the picture, at least."""
_SOLID: Final = 0.93
"""Share of its outline's area that a print's four corners span, and of theirs that it fills."""
_ANGLES: Final = (58.0, 122.0)
"""Degrees of a corner."""
_LONGEST: Final = 2.6
"""Sides of a print, the longer in the shorter."""
_REACH: Final = 5
"""Pixels to both sides of an edge at which it is looked for."""
_STEP: Final = 9.0
"""Levels by which colours change across an edge, at least."""
_STRAIGHT: Final = 1.6
"""Pixels by which an edge leaves its line."""
_SEEN: Final = 0.86
"""Share of each edge that is seen; behind a shoulder or a hand it is not."""
_ROOM: Final = 0.02
"""Share of a print's sides by which a face lies inside its edges."""
_FACE: Final = 0.8
"""Share of a print's height that a face takes, at most."""
_MAT: Final = 1.8
"""Times by which a print's own frame is larger in area than the picture in it; what is larger is a mat or a page."""
_LEVEL: Final = 0.8
"""Degrees by which an edge is askew: a frame that was printed with the picture, or drawn by a program, is level."""
_UNEVEN: Final = 0.06
"""Share of the width by which the margins beside a level print differ; those of a printed frame are alike."""
_INSET: Final = 1.2
"""Pixels of the small picture that are cut off at each edge: what lies under the print shines through there."""


def find_prints(pixels: Pixels, boxes: Sequence[Float]) -> tuple[Float, ...]:
    """Find the prints on a photo of photos, such as an album's page.

    A face that lies on no print speaks against all of them: a picture on the wall behind somebody is part of a photo.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        boxes: Of all its faces, float32 (4,) each: x0, y0, x1, y1 in photo pixels.

    Returns:
        The corners of each print with a face, float32 (4, 2), x and y in photo pixels, clockwise from the upper left
        one; none where there is any doubt.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    if not boxes or min(size) < 64:
        return ()
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8), np.uint8)
    places = [box * share for box in boxes]
    quads = _distinct(list(_outlines(small, places)), small)
    chosen = [_innermost(quads, place) for place in places]
    prints = [quad for quad in chosen if quad is not None]
    if len(prints) < len(places):
        return ()
    found = list({id(quad): quad for quad in prints}.values())
    if len(found) == 1 and _is_own_frame(found[0], size):
        return ()
    return tuple(single(_inset(quad) / share) for quad in found)


def straighten(pixels: Pixels, corners: Float) -> Pixels:
    """A print as it lies flat, seen from above.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        corners: Of the print, as `find_prints` returns them.

    Returns:
        uint8 H'×W'×3, C-contiguous, about as large as the print is on the photo.
    """
    width, height = _flat_size(corners, (pixels.shape[1], pixels.shape[0]))
    way = _to_flat(corners, width, height)
    flat = cv2.warpPerspective(pixels, way, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(flat, np.uint8)


def place_point(corners: Float, size: tuple[int, int], point: Float) -> Float:
    """The place of a point (x, y) of the photo (width, height) on its straightened print, float32 (2,)."""
    flat = _to_flat(corners, *_flat_size(corners, size))
    return single(cv2.perspectiveTransform(point.reshape(1, 1, 2).astype(np.float64), flat)[0, 0])


def _to_flat(corners: Float, width: int, height: int) -> AnyArray:
    target = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(single(corners), target))


def _flat_size(corners: Float, size: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a print that lies flat, pixels: as long as its longest sides, in its own proportion."""
    sides = [float(np.linalg.norm(corners[(at + 1) % 4] - corners[at])) for at in range(4)]
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    ratio = _proportion(corners, size) or width / height
    if not 1 / 1.25 < ratio / (width / height) < 1.25:
        ratio = width / height
    area = width * height
    return max(2, round((area * ratio) ** 0.5)), max(2, round((area / ratio) ** 0.5))


def _proportion(corners: Float, size: tuple[int, int]) -> float | None:
    """Width in heights of a print seen by a camera whose axis goes through the photo's middle (Zhang and He, 2006).

    Returns:
        None where opposite edges are nearly parallel, and the focal length can't be told: then the sides are as seen.
    """
    points = np.hstack([corners - np.array(size, np.float32) / 2, np.ones((4, 1), np.float32)]).astype(np.float64)
    upper_left, upper_right, lower_right, lower_left = points
    k2 = np.dot(np.cross(upper_left, lower_right), lower_left) / np.dot(np.cross(upper_right, lower_right), lower_left)
    k3 = np.dot(np.cross(upper_left, lower_right), upper_right) / np.dot(np.cross(lower_left, lower_right), upper_right)
    across, down = k2 * upper_right - upper_left, k3 * lower_left - upper_left
    depth = across[2] * down[2]
    if abs(depth) < 1e-4:
        return None
    focal = -(across[0] * down[0] + across[1] * down[1]) / depth
    if not (0.5 * max(size)) ** 2 < focal < (6.0 * max(size)) ** 2:
        return None
    length = [(side[0] ** 2 + side[1] ** 2) / focal + side[2] ** 2 for side in (across, down)]
    return float((length[0] / length[1]) ** 0.5)


def _outlines(small: Pixels, boxes: Sequence[Float]) -> Iterator[Float]:
    """Outlines around a face with four corners and four edges that are seen, float32 (4, 2) each."""
    steps = _steps(small)
    for mask in _masks(small):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            quad = _four_corners(contour, small.shape) if _is_around(contour, boxes) else None
            if quad is None:
                continue
            quad = _fit(quad, steps)
            if quad is not None and _is_print(quad, small.shape) and any(_holds(quad, box) for box in boxes):
                yield quad


def _is_around(contour: AnyArray, boxes: Sequence[Float]) -> bool:
    left, top, width, height = cv2.boundingRect(contour)
    return any(left <= box[0] and top <= box[1] and left + width >= box[2] and top + height >= box[3] for box in boxes)


def _steps(small: Pixels) -> Float:
    """The change of colours at each pixel, levels."""
    found = np.zeros(small.shape[:2], np.float32)
    for channel in cv2.split(small):
        x, y = (cv2.Sobel(channel, cv2.CV_32F, *order, ksize=3, scale=0.25) for order in ((1, 0), (0, 1)))
        found = np.maximum(found, cv2.magnitude(x, y))
    return found


def _masks(small: Pixels) -> Iterator[AnyArray]:
    """Masks, uint8 H×W, whose contours may be those of prints."""
    kernel = np.ones((3, 3), np.uint8)
    calm = cv2.medianBlur(small, 5)
    for picture, low, high in ((small, 40, 120), (calm, 15, 50), (calm, 60, 160)):
        edges = np.zeros(small.shape[:2], np.uint8)
        for channel in cv2.split(picture):
            edges |= np.asarray(cv2.Canny(channel, low, high), np.uint8)
        yield cv2.dilate(edges, kernel)
        yield cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    rim = np.concatenate([part.reshape(-1, 3) for part in (calm[:6], calm[-6:], calm[:, :6], calm[:, -6:])])
    under = np.median(rim, axis=0)
    distance = np.abs(calm.astype(np.float32) - under).max(axis=2)
    for least in (18, 36, 60):
        yield cv2.morphologyEx((distance > least).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))


def _four_corners(contour: AnyArray, shape: Sequence[int]) -> Float | None:
    """The four corners of a contour, clockwise from the upper left one; None where it has another shape."""
    hull = cv2.convexHull(contour)
    area = cv2.contourArea(hull)
    if not _LEAST <= area / (shape[0] * shape[1]) <= _MOST:
        return None
    length = cv2.arcLength(hull, closed=True)
    for part in (0.01, 0.02, 0.03, 0.045, 0.06):
        corners = cv2.approxPolyDP(hull, part * length, closed=True)
        if len(corners) == 4:
            quad = single(corners.reshape(4, 2))
            return _in_order(quad) if cv2.contourArea(quad) >= _SOLID * area else None
    return None


def _in_order(quad: Float) -> Float:
    """Corners clockwise, from the one nearest to the picture's upper left."""
    around = np.argsort(np.arctan2(*(quad - quad.mean(axis=0)).T[::-1]))
    ordered = quad[around]
    return single(np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0))


def _fit(quad: Float, steps: Float) -> Float | None:
    """The corners moved to where the edges' lines cross; None where an edge is not seen along its length."""
    lines = []
    for at in range(4):
        line = _fit_edge(quad[at], quad[(at + 1) % 4], steps)
        if line is None:
            return None
        lines.append(line)
    corners = []
    for at in range(4):
        crossing = np.cross(lines[at - 1], lines[at])
        if abs(crossing[2]) < 1e-9:
            return None
        corners.append(crossing[:2] / crossing[2])
    fitted = single(np.array(corners))
    return fitted if float(np.abs(fitted - quad).max()) <= 4 * _REACH else None


def _fit_edge(start: Float, end: Float, steps: Float) -> AnyArray | None:
    """The line (a, b, c) of an edge near start–end; None where too little of it is seen."""
    along = end - start
    length = float(np.linalg.norm(along))
    if length < 24:
        return None
    along = along / length
    across = np.array([-along[1], along[0]], np.float32)
    count = int(length)
    places = start + np.linspace(0.05, 0.95, count, dtype=np.float32)[:, None] * length * along
    offsets = np.arange(-_REACH, _REACH + 1, dtype=np.float32)
    grid = places[:, None] + offsets[None, :, None] * across
    found = cv2.remap(steps, single(grid[..., 0]), single(grid[..., 1]), cv2.INTER_LINEAR)
    best, strength = offsets[found.argmax(axis=1)], found.max(axis=1)
    seen = strength >= _STEP
    if seen.mean() < _SEEN:
        return None
    rows = places + best[:, None] * across
    line = cv2.fitLine(single(rows[seen]), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    normal = np.array([-line[1], line[0]], np.float32)
    away = np.abs((rows - line[2:]) @ normal)
    if (seen & (away <= _STRAIGHT)).mean() < _SEEN:
        return None
    return np.array([normal[0], normal[1], -float(normal @ line[2:])], np.float64)


def _is_print(quad: Float, shape: Sequence[int]) -> bool:
    """Whether corners are those of a rectangle that lies in the picture as a whole."""
    height, width = shape[:2]
    low, high = quad.min(axis=0), quad.max(axis=0)
    if low.min() < _MARGIN or high[0] > width - 1 - _MARGIN or high[1] > height - 1 - _MARGIN:
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.linalg.norm(sides, axis=1)
    cosines = -(sides * np.roll(sides, 1, axis=0)).sum(axis=1) / (lengths * np.roll(lengths, 1))
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    if angles.min() < _ANGLES[0] or angles.max() > _ANGLES[1]:
        return False
    across, down = lengths[0] + lengths[2], lengths[1] + lengths[3]
    return bool(max(across, down) <= _LONGEST * min(across, down))


def _holds(quad: Float, box: Float) -> bool:
    """Whether a face lies in a print, and leaves room around it."""
    middle = quad.mean(axis=0)
    inner = single(middle + (quad - middle) * (1 - 2 * _ROOM))
    corners = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
    if any(cv2.pointPolygonTest(inner, (float(x), float(y)), measureDist=False) < 0 for x, y in corners):
        return False
    return float(box[3] - box[1]) <= _FACE * float(np.ptp(quad[:, 1]))


def _distinct(quads: Sequence[Float], small: Pixels) -> list[Float]:
    """Outlines without those that were found twice."""
    kept: list[Float] = []
    for quad in sorted(quads, key=cv2.contourArea):
        near = 0.02 * max(small.shape[:2])
        if not any(float(np.linalg.norm(quad - other, axis=1).max()) < near for other in kept):
            kept.append(quad)
    return kept


def _innermost(quads: Sequence[Float], box: Float) -> Float | None:
    """The print on which a face is: the smallest outline, with its own frame; None where it lies on none."""
    around = [quad for quad in quads if _holds(quad, box)]
    if not around:
        return None
    chosen = around[0]
    for quad in around[1:]:
        if cv2.contourArea(quad) <= _MAT * cv2.contourArea(around[0]):
            chosen = quad
    return chosen


def _is_own_frame(quad: Float, size: tuple[int, int]) -> bool:
    """Whether an outline is a level one with margins that are alike: a frame printed with the picture."""
    sides = np.roll(quad, -1, axis=0) - quad
    slopes = np.degrees(np.arctan2(sides[:, 1], sides[:, 0]))
    askew = np.abs((slopes + 45) % 90 - 45).max()
    left, right = float(quad[:, 0].min()), size[0] - 1 - float(quad[:, 0].max())
    top, bottom = float(quad[:, 1].min()), size[1] - 1 - float(quad[:, 1].max())
    uneven = abs(left - right) >= _UNEVEN * size[0] or top - bottom >= _UNEVEN * size[1]
    return bool(askew < _LEVEL) and not uneven


def _inset(quad: Float) -> Float:
    """The corners a little nearer to the print's middle."""
    middle = quad.mean(axis=0)
    away = quad - middle
    return single(middle + away * (1 - _INSET / np.linalg.norm(away, axis=1, keepdims=True) * 1.4))
