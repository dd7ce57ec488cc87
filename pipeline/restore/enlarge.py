"""Enlargement of a photo with small faces: heads by Real-ESRGAN, an extra, all else by Lanczos' filter.

The net draws what it believes: on a face of few pixels black eyes and a doll's skin. So its part in the picture grows
with the face's width and ends where the face's descriptor would leave that of the photo; its colours are not taken, and
around the eyes it counts least. docs/figures.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import AnyArray, Float, Pixels
from pipeline.faces.descriptor import describe_face
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import LEFT_IRIS, RIGHT_IRIS
from pipeline.image_ops import gaussian, single, smoothstep
from pipeline.runtime import Runtime, only_input

MODEL: Final = "enlarge"
"""Real-ESRGAN x4plus; `ozhivi weights build --with enhance` brings it."""
NET_SCALE: Final = 4
"""Times by which the net enlarges."""
MAX_FACE: Final = 160
"""Width of the widest face, pixels, from which on a photo is left as it is."""

_WIDTH: Final = 320  # pixels: a face is not made wider than this
_LEAST: Final = 1.25  # a smaller enlargement is not worth its time
_MOST_PIXELS: Final = 150_000  # of heads that the net looks at, about two minutes of one core
_AROUND: Final = (0.45, 0.55, 0.45, 0.35)  # left, top, right, bottom: of a face's box that belong to its head
_FEATHER: Final = 0.12  # of a head's width
_TILE, _MARGIN = 128, 8  # pixels of the photo that the net sees at once, and around them
# width of a face, pixels, from which the net has a part in it, and from which its whole part, and that part
_FEW, _MANY, _SHARE = 24.0, 80.0, 0.75
_LIKE: Final = 0.99
"""Cosine of a face's descriptor to that of the photo, at least; see docs/figures.md for how it was measured."""
_PARTS: Final = (1.0, 0.75, 0.5, 0.25)
"""Shares of the net's part that are tried until the face is like the photo's."""
_EYE_SHARE: Final = 0.55  # of that part, around the eyes
_EYE: Final = 0.11  # face widths: standard deviation of that


def can_enlarge(faces: Sequence[Face], size: Sequence[int], long_side: int) -> bool:
    """Whether a photo would be enlarged: it has faces, they are small, and it may become larger.

    Args:
        faces: All its faces.
        size: Its height and width, pixels.
        long_side: Longest side that it may have, pixels.
    """
    return bool(faces) and _scale(faces, size, long_side) >= _LEAST


def enlarge_photo(runtime: Runtime, pixels: Pixels, faces: Sequence[Face], long_side: int) -> Pixels:
    """Enlarge a photo, up to four times, until its widest face has 320 pixels.

    Args:
        runtime: Has the models enlarge and face_embedding.
        pixels: uint8 H×W×3 RGB.
        faces: All its faces. The largest heads are drawn by the net, as many as two minutes of a core allow.
        long_side: Longest side that the photo may have, pixels.

    Returns:
        uint8 H'×W'×3; the photo itself where no face is small.
    """
    if not can_enlarge(faces, pixels.shape, long_side):
        return pixels
    height, width = pixels.shape[:2]
    scale = _scale(faces, pixels.shape, long_side)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    enlarged = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)
    left = _MOST_PIXELS
    for face in sorted(faces, key=_width, reverse=True):
        rows, columns = area = _head(face, pixels.shape)
        left -= (rows.stop - rows.start) * (columns.stop - columns.start)
        if left >= 0:
            _draw_head(runtime, pixels, face, area, enlarged)
    return enlarged


def enlarge_face(face: Face, before: Sequence[int], after: Sequence[int]) -> Face:
    """A face of a photo of one size (height, width, …) as it lies on the photo of another size."""
    x, y = after[1] / before[1], after[0] / before[0]
    scale = np.array([x, y, (x + y) / 2], np.float32)
    shift = np.array([(x - 1) / 2, (y - 1) / 2, 0], np.float32)  # pixel centres lie at whole numbers
    box = face.box * np.tile(scale[:2], 2) + np.tile(shift[:2], 2)
    return replace(face, box=single(box), landmarks=single(face.landmarks * scale + shift))


def _width(face: Face) -> float:
    return float(face.box[2] - face.box[0])


def _scale(faces: Sequence[Face], size: Sequence[int], long_side: int) -> float:
    """Times by which a photo (height, width, …) with these faces is enlarged; 1 where they are wide enough."""
    widest = max(map(_width, faces))
    return 1.0 if widest > MAX_FACE else min(float(NET_SCALE), _WIDTH / widest, long_side / max(size[:2]))


