"""Right and left are the person's, and the parts of the mesh fit together."""

from __future__ import annotations

import pytest

from pipeline.faces import mesh_topology as mesh
from pipeline.faces.head_pose import MEAN_FACE
from pipeline.faces.head_pose import POINTS as FITTED
from pipeline.faces.landmarks import LID_POINTS, REFINED_LEFT_EYE, REFINED_RIGHT_EYE

MEAN = dict(zip(FITTED, MEAN_FACE, strict=True))  # landmark → x to the picture's right, y down, z


@pytest.mark.parametrize("part", ["EYE_OUTER", "EYE_INNER", "EAR"])
def test_the_persons_right_is_the_pictures_left(part: str) -> None:
    right, left = getattr(mesh, f"RIGHT_{part}"), getattr(mesh, f"LEFT_{part}")
    assert MEAN[right][0] < 0 < MEAN[left][0]
    assert MEAN[right][0] == -MEAN[left][0]


@pytest.mark.parametrize("side", ["RIGHT", "LEFT"])
def test_lids_go_from_corner_to_corner_along_the_picture(side: str) -> None:
    upper, lower = getattr(mesh, f"{side}_UPPER_LID"), getattr(mesh, f"{side}_LOWER_LID")
    assert (upper[0], upper[-1]) == (lower[0], lower[-1])
    assert {upper[0], upper[-1]} == {getattr(mesh, f"{side}_EYE_OUTER"), getattr(mesh, f"{side}_EYE_INNER")}
    assert MEAN[upper[0]][0] < MEAN[upper[-1]][0]


def test_a_contour_is_the_lid_line_of_the_refined_eye() -> None:
    right, left = (set(eye) for eye in mesh.EYES)
    assert right == set(REFINED_RIGHT_EYE[:LID_POINTS])
    assert left == set(REFINED_LEFT_EYE[:LID_POINTS])
    assert all(len(eye) == LID_POINTS for eye in mesh.EYES)


def test_irises_follow_the_skin() -> None:
    assert (*mesh.RIGHT_IRIS, *mesh.LEFT_IRIS) == tuple(range(mesh.SKIN_POINTS, mesh.POINTS))


def test_the_outline_passes_the_marked_points_once() -> None:
    assert len(set(mesh.OVAL)) == len(mesh.OVAL)
    marked = [mesh.OVAL.index(point) for point in (mesh.FOREHEAD, mesh.LEFT_EAR, mesh.CHIN, mesh.RIGHT_EAR)]
    assert marked == sorted(marked)
