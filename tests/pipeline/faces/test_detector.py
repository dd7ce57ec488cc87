"""Detections of tiles become one detection a place, in photo pixels."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from pipeline.arrays import AnyArray, Pixels
from pipeline.faces.detector import Detection, Detector, overlap
from pipeline.runtime import Runtime

MARK = (200, 40, 40)


class MarkDetector:
    """Stands for both models: a red spot is a face, three times as large as the spot; others see nothing."""

    GRIDS = ((16, 2), (32, 6)), ((4, 1),)

    def __init__(self, *blind: str) -> None:
        self.blind = blind

    def session(self, name: str) -> Any:
        return SimpleNamespace(get_inputs=lambda: [SimpleNamespace(name="input")])

    def run(self, name: str, feeds: dict[str, AnyArray]) -> dict[str, AnyArray]:
        image = feeds["input"][0]
        side = image.shape[0]
        grids = self.GRIDS[name == "face_detector_full"]
        anchors = np.concatenate([self.anchors(side, step, count) for step, count in grids])
        values, logits = np.zeros((1, len(anchors), 16), np.float32), np.full((1, len(anchors), 1), -50, np.float32)
        rows, columns = np.nonzero((image[..., 0] > 0.3) & (image[..., 1] < 0))
        if len(rows) and name not in self.blind:
            centre = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
            size = 3.0 * (np.ptp(columns) + 1)
            nearest = int(np.linalg.norm(anchors - centre, axis=1).argmin())
            values[0, nearest, :2], values[0, nearest, 2:4] = centre - anchors[nearest], size
            points = centre + size * np.array([(-0.2, -0.2), (0.2, -0.2), (0, 0), (0, 0.2), (-0.4, 0), (0.4, 0)])
            values[0, nearest, 4:] = (points - anchors[nearest]).ravel()
            logits[0, nearest] = 4
        if name == "face_detector_full":
            return {"Identity": values, "Identity_1": logits}
        first = (side // 16) ** 2 * 2
        return {
            "Identity_2_o": values[:, :first],
            "Identity_o": logits[:, :first],
            "Identity_3_o": values[:, first:],
            "Identity_1_o": logits[:, first:],
        }

    def anchors(self, side: int, step: int, count: int) -> AnyArray:
        y, x = np.mgrid[: side // step, : side // step]
        return np.repeat((np.stack([x, y], -1).reshape(-1, 2) + 0.5) * step, count, axis=0)


def photo(*spots: tuple[int, int, int], size: tuple[int, int] = (900, 1200)) -> Pixels:
    """A grey photo (height, width) with square red spots: (x, y, side)."""
    pixels = np.full((*size, 3), 100, np.uint8)
    for x, y, side in spots:
        pixels[y - side // 2 : y + side // 2, x - side // 2 : x + side // 2] = MARK
    return pixels


def find(pixels: Pixels, *blind: str) -> tuple[Detection, ...]:
    return Detector(cast(Runtime, MarkDetector(*blind))).find(pixels)


def test_a_face_is_found_once_whatever_tiles_show_it() -> None:
    (found,) = find(photo((300, 400, 100)))
    np.testing.assert_allclose(found.box, (150, 250, 450, 550), atol=8)
    np.testing.assert_allclose(found.keypoints[2], (300, 400), atol=4)
    assert found.votes == 2
    assert found.score == pytest.approx(1 / (1 + np.exp(-4)))


def test_votes_count_the_models_that_saw_it() -> None:
    (found,) = find(photo((300, 400, 100)), "face_detector_full")
    assert found.votes == 1
    assert find(photo((300, 400, 100)), "face_detector_full", "face_detector") == ()
    assert find(photo()) == ()


def test_a_small_face_comes_from_a_tile() -> None:
    # the whole photo is shrunk by 4.7 and more; its middle between two spots is no face
    found = find(photo((150, 150, 24), (1050, 750, 24)))
    centres = {tuple(np.round(one.keypoints[2] / 150).astype(int)) for one in found}
    assert {(1, 1), (7, 5)} <= centres


def test_the_landmarks_square_has_level_eyes() -> None:
    keypoints = np.array([(10, 10), (20, 20), (0, 0), (0, 0), (0, 0), (0, 0)], np.float32)
    square = Detection(np.array([0, 0, 40, 20], np.float32), keypoints, 0.9).square
    assert (square.x, square.y, square.size) == (20, 10, 60)
    assert square.angle == pytest.approx(np.pi / 4)


def test_overlap_is_a_share_of_the_union_and_of_the_smaller() -> None:
    one = np.array([0, 0, 10, 10], np.float32)
    others = np.array([(0, 0, 10, 10), (5, 0, 15, 10), (2, 2, 4, 4), (20, 20, 30, 30)], np.float32)
    union, smaller = overlap(one, others)
    np.testing.assert_allclose(union, (1, 1 / 3, 0.04, 0), atol=1e-6)
    np.testing.assert_allclose(smaller, (1, 0.5, 1, 0), atol=1e-6)
