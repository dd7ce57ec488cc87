"""Things in front of a face: the right part is hidden, and a bar is no pair of glasses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

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


@pytest.mark.parametrize(("eye", "nose", "cause"), [(0.6, 0.6, "eyes"), (0.6, 0.3, ""), (0.3, 0.6, "")])
def test_what_hides_a_little_of_each_part_is_hair_across_the_face(
    astronaut: Pixels, face: Face, eye: float, nose: float, cause: str
) -> None:
    class Halves:
        """A net to which every part is half hidden."""

        def session(self, name: str) -> Any:
            return SimpleNamespace(get_inputs=lambda: [SimpleNamespace(name="chip")])

        def run(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
            covered = np.array([[0.0, eye, nose, 0.7], [eye, 0.0, nose, 0.7]], np.float32)
            return {"covered": covered, "kind": np.array([[0, 0, 0, 1], [0, 0, 0, 1]], np.float32)}

    assert read_occlusion(astronaut, face, cast(Runtime, Halves())).cause == cause


def test_an_array_that_is_no_photo_is_refused(no_photo: Pixels, face: Face, runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="uint8"):
        read_occlusion(no_photo, face, runtime)