def _head(face: Face, size: Sequence[int]) -> tuple[slice, slice]:
    """Rows and columns of the photo (height, width, …) in which a face's head lies."""
    x0, y0, x1, y1 = map(float, face.box)
    width, height = x1 - x0, y1 - y0
    left, top, right, bottom = _AROUND
    rows = slice(max(0, int(y0 - top * height)), min(size[0], int(y1 + bottom * height) + 1))
    return rows, slice(max(0, int(x0 - left * width)), min(size[1], int(x1 + right * width) + 1))


def _draw_head(runtime: Runtime, pixels: Pixels, face: Face, area: tuple[slice, slice], enlarged: Pixels) -> None:
    """Mix the net's picture of a head into the enlarged photo."""
    y, x = enlarged.shape[0] / pixels.shape[0], enlarged.shape[1] / pixels.shape[1]
    rows, columns = (
        slice(round(part.start * by), min(most, round(part.stop * by)))
        for part, by, most in zip(area, (y, x), enlarged.shape, strict=False)
    )
    plain = enlarged[rows, columns]
    fine = _run(runtime, pixels, area)
    fine = np.asarray(cv2.resize(fine, (plain.shape[1], plain.shape[0]), interpolation=cv2.INTER_AREA))
    large = enlarge_face(face, pixels.shape, enlarged.shape)
    weight = _weight(large, _width(face), rows, columns)
    known = describe_face(runtime, pixels, face)
    before = plain.copy()
    for part in _PARTS:
        enlarged[rows, columns] = _mix(before, fine, single(weight * part))
        if float(known @ describe_face(runtime, enlarged, large)) >= _LIKE:
            return
    enlarged[rows, columns] = before


def _mix(plain: Pixels, fine: AnyArray, weight: Float) -> Pixels:
    """A picture with a part of the light of another one, of the same shape, and its own colours."""
    light, other = (cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb) for picture in (plain, fine))
    mixed = light[..., 0] + weight * (other[..., 0].astype(np.float32) - light[..., 0])
    light[..., 0] = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(light, cv2.COLOR_YCrCb2RGB), np.uint8)


def _weight(face: Face, seen: float, rows: slice, columns: slice) -> Float:
    """The net's part in each pixel of a head's area, 0..1; face: on the enlarged photo, seen: its width before."""
    height, width = rows.stop - rows.start, columns.stop - columns.start
    y, x = np.mgrid[rows, columns].astype(np.float32)
    feather = max(2.0, _FEATHER * width)
    inside = np.zeros((height + 2, width + 2), np.uint8)
    inside[1:-1, 1:-1] = 1
    fade = smoothstep(cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1], 0.0, feather)
    near = np.zeros((height, width), np.float32)
    for iris in (RIGHT_IRIS[0], LEFT_IRIS[0]):
        away = ((x - face.landmarks[iris, 0]) ** 2 + (y - face.landmarks[iris, 1]) ** 2) / (_EYE * _width(face)) ** 2
        near = np.maximum(near, np.exp(-0.5 * away))
    share = _SHARE * float(smoothstep(seen, _FEW, _MANY))
    return single(gaussian(fade, 1.0) * share * (1.0 - (1.0 - _EYE_SHARE) * near))


def _run(runtime: Runtime, pixels: Pixels, area: tuple[slice, slice]) -> Pixels:
    """The net's picture of an area, four times as wide and high, tile by tile."""
    rows, columns = area
    shape = (rows.stop - rows.start) * NET_SCALE, (columns.stop - columns.start) * NET_SCALE, 3
    drawn = np.empty(shape, np.uint8)
    name = only_input(runtime.session(MODEL))
    for part, seen in _tiles(area, pixels.shape):
        image = single(pixels[seen].transpose(2, 0, 1)[None] / np.float32(255))
        (answer,) = runtime.run(MODEL, {name: image}).values()
        inner = tuple(
            slice(NET_SCALE * (own.start - around.start), NET_SCALE * (own.stop - around.start))
            for own, around in zip(part, seen, strict=True)
        )
        place = tuple(
            slice(NET_SCALE * (own.start - whole.start), NET_SCALE * (own.stop - whole.start))
            for own, whole in zip(part, area, strict=True)
        )
        drawn[place] = np.rint(np.clip(answer[0].transpose(1, 2, 0)[inner], 0, 1) * 255).astype(np.uint8)
    return drawn


def _tiles(area: tuple[slice, slice], size: Sequence[int]) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Tiles of an area, each with what the net sees of the photo (height, width, …) around it."""
    for top in range(area[0].start, area[0].stop, _TILE):
        for left in range(area[1].start, area[1].stop, _TILE):
            part = (
                slice(top, min(area[0].stop, top + _TILE)),
                slice(left, min(area[1].stop, left + _TILE)),
            )
            rows, columns = (
                slice(max(0, own.start - _MARGIN), min(most, own.stop + _MARGIN))
                for own, most in zip(part, size, strict=False)
            )
            yield part, (rows, columns)
