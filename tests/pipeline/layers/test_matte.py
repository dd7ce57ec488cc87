"""The matte follows soft edges and single hairs, and holds one person only."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pipeline.faces.finder import Face, FaceFinder, Pose
from pipeline.faces.mesh_topology import LEFT_EAR, OVAL, RIGHT_EAR
from pipeline.image_ops import gaussian, polygon_mask
from pipeline.layers.matte import person_mask, person_matte
from pipeline.runtime import Runtime
from weights.store import WeightStore

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]


@dataclass(frozen=True)
class Composition:
    """A person of known alpha before a wall; `mask` is what a rough network would say of it."""

    pixels: Pixels
    alpha: Float
    mask: Float
    face: Face


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    return np.ascontiguousarray(data.astronaut()[:300, 64:384])


def face_at(x: float, y: float, width: float) -> Face:
    """A face whose outline is an ellipse of that width."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, :2] = (x, y)
    angles = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    ring = np.stack([np.sin(angles) * width / 2, -np.cos(angles) * width * 0.65], -1)
    landmarks[list(OVAL), :2] += ring.astype(np.float32)
    landmarks[RIGHT_EAR, :2], landmarks[LEFT_EAR, :2] = (x - width / 2, y), (x + width / 2, y)
    box = np.array([x - width / 2, y - width * 0.65, x + width / 2, y + width * 0.65], np.float32)
    return Face(box, landmarks, Pose(0.0, 0.0, 0.0), 1.0, 1.0)


def composed(size: int = 400, softness: float = 2.0, hairs: bool = True) -> Composition:
    """A head with a soft edge and single hairs, darker than a wall with a gradient and a little grain."""
    rng = np.random.default_rng(3)
    unit = size / 400
    fine = np.zeros((size * 2, size * 2), np.uint8)
    cv2.ellipse(fine, (size, size), (round(180 * unit), round(240 * unit)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    if hairs:
        for angle in np.linspace(-2.6, -0.5, 14):
            start = np.array([size, size]) + np.array([170 * np.cos(angle), 230 * np.sin(angle)]) * unit
            end = start + 26 * unit * np.array([np.cos(angle), np.sin(angle)])
            cv2.line(fine, start.astype(int).tolist(), end.astype(int).tolist(), 255, 3, cv2.LINE_AA)
    alpha = gaussian(cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255, softness)
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    wall = np.stack([190 + 30 * x, 200 - 20 * y, 215 + 20 * x * y], -1)
    person = np.stack([110 - 30 * y, 70 + 20 * x, 50 + 10 * y], -1)
    share = alpha[..., None]
    pixels = person * share + wall * (1 - share) + rng.normal(0, 1.5, wall.shape)
    mask = gaussian((gaussian(alpha, 6 * unit) > 0.5).astype(np.float32), 3 * unit)
    return Composition(
        np.clip(pixels, 0, 255).astype(np.uint8), alpha, mask, face_at(size / 2, size / 2 + 20 * unit, 130 * unit)
    )


def along_edge(scene: Composition) -> NDArray[np.bool_]:
    unsure = ((scene.alpha > 0.02) & (scene.alpha < 0.98)).astype(np.uint8)
    return np.asarray(cv2.dilate(unsure, np.ones((5, 5), np.uint8)) > 0)


def error(matte: Float, scene: Composition) -> float:
    """Mean absolute error along the edge."""
    return float(np.abs(matte - scene.alpha)[along_edge(scene)].mean())


@pytest.mark.parametrize(
    ("size", "softness", "bound"),
    [(400, 1.0, 0.02), (400, 2.0, 0.03), (900, 3.0, 0.035)],
    ids=["sharp", "soft", "large"],
)
def test_the_edge_is_as_soft_as_it_is(size: int, softness: float, bound: float) -> None:
    scene = composed(size, softness)
    matte = person_matte(scene.pixels, scene.mask, scene.face)
    assert matte.shape == (size, size)
    assert matte.dtype == np.float32
    assert 0 <= matte.min() <= matte.max() <= 1
    assert error(matte, scene) < bound
    assert error(matte, scene) < 0.6 * error(scene.mask, scene)  # the rough mask alone would not do


def test_single_hairs_are_seen() -> None:
    """Hairs lie where the rough mask says wall."""
    bald, scene = composed(hairs=False), composed(softness=0.5)
    hairs = (scene.alpha - bald.alpha > 0.5) & (scene.mask < 0.1)
    assert hairs.sum() > 100
    matte = person_matte(scene.pixels, scene.mask, scene.face)
    assert matte[hairs].mean() > 0.6
    assert scene.mask[hairs].mean() < 0.1


def test_surely_person_and_surely_wall_are_exact() -> None:
    scene = composed()
    matte = person_matte(scene.pixels, scene.mask, scene.face)
    inside = cv2.erode(scene.alpha, np.ones((31, 31))) > 0.99
    outside = cv2.dilate(scene.alpha, np.ones((61, 61))) < 0.01
    assert (matte[inside] == 1).all()
    assert (matte[outside] == 0).all()


def test_somebody_elses_island_is_not_this_person() -> None:
    scene = composed(hairs=False)
    pixels, mask = scene.pixels.copy(), scene.mask.copy()
    cv2.circle(pixels, (40, 340), 25, (60, 40, 200), -1, cv2.LINE_AA)
    cv2.circle(mask, (40, 340), 25, 1.0, -1)
    matte = person_matte(pixels, mask, scene.face)
    assert matte[310:370, 10:70].max() == 0
    assert matte[scene.alpha > 0.99].min() > 0.95


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_mask_that_knows_nothing(value: float) -> None:
    """The face oval at least is the person, and nothing breaks where there is no wall."""
    scene = composed(size=160)
    matte = person_matte(scene.pixels, np.full_like(scene.mask, value), scene.face)
    oval = polygon_mask((160, 160), scene.face.landmarks[list(OVAL), :2]) > 0
    assert np.isfinite(matte).all()
    assert matte[cv2.erode(oval.astype(np.uint8), np.ones((9, 9))) > 0].min() > 0.9
    if value == 1:
        assert (matte == 1).all()


def test_the_network_finds_the_person(runtime: Runtime, astronaut: Pixels) -> None:
    mask = person_mask(runtime, astronaut)
    assert mask.shape == astronaut.shape[:2]
    assert mask.dtype == np.float32
    assert 0 <= mask.min() <= mask.max() <= 1
    assert mask[80:150, 130:190].min() > 0.8  # her face
    assert mask[:80, :60].max() < 0.2  # the wall
    assert mask[:80, -60:].max() < 0.2


def test_other_faces_are_left_out(runtime: Runtime, astronaut: Pixels) -> None:
    pair = np.hstack([astronaut[:, ::-1], astronaut])
    left, right = sorted(FaceFinder(runtime).find(pair), key=lambda face: float(face.box[0]))
    mask = person_mask(runtime, pair)
    for me, other in ((left, right), (right, left)):
        mine = polygon_mask((300, 640), me.landmarks[list(OVAL), :2])
        theirs = polygon_mask((300, 640), other.landmarks[list(OVAL), :2]).astype(np.uint8)
        matte = person_matte(pair, mask, me, (other,))
        assert matte[cv2.erode(mine, np.ones((9, 9))) > 0].min() > 0.9
        assert matte[theirs > 0].mean() < 0.05
        assert matte[cv2.erode(theirs, np.ones((25, 25))) > 0].max() == 0
