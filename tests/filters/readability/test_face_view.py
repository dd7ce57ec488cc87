"""The view of a face is level, of one size, and its landmarks lie where they belong."""

from __future__ import annotations

import pytest

from filters.readability.face_view import SIDE, cut_face_view
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES


def test_the_view_is_level_and_of_one_size(astronaut: Pixels, face: Face) -> None:
    view = cut_face_view(astronaut, face)
    assert view.pixels.shape == (SIDE, SIDE, 3)
    assert view.points[33, 1] == pytest.approx(view.points[263, 1], abs=0.1)
    eye = list(EYES[0])
    outside = view.grey[view.mask((234, 117, 50))].mean()
    assert view.grey[view.mask(tuple(eye))].mean() < outside  # the points lie where the eye is


def test_a_mask_grows(astronaut: Pixels, face: Face) -> None:
    view = cut_face_view(astronaut, face)
    mask, wider = view.mask(EYES[0]), view.mask(EYES[0], grow=0.05)
    assert mask.any()
    assert (wider & mask == mask).all()
    assert wider.sum() > mask.sum()
