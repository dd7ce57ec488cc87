"""The skin of limbs: bare arms and legs as far as sleeves and skirts, and no sleeve and no trouser leg."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.arrays import Float
from pipeline.bodies.finder import ANKLES, ELBOWS, HIPS, KNEES, POINTS, SHOULDERS, TOES, WRISTS, Body
from pipeline.faces.crop import Square
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import OVAL
from pipeline.restore.limb_skin import find_limb_skin

SIZE = (480, 240)
SKIN = 62.0
PLACES = {
    SHOULDERS: ((165, 125), (75, 125)),
    ELBOWS: ((180, 190), (60, 190)),
    WRISTS: ((185, 245), (55, 245)),
    HIPS: ((145, 240), (95, 240)),
    KNEES: ((148, 340), (92, 340)),
    ANKLES: ((150, 430), (90, 430)),
    TOES: ((160, 450), (80, 450)),
}
BREADTHS = {"arms": 28, "thighs": 34}
LIMBS = {"arms": (SHOULDERS, ELBOWS), "forearms": (ELBOWS, WRISTS), "thighs": (HIPS, KNEES), "shins": (KNEES, ANKLES)}


@pytest.fixture(scope="module")
def face() -> Face:
    turn = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = (120, 60)
    points[list(OVAL), :2] = np.stack([120 + 26 * np.sin(turn), 60 - 35 * np.cos(turn)], axis=1)
    points[[33, 133], :2], points[[362, 263], :2] = ((107, 55), (114, 55)), ((126, 55), (133, 55))
    return Face(np.array((94, 25, 146, 95), np.float32), points, Pose(0, 0, 0), 1.0, 1.0)


@pytest.fixture(scope="module")
def body() -> Body:
    points = np.zeros((POINTS, 2), np.float32)
    for pair, places in PLACES.items():
        points[list(pair)] = places
    return Body(points, np.ones(POINTS, np.float32), np.ones((8, 8), np.float32), Square(120, 240, 480))


def draw(body: Body, shirt: float, skirt: float, limbs: dict[str, float]) -> Float:
    """Lightness of a person before a dark wall; limbs that are not named are bare."""
    light = np.full(SIZE, 15.0, np.float32)
    for name, pairs in LIMBS.items():
        for start, end in zip(*pairs, strict=True):
            ends = np.rint(body.points[[start, end]]).astype(int).tolist()
            cv2.line(light, ends[0], ends[1], limbs.get(name, SKIN), BREADTHS.get(name, 22))
    cv2.rectangle(light, (80, 115), (160, 235), shirt, -1)
    cv2.rectangle(light, (75, 225), (165, 262), skirt, -1)
    cv2.ellipse(light, (120, 60), (26, 35), 0, 0, 360, 65, -1)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    light += 4 * np.sin(x / 9) + 2 * np.sin(y / 11)  # the light's own falling off, as on every photo
    return light + np.random.default_rng(1).normal(0, 1.0, SIZE).astype(np.float32)


def coverage(skin: Float, body: Body) -> dict[str, float]:
    """The middle of the skin along each kind of limb, past a skirt's hem and a shirt's edge."""
    shares = {}
    for name, pairs in LIMBS.items():
        ends = [body.points[[start, end]] for start, end in zip(*pairs, strict=True)]
        places = [np.rint(one + share * (two - one)).astype(int) for one, two in ends for share in (0.6, 0.7, 0.8)]
        shares[name] = float(np.mean([skin[y, x] for x, y in places]))
    return shares


def test_bare_limbs_are_skin_and_nothing_else_is(body: Body, face: Face) -> None:
    light = draw(body, 30, 25, {})
    skin = find_limb_skin(light, np.ones_like(light), body, face, 1.0)
    assert min(coverage(skin, body).values()) > 0.7
    assert skin[130:220, 95:145].max() < 0.05  # the shirt
    assert skin[:, :20].max() < 0.05 and skin[:110].max() < 0.05  # the wall


def test_sleeves_and_trousers_stay(body: Body, face: Face) -> None:
    light = draw(body, 40, 25, {"arms": 40, "forearms": 40, "thighs": 25, "shins": 25})
    assert find_limb_skin(light, np.ones_like(light), body, face, 1.0).max() < 0.05


def test_short_sleeves_leave_forearms_bare(body: Body, face: Face) -> None:
    light = draw(body, 92, 25, {"arms": 92, "thighs": 25, "shins": 25})
    shares = coverage(find_limb_skin(light, np.ones_like(light), body, face, 1.0), body)
    assert shares["forearms"] > 0.8
    assert max(shares[name] for name in ("arms", "thighs", "shins")) < 0.05


def test_a_shirt_as_light_as_the_face_with_its_folds_stays(body: Body, face: Face) -> None:
    light = draw(body, SKIN, 25, {"thighs": 25, "shins": 25})
    folds = np.random.default_rng(2).normal(0, 6, SIZE).astype(np.float32)
    light[100:] += cv2.GaussianBlur(folds, (0, 0), 1.0)[100:] * 2
    assert max(coverage(find_limb_skin(light, np.ones_like(light), body, face, 1.0), body).values()) < 0.05


def test_upper_arms_are_bare_only_where_forearms_are(body: Body, face: Face) -> None:
    light = draw(body, 30, 25, {"forearms": 30, "thighs": 25, "shins": 25})
    shares = coverage(find_limb_skin(light, np.ones_like(light), body, face, 1.0), body)
    assert max(shares.values()) < 0.05


def test_limbs_beside_cloth_of_their_tone_stay(body: Body, face: Face) -> None:
    light = draw(body, SKIN, SKIN, {})
    assert find_limb_skin(light, np.ones_like(light), body, face, 1.0).max() < 0.05


def test_limbs_that_are_not_seen_stay(body: Body, face: Face) -> None:
    light = draw(body, 30, 25, {})
    hidden = replace(body, seen=np.zeros(POINTS, np.float32))
    assert find_limb_skin(light, np.ones_like(light), hidden, face, 1.0).max() == 0
