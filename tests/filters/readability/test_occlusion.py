"""Things in front of a face: the right part is hidden, and a bar is no pair of glasses."""

from __future__ import annotations

import numpy as np
import pytest

from filters.readability.occlusion import read_occlusion
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES
from pipeline.runtime import Runtime
from tests.filters.readability.changes import bar, paint_over


def test_a_bar_is_no_pair_of_glasses_to_take_off(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    assert read_occlusion(bar(astronaut, face.landmarks[:, :2]), face, runtime).cause != "dark_glasses"


def test_the_hidden_eye_is_the_persons_own(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    eye = face.landmarks[list(EYES[0]), :2]
    middle, width = eye.mean(axis=0), float(np.ptp(eye[:, 0]))
    patch = middle + np.array([[-1, -0.7], [1, -0.7], [1, 0.7], [-1, 0.7]]) * width
    reading = read_occlusion(paint_over(astronaut, patch.astype(np.float32), (10, 10, 10)), face, runtime)
    assert reading.right_eye > 0.8 > 0.5 > reading.left_eye
    assert reading.cause == "eyes"


def test_an_array_that_is_no_photo_is_refused(no_photo: Pixels, face: Face, runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="uint8"):
        read_occlusion(no_photo, face, runtime)
