"""Flat drawings are told from photographs."""

from __future__ import annotations

import numpy as np
import pytest

from filters.readability.drawing import read_drawing
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES
from tests.filters.readability.changes import paint_over


def test_a_flatly_filled_face_is_a_drawing(astronaut: Pixels, face: Face) -> None:
    flat = np.full_like(astronaut, 215)
    for eye in EYES:
        flat = paint_over(flat, face.landmarks[list(eye), :2], (30, 20, 20))
    flat = paint_over(flat, face.landmarks[[61, 0, 291, 17], :2], (190, 40, 40))
    assert read_drawing(flat, face).is_drawing
    assert not read_drawing(astronaut, face).is_drawing


def test_an_array_that_is_no_photo_is_refused(no_photo: Pixels, face: Face) -> None:
    with pytest.raises(ValueError, match="uint8"):
        read_drawing(no_photo, face)
