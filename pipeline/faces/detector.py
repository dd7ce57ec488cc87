"""Face detection: two small detectors over the whole photo and over overlapping tiles of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.crop import Square
from pipeline.runtime import Runtime, only_input

# (tiles a side, a tile's share of the photo's longer side). First the photo inside a black margin, for faces
# that fill the frame or are cut by it; then the photo itself; then tiles that overlap, so that a face is
# whole in one of them.
_QUARTERS = (2, 0.675)
_LEVELS = ((1, 1.5), (1, 1.0), _QUARTERS, (3, 0.45), (4, 0.34))


@dataclass(frozen=True, slots=True)
class Detection:
    """A place that may be a face, in photo pixels, pixel centres at whole numbers."""

    box: Float
    """float32 (4,): x0, y0, x1, y1."""
    keypoints: Float
    """float32 (6, 2), x and y of the person's right eye, left eye, nose, mouth, right ear, left ear."""
    score: float
    """The detector's belief that this is a face, 0..1."""
    votes: int = 1
    """Number of detectors that saw it, 1 or more."""

    @property
    def square(self) -> Square:
        """The square that the landmark model needs: 1.5 times the box, eyes level."""
        x0, y0, x1, y1 = (float(value) for value in self.box)
        across = self.keypoints[1] - self.keypoints[0]
        size = 1.5 * max(x1 - x0, y1 - y0)
        return Square((x0 + x1) / 2, (y0 + y1) / 2, size, float(np.arctan2(across[1], across[0])))


