"""Colour for a black-and-white photo or a sepia: a guess of a small net of our own, calm where it is unsure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.bodies.finder import Body, find_body
from pipeline.faces.crop import Square, crop
from pipeline.faces.finder import Face
from pipeline.faces.landmarks import face_square
from pipeline.faces.mesh_topology import OVAL
from pipeline.hands.finder import find_hands, look_at_person
from pipeline.image_ops import gaussian, polygon_mask, resize, sample, single, smoothstep
from pipeline.restore.colour_calm import draw_bodies, settle_colour
from pipeline.restore.colour_view import PEOPLE_SIDE, SIDE, draw_parts, draw_people, draw_view, face_plane, face_unit
from pipeline.restore.hand_skin import find_hand_skin
from pipeline.restore.limb_skin import find_limb_skin
from pipeline.restore.neck import find_neck
from pipeline.runtime import Runtime, only_input

MODEL: Final = "colour"
"""weights/colour.onnx, trained by weights/train/colour.py; its card is weights/train/colour_card.md."""

_NEAR: Final = 1.7
_WIDE: Final = 3.8  # sides of the squares that are looked at, in longer sides of the face
_BELOW: Final = 0.55  # middle of the wide square below that of the face, in the same unit
_CANVAS: Final = 640  # longer side, pixels, on which the guesses are joined; edges come from the photo itself
_OUT_SIDE: Final = SIDE // 2
_FEATHER: Final = 0.2  # of a square's side, over which its guess fades in
_OWN_REACH: Final = 1.3  # units of a face over which its own square counts more than a neighbour's
# Doubt of the net, units of Lab, up to which its colour is taken whole, and from which least of it
_SURE, _UNSURE = 5.0, 18.0
_LEAST: Final = 0.35
_CARRY: Final = 1.5  # pixels of the net's answer: of a person's colour over the outline, and of the wall's
_BREATH: Final = (4.0, 7.0)  # a and b of a little of skin's colour
_VIVID: Final = 1.15  # of people: the middle of many likely colours is paler than each of them
_BARE: Final = 0.85  # of the colour of a face's skin: necks and hands are paler
_MOST_WITH_HANDS: Final = 8  # faces whose hands and limbs are looked for: in a large group they are small
_WALL: Final = 0.25  # share of the colour that is taken where nobody is
_FAR: Final = 0.6  # share of the colour that is taken far from every face
_DARK: Final = (1.0, 14.0)  # lightness between which black takes on colour
_EDGE: Final = 9.0  # variance of lightness, units of Lab squared, from which a window has an edge


class _Guess(NamedTuple):
    """The colour of a square of the photo on the canvas."""

    area: tuple[slice, slice]
    """Rows and columns of the canvas."""
    colour: Float
    """a and b of Lab, (h, w, 2), as strong as the net is sure."""
    weight: Float
    """The share with which it counts, 0..1, (h, w)."""
    people: Float
    """Share of people, 0..1, (h, w)."""


def colour_photo(
    runtime: Runtime, pixels: Pixels, faces: Sequence[Face], strength: float = 1.0, seen: Pixels | None = None
) -> Pixels:
    """Colour a black-and-white photo or a sepia of people.

    Args:
        runtime: Has the models colour, person_segmentation and those of hands and bodies.
        pixels: The photo, uint8 H×W×3 RGB.
        faces: All its faces.
        strength: 0 gives the photo in greys, 1 the colour that the net guesses.
        seen: The photo without its defects, of the same shape, by which the colours are guessed; None: the photo
            itself. Cracks part a wall into pieces that look like people.

    Returns:
        The same shape; the photo itself where nobody is on it. Whether it has colour already, which would be lost, is
        not asked here: see `is_colourless`.
    """
    if not faces:
        return pixels
    grey = to_grey(pixels)
    height, width = grey.shape[:2]
    scale = min(1.0, _CANVAS / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    whole = grey if seen is None else to_grey(seen)
    light = _lightness(resize(whole, size))
    colour = _join(runtime, whole, light, faces)
    return _apply(grey, _lightness(whole), light, colour * np.float32(strength))


def to_grey(pixels: Pixels) -> Pixels:
    """A picture without its colour, uint8 H×W×3."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def near_square(face: Face, size: tuple[int, int]) -> Square:
    """The square of a photo of `size` (height, width) that shows a face."""
    place = face_square(face.landmarks)
    return _within(Square(place.x, place.y, _NEAR * face_unit(face)), size)


def wide_square(face: Face, size: tuple[int, int]) -> Square:
    """The square of a photo of `size` (height, width) that shows a person to the waist."""
    place, unit = face_square(face.landmarks), face_unit(face)
    return _within(Square(place.x, place.y + _BELOW * unit, _WIDE * unit), size)


def _within(square: Square, size: tuple[int, int]) -> Square:
    """The square made no larger than the photo's shorter side, and moved into it."""
    height, width = size
    side = min(square.size, float(min(height, width)))
    x, y = (
        float(np.clip(middle, side / 2 - 0.5, length - side / 2 - 0.5))
        for middle, length in ((square.x, width), (square.y, height))
    )
    return Square(x, y, side)


