"""Chips for the colour net: balanced to white light, masks in their place, photos without colour passed by."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.faces.finder import Face, FaceFinder
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from skill.train.colour import SIDE, balance_light, prepare_chips, save_chips
from weights.store import WeightStore
from weights.train.damage import Pixels, to_sepia


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def photo() -> Pixels:
    decoded = cv2.imdecode(np.frombuffer(astronaut(), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(np.asarray(decoded, np.uint8)[:256, 100:356, ::-1])


@pytest.fixture(scope="module")
def face(runtime: Runtime, photo: Pixels) -> Face:
    return FaceFinder(runtime).find(photo)[0]


def write(path: Path, pixels: Pixels) -> None:
    cv2.imwrite(str(path), np.ascontiguousarray(pixels[..., ::-1]))


def test_a_portrait_gives_chips_and_a_sepia_none(tmp_path: Path, runtime: Runtime, photo: Pixels) -> None:
    (tmp_path / "photos").mkdir()
    write(tmp_path / "photos" / "colour.png", photo)
    write(tmp_path / "photos" / "sepia.png", to_sepia(photo))
    (tmp_path / "photos" / "notes.txt").write_text("no photo")
    save_chips(prepare_chips([tmp_path], runtime), tmp_path / "chips.npz")
    with np.load(tmp_path / "chips.npz") as stored:
        pixels, parts, planes = stored["pixels"], stored["parts"], stored["planes"]
    assert pixels.shape[1:] == (SIDE, SIDE, 3)
    assert (parts.shape, planes.shape) == ((len(pixels), SIDE, SIDE, 5), (len(pixels), 2, 3))
    assert 1 <= len(pixels) <= 2  # of one photo
    for masks, plane in zip(parts, planes, strict=True):
        rows, columns = np.nonzero(masks[..., 0])
        middle = plane @ np.array([columns.mean(), rows.mean(), 1])
        assert np.abs(middle).max() < 0.15  # skin is in the middle of the face's plane
        assert (masks[..., 4][masks[..., 0] == 255] > 128).mean() > 0.9  # and belongs to a person


def test_the_lights_own_colour_is_taken_away(photo: Pixels, face: Face) -> None:
    def hue(pixels: Pixels) -> float:
        x0, y0, x1, y1 = (round(float(end)) for end in face.box)
        lab = cv2.cvtColor(pixels[y0:y1, x0:x1].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        a, b = np.median(lab[..., 1:].reshape(-1, 2), axis=0)
        return float(np.degrees(np.arctan2(b, a)))

    reddish = np.clip(photo * np.array([1.12, 1.0, 1.0]), 0, 255).astype(np.uint8)
    balanced = balance_light(reddish, face)
    assert balanced is not None
    assert abs(hue(balanced) - 52) < 0.6 * abs(hue(reddish) - 52)
    green = np.clip(photo * np.array([0.5, 1.0, 0.5]), 0, 255).astype(np.uint8)
    assert balance_light(green, face) is None
