"""The neck below a face: as light as the face, to the collar, and nothing where clothes can't be told from it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.arrays import Float
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import OVAL
from pipeline.restore.colour_view import face_plane
from pipeline.restore.neck import find_neck

SIDE = 240


@pytest.fixture(scope="module")
def face() -> Face:
    """A round face in the upper half; its eyes stand level."""
    turn = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = (120, 80)
    points[list(OVAL), :2] = np.stack([120 + 30 * np.sin(turn), 80 - 40 * np.cos(turn)], axis=1)
    points[[33, 133], :2], points[[362, 263], :2] = ((105, 75), (113, 75)), ((127, 75), (135, 75))
    return Face(np.array((90, 40, 150, 120), np.float32), points, Pose(0, 0, 0), 1.0, 1.0)


def draw(face: Face, collar: float, cloth: float) -> tuple[Float, Float, Float]:
    """Lightness of skin, a dark wall and clothes; the places across and down, in units of the face."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    across, down = (row[0] * x + row[1] * y + row[2] for row in face_plane(face))
    light = np.full((SIDE, SIDE), 10, np.float32)
    light[(np.abs(across) < 0.25) & (down > 0) & (down < 0.8)] = 60
    light[across**2 / 0.75**2 + down**2 < 0.25] = 65
    light[down >= 0.8] = cloth
    light[(down >= 0.8) & (down < 0.85)] = collar
    return light, across, down


def test_a_neck_ends_at_the_collar(face: Face) -> None:
    light, across, down = draw(face, 95, 30)
    neck = find_neck(light, np.ones_like(light), face, 1.0)
    inside = (np.abs(across) < 0.15) & (down > 0.58) & (down < 0.72)
    assert neck[inside].mean() > 0.8
    assert neck[(down > 0.9) | (down < 0.3) | (np.abs(across) > 0.4)].max() < 0.05


def test_clothes_as_light_as_skin_stay(face: Face) -> None:
    light, *_ = draw(face, 60, 60)
    assert find_neck(light, np.ones_like(light), face, 1.0).max() == 0