def _lightness(grey: Pixels) -> Float:
    """L of Lab, 0..100, float32 H×W."""
    lab = cv2.cvtColor(np.asarray(grey, np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    return np.ascontiguousarray(lab[..., 0])


def _join(runtime: Runtime, grey: Pixels, light: Float, faces: Sequence[Face]) -> Float:
    """The guesses for the whole photo, for each person and each face, over one another: (h, w, 2) as `light`."""
    size = grey.shape[:2]
    longer = float(max(size))
    scale = light.shape[1] / grey.shape[1]
    nearest = faces[:_MOST_WITH_HANDS]
    bodies: list[Body | None] = [find_body(runtime, grey, face) for face in nearest]
    bodies += [None] * (len(faces) - len(nearest))
    scene = _Scene(runtime, grey, light, draw_bodies(faces, bodies, (light.shape[0], light.shape[1]), scale), faces)
    whole = _guess(scene, Square((size[1] - 1) / 2, (size[0] - 1) / 2, longer), faces[0])
    canvas = np.zeros((*light.shape, 2), np.float32)
    canvas[whole.area] = whole.colour * np.float32(_FAR)
    people = np.zeros(light.shape, np.float32)
    people[whole.area] = whole.people
    for square_of in (wide_square, near_square):
        total = np.zeros_like(canvas)
        weights = np.full(light.shape, 1e-6, np.float32)
        reach = np.zeros(light.shape, np.float32)
        for face in faces:
            guess = _guess(scene, square_of(face, size), face)
            own = guess.weight * _ownership(face, guess.area, light.shape, size)
            total[guess.area] += guess.colour * own[..., None]
            weights[guess.area] += own
            reach[guess.area] = np.maximum(reach[guess.area], guess.weight)
            people[guess.area] = np.maximum(people[guess.area], guess.people * guess.weight)
        canvas += (total / weights[..., None] - canvas) * reach[..., None]
    canvas = settle_colour(canvas, light, people, faces, scale)
    for face in faces:
        _colour_skin(canvas, find_neck(light, people, face, scale), face, scale)
    for hand in find_hands(runtime, grey, [square for face in nearest for square in look_at_person(face)]):
        owner = min(nearest, key=lambda face: float(np.hypot(*_on_plane(face, hand.middle))))
        _colour_skin(canvas, find_hand_skin(light, people, hand, scale), owner, scale)
    for face, body in zip(faces, bodies, strict=True):
        if body is not None:
            _colour_skin(canvas, find_limb_skin(light, people, body, face, scale), face, scale)
    return canvas


def _on_plane(face: Face, point: Float) -> Float:
    """A point of the photo in the face's plane, (2,)."""
    plane = face_plane(face)
    return single(plane[:, :2] @ point + plane[:, 2])


def _colour_skin(canvas: Float, place: Float, face: Face, scale: float) -> None:
    """Give a place, 0..1, the colour of a face's skin, in place, where it has less."""
    oval = polygon_mask((canvas.shape[0], canvas.shape[1]), face.landmarks[list(OVAL), :2] * scale) > 0
    if not place.any() or not oval.any():
        return
    skin = np.median(canvas[oval], axis=0) * np.float32(_BARE)
    lack = np.clip(1 - np.hypot(canvas[..., 0], canvas[..., 1]) / max(float(np.hypot(*skin)), 1e-3), 0, 1)
    canvas += (skin - canvas) * (place * np.sqrt(lack))[..., None]


class _Scene(NamedTuple):
    """The photo of which colours are guessed."""

    runtime: Runtime
    """Has the models."""
    grey: Pixels
    """The photo without its colour, uint8 H×W×3."""
    light: Float
    """Its lightness on the canvas, 0..100, (h, w)."""
    bodies: Float
    """Where people may be on the canvas, 0..1, (h, w)."""
    faces: Sequence[Face]
    """All faces of the photo."""


def _guess(scene: _Scene, square: Square, nearest: Face) -> _Guess:
    runtime, grey, light, bodies, faces = scene
    scale = light.shape[1] / grey.shape[1]
    on_canvas = Square((square.x + 0.5) * scale - 0.5, (square.y + 0.5) * scale - 0.5, square.size * scale)
    may_be = crop(np.repeat((bodies * 255).astype(np.uint8)[..., None], 3, axis=2), on_canvas, PEOPLE_SIDE)[..., 0]
    people = draw_people(runtime, grey, square)
    view = draw_view(grey, square, people, faces, nearest)
    answer = runtime.run(MODEL, {only_input(runtime.session(MODEL)): view[None]})["colour"][0]
    colour = np.moveaxis(answer[:2] * (1 - (1 - _LEAST) * smoothstep(answer[2], _SURE, _UNSURE)), 0, 2)
    outline = np.maximum(np.minimum(people, may_be), draw_parts(faces, square, PEOPLE_SIDE)[..., 0]).astype(
        np.float32
    ) / np.float32(255)
    inside = resize(outline, (_OUT_SIDE, _OUT_SIDE))
    ends = [
        (max(0, int((middle - square.size / 2) * scale)), min(length, int((middle + square.size / 2) * scale) + 1))
        for middle, length in ((square.y, light.shape[0]), (square.x, light.shape[1]))
    ]
    area = (slice(*ends[0]), slice(*ends[1]))
    rows, columns = (np.arange(*end, dtype=np.float32) for end in ends)
    x = ((columns + 0.5) / scale - 0.5 - square.x) / square.size + 0.5  # 0..1 over the square
    y = ((rows + 0.5) / scale - 0.5 - square.y) / square.size + 0.5
    part = light[area]
    person, wall = (_enlarge(_spread(single(colour), single(share)), x, y, part) for share in (inside, 1 - inside))
    matte = smoothstep(_enlarge(single(outline)[..., None], x, y, part), 0.3, 0.7)
    person = _warm(person * np.float32(_VIVID), part)
    weight = np.outer(_fade(y, square.y, square.size, grey.shape[0]), _fade(x, square.x, square.size, grey.shape[1]))
    return _Guess(area, single(wall * _WALL + (person - wall * _WALL) * matte), single(weight), single(matte[..., 0]))


def _warm(person: Float, light: Float) -> Float:
    """The colour of people, (h, w, 2), with a breath of skin's in the lighter tones to which the net gives none.

    Hands and arms that lie far from the face would be quite grey beside it; of light cloth it makes an old white.
    """
    middle = smoothstep(light, 35.0, 60.0) * (1 - smoothstep(light, 88.0, 98.0))
    lack = np.clip(1 - np.hypot(person[..., 0], person[..., 1]) / np.hypot(*_BREATH), 0, 1)
    return single(person + (middle * lack)[..., None] * np.array(_BREATH, np.float32))


def _spread(colour: Float, share: Float) -> Float:
    """The colour, (s, s, 2), of the places that count by `share` (s, s), carried on into those that don't."""
    total, count = gaussian(colour * share[..., None], _CARRY), gaussian(share, _CARRY)
    return single(colour * share[..., None] + (total / (count + 1e-3)[..., None]) * (1 - share[..., None]))


def _enlarge(small: Float, x: Float, y: Float, light: Float) -> Float:
    """A picture of a square, (s, s, c), at positions 0..1 over it: columns x, rows y; edges are those of the light."""
    side = small.shape[0]
    across, down = np.meshgrid(x * side - 0.5, y * side - 0.5)
    large = single(sample(small, single(across), single(down))).reshape(*light.shape, -1)
    slope, offset = _follow(light, large, max(1, round(1.2 * len(light) / side)))
    return single(slope * light[..., None] + offset)


def _fade(share: Float, middle: float, side: float, length: int) -> Float:
    """1 in a square, 0 at its ends, unless they are the photo's own: of positions 0..1 over its side."""
    low = np.ones_like(share) if middle - side / 2 < 1 else smoothstep(share, 0.0, _FEATHER)
    high = np.ones_like(share) if middle + side / 2 > length - 2 else smoothstep(1 - share, 0.0, _FEATHER)
    return np.asarray(low * high, np.float32)


def _ownership(face: Face, area: tuple[slice, slice], canvas: tuple[int, ...], size: tuple[int, int]) -> Float:
    """The right of a face's own square against a neighbour's, more than 0, on an area of the canvas."""
    scale = size[1] / canvas[1]
    y, x = np.mgrid[area].astype(np.float32) * np.float32(scale)
    plane = face_plane(face)
    away = sum((row[0] * x + row[1] * y + row[2]) ** 2 for row in plane)
    return np.asarray(np.exp(-away / (2 * _OWN_REACH**2)) + 1e-4, np.float32)


def _follow(light: Float, colour: Float, radius: int) -> tuple[Float, Float]:
    """The guided filter (He et al. 2010): slope and offset, (h, w, 2), with which colour follows the lightness."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Float) -> Float:
        boxes = cv2.boxFilter(values, -1, window, borderType=cv2.BORDER_REFLECT)
        return single(boxes).reshape(values.shape)  # OpenCV drops a last axis of 1

    middle = mean(light)
    variance = mean(single(light * light)) - middle * middle
    average = mean(colour)
    slope = (mean(colour * light[..., None]) - average * middle[..., None]) / (variance + _EDGE)[..., None]
    return mean(single(slope)), mean(single(average - slope * middle[..., None]))


def _apply(grey: Pixels, whole: Float, light: Float, colour: Float) -> Pixels:
    """The photo with the canvas's colour, which follows the edges of the lightness `whole`, of its full size."""
    slope, offset = (resize(part, grey.shape[:2]) for part in _follow(light, colour, 2))
    own = _lightness(grey)
    lit = smoothstep(own, *_DARK)[..., None]
    lab = np.dstack([own, (slope * whole[..., None] + offset) * lit]).astype(np.float32)
    rgb = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    return np.clip(np.rint(rgb * 255), 0, 255).astype(np.uint8)