@dataclass(frozen=True, slots=True)
class _Model:
    """A detector with anchors."""

    name: str
    """The model's name."""
    side: int
    """Pixels of its square input."""
    grids: tuple[tuple[int, int], ...]
    """(step in input pixels, anchors a cell) of each output level."""
    outputs: tuple[tuple[str, str], ...]
    """Names of the outputs (boxes, scores) of each level."""

    def anchors(self) -> Float:
        """Centres (n, 2) of the anchors in input pixels, x then y."""
        levels = []
        for step, count in self.grids:
            y, x = np.mgrid[: self.side // step, : self.side // step]
            centres = (np.stack([x, y], -1).reshape(-1, 2) + 0.5) * step
            levels.append(np.repeat(centres, count, axis=0))
        return np.concatenate(levels).astype(np.float32)


_NEAR = _Model(
    "face_detector",
    256,
    ((16, 2), (32, 6)),
    (("Identity_2_o", "Identity_o"), ("Identity_3_o", "Identity_1_o")),
)
_FULL = _Model("face_detector_full", 192, ((4, 1),), (("Identity", "Identity_1"),))


@dataclass(frozen=True, slots=True)
class _Raw:
    """Detections of one pass as arrays, in a tile's own continuous coordinates."""

    boxes: Float
    """float32 (n, 4): x0, y0, x1, y1."""
    keypoints: Float
    """float32 (n, 6, 2)."""
    scores: Float
    """float32 (n,), 0..1."""


class Detector:
    """Finds places that may be faces, from 2 % of the photo's width on, upright or turned by up to about 45°."""

    def __init__(self, runtime: Runtime, *, threshold: float = 0.5) -> None:
        """`runtime` has the models face_detector and face_detector_full; `threshold`: lowest score, 0..1."""
        self._runtime = runtime
        self._threshold = threshold
        self._anchors = {model.name: model.anchors() for model in (_NEAR, _FULL)}

    def find(self, pixels: Pixels) -> tuple[Detection, ...]:
        """Candidates on a photo (uint8 H×W×3, RGB), strongest first, one for each place."""
        height, width = pixels.shape[:2]
        levels = _LEVELS[: _levels(max(height, width))]
        # shrunk once to what the finest tiles need: a 50-megapixel photo is read once, not eight times
        small = _shrunk(pixels, _NEAR.side / levels[-1][1])
        found: list[tuple[str, Detection]] = []
        for count, share in levels:
            for model in (_NEAR, _FULL):
                image = _shrunk(small, model.side / share)
                ratio = np.array([width / image.shape[1], height / image.shape[0]], np.float32)
                found += [(model.name, each) for each in self._tiles(image, model, count, ratio)]
        return _merge(found)

    def find_quickly(self, pixels: Pixels) -> tuple[Detection, ...]:
        """As `find`, by one model that looks once at four overlapping quarters: it sees faces that the border cuts."""
        count, share = _QUARTERS
        height, width = pixels.shape[:2]
        image = _shrunk(pixels, _NEAR.side / share)
        ratio = np.array([width / image.shape[1], height / image.shape[0]], np.float32)
        return _merge([(_NEAR.name, each) for each in self._tiles(image, _NEAR, count, ratio)])

    def _tiles(self, image: Pixels, model: _Model, count: int, ratio: Float) -> Iterator[Detection]:
        """Detections of one model in `count`² overlapping tiles of `image`; the photo is `ratio` (x, y) larger."""
        high, wide = image.shape[:2]
        tile_w, tile_h = min(wide, model.side), min(high, model.side)
        for y in _starts(high, tile_h, count):
            for x in _starts(wide, tile_w, count):
                raw = self._run(image[y : y + tile_h, x : x + tile_w], model)
                yield from _whole_faces(raw, (x, y), (tile_w, tile_h), (wide, high), ratio)

    def _run(self, tile: Pixels, model: _Model) -> _Raw:
        """One pass over a tile of at most the model's side, in the tile's own continuous coordinates."""
        image = np.zeros((1, model.side, model.side, 3), np.float32)
        left, top = (model.side - tile.shape[1]) // 2, (model.side - tile.shape[0]) // 2
        image[0, top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        image = image / np.float32(127.5) - np.float32(1)
        out = self._runtime.run(model.name, {only_input(self._runtime.session(model.name)): image})
        values = np.concatenate([out[boxes][0] for boxes, _ in model.outputs])
        logits = np.concatenate([out[scores][0, :, 0] for _, scores in model.outputs])
        scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
        keep = scores > self._threshold
        anchors, values = self._anchors[model.name][keep], values[keep]
        centres = values[:, :2] + anchors - (left, top)
        half = values[:, 2:4] / 2
        points = values[:, 4:16].reshape(-1, 6, 2) + anchors[:, None] - (left, top)
        boxes = np.concatenate([centres - half, centres + half], 1)
        return _blend(_Raw(boxes, points, scores[keep]))


def overlap(one: Float, many: Float) -> tuple[Float, Float]:
    """Common areas of a box and others, as shares of their union and of the smaller of both.

    Args:
        one: float32 (4,): x0, y0, x1, y1.
        many: float32 (n, 4).

    Returns:
        Two arrays float32 (n,), 0..1.
    """
    low, high = np.maximum(one[:2], many[:, :2]), np.minimum(one[2:], many[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    area = float(np.prod(one[2:] - one[:2]))
    areas = np.prod(many[:, 2:] - many[:, :2], axis=1)
    return common / (areas + area - common + 1e-9), common / (np.minimum(areas, area) + 1e-9)


def _levels(long_side: int) -> int:
    """Number of levels: at 2×2 tiles a face of 48 px is ~10 px of the input where a photo is 1,800 px long."""
    return 3 + (long_side > 1800) + (long_side > 3600)


def _shrunk(pixels: Pixels, long_side: float) -> Pixels:
    """The picture with its longer side `long_side` px; a smaller one is enlarged: the models want large faces."""
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=mode), np.uint8)


def _starts(length: int, tile: int, count: int) -> Sequence[int]:
    """Left ends of at most `count` tiles that cover `length` evenly."""
    if length <= tile:
        return [0]
    return [round((length - tile) * index / (count - 1)) for index in range(count)]


def _blend(raw: _Raw, threshold: float = 0.3) -> _Raw:
    """Overlapping answers of one pass, averaged by their scores as BlazeFace does: steadier than the best."""
    rest = np.argsort(-raw.scores)
    boxes, points, scores = [], [], []
    while len(rest):
        near = overlap(raw.boxes[rest[0]], raw.boxes[rest])[0] > threshold
        near[0] = True
        group, weight = rest[near], raw.scores[rest[near]]
        boxes.append(np.average(raw.boxes[group], axis=0, weights=weight))
        points.append(np.average(raw.keypoints[group], axis=0, weights=weight))
        scores.append(raw.scores[rest[0]])
        rest = rest[~near]
    return _Raw(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(points, np.float32).reshape(-1, 6, 2),
        np.array(scores, np.float32),
    )


def _whole_faces(
    raw: _Raw,
    start: tuple[int, int],
    tile: tuple[int, int],
    whole: tuple[int, int],
    ratio: Float,
) -> Iterator[Detection]:
    """Detections in photo pixels, without those that a tile's inner border cuts."""
    low, high = np.array(start), np.array(start) + tile
    for box, points, score in zip(raw.boxes, raw.keypoints, raw.scores, strict=True):
        cut_low = (box[:2] < 2) & (low > 0)
        cut_high = (box[2:] > np.array(tile) - 2) & (high < whole)
        if cut_low.any() or cut_high.any():
            continue
        corners = ((box.reshape(2, 2) + low) * ratio - 0.5).reshape(4)
        yield Detection(corners.astype(np.float32), ((points + low) * ratio - 0.5).astype(np.float32), float(score))


def _merge(found: Sequence[tuple[str, Detection]]) -> tuple[Detection, ...]:
    """One detection for each place: the strongest of its group, with the number of detectors that saw it."""
    rest = sorted(found, key=lambda pair: -pair[1].score)
    merged = []
    while rest:
        best = rest[0][1]
        union, inside = overlap(best.box, np.stack([each.box for _, each in rest]))
        near = (union > 0.3) | ((inside > 0.7) & (union > 0.15))  # a part of a face may score more than the face
        voters = {name for (name, _), here in zip(rest, near, strict=True) if here}
        merged.append(Detection(best.box, best.keypoints, best.score, len(voters)))
        rest = [pair for pair, here in zip(rest, near, strict=True) if not here]
    return tuple(merged)
