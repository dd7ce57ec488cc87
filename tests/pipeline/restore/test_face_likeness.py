"""Likeness after a repair: a face stays itself, and the rest of the photo is repaired all the same."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Mask, Pixels
from pipeline.faces.descriptor import describe_face
from pipeline.faces.finder import Face, FaceFinder
from pipeline.restore.defects import find_defects
from pipeline.restore.face_likeness import LEAST_LIKENESS, repair_photo
from pipeline.restore.repair import repair_defects
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore
from weights.train import damage

NOSTRILS = (98, 327)


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    picture = cv2.imdecode(np.frombuffer(astronaut(), np.uint8), cv2.IMREAD_GRAYSCALE)
    return damage.to_grayscale(np.repeat(np.asarray(picture, np.uint8)[..., None], 3, axis=2))


@pytest.fixture(scope="module")
def face(portrait: Pixels, runtime: Runtime) -> Face:
    (only,) = FaceFinder(runtime).find(portrait)
    return only


def _draw(portrait: Pixels, *strokes: tuple[tuple[float, float], tuple[float, float], int]) -> Mask:
    drawn = np.zeros(portrait.shape[:2], np.uint8)
    for start, end, width in strokes:
        cv2.line(drawn, tuple(map(int, start)), tuple(map(int, end)), 1, width)
    return drawn > 0


def test_a_repair_that_takes_the_eyes_is_left_out_on_the_face_alone(
    portrait: Pixels, face: Face, runtime: Runtime
) -> None:
    eyes = _draw(portrait, (face.landmarks[33, :2], face.landmarks[263, :2], 14))
    wall = _draw(portrait, ((10, 400), (10, 500), 3))
    known = describe_face(runtime, portrait, face)
    worst = float(known @ describe_face(runtime, repair_defects(portrait, eyes | wall), face))
    assert worst < LEAST_LIKENESS  # what would have come out
    repaired = repair_photo(portrait, eyes | wall, [face], runtime)
    assert float(known @ describe_face(runtime, repaired, face)) > 0.9999
    assert not np.any(repaired[eyes] != portrait[eyes]) and np.any(repaired[wall] != portrait[wall])


def test_a_scratch_over_a_cheek_is_filled(portrait: Pixels, face: Face, runtime: Runtime) -> None:
    scratch = _draw(portrait, (face.landmarks[234, :2], face.landmarks[152, :2], 2))
    hurt = np.where(scratch[..., None], np.uint8(240), portrait)
    repaired = repair_photo(hurt, scratch, [face], runtime)
    known = describe_face(runtime, portrait, face)
    before, after = (float(known @ describe_face(runtime, one, face)) for one in (hurt, repaired))
    assert after >= before - 0.001
    error = np.abs(repaired.astype(int) - portrait)[scratch].mean()
    assert error < 0.2 * np.abs(hurt.astype(int) - portrait)[scratch].mean()


def test_nostrils_are_no_dust(portrait: Pixels, runtime: Runtime) -> None:
    hurt = np.asarray(cv2.resize(portrait[40:220, 134:314], (480, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
    (face,) = FaceFinder(runtime).find(hurt)
    rng = np.random.default_rng(4)
    nostrils = [tuple(map(int, face.landmarks[point, :2])) for point in NOSTRILS]
    for x, y in [*rng.uniform(0, 480, (25, 2)).astype(int).tolist(), *nostrils]:
        cv2.circle(hurt, (x, y), 2, (40, 40, 40), -1, cv2.LINE_AA)
    for start, end in rng.uniform(0, 480, (5, 2, 2)).astype(int).tolist():
        cv2.line(hurt, start, end, (240, 240, 240), 2, cv2.LINE_AA)
    found = find_defects(hurt, (face,), runtime)
    assert found.ask_for_repair
    for x, y in nostrils:
        assert not found.mask[y - 2 : y + 3, x - 2 : x + 3].any()
