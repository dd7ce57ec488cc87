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
from tests.filters.readability.changes import bar, hard_light, paint_over


def net_that_answers(eye: float, nose: float, mouth: float) -> Runtime:
    """A net that sees one thing before the right eye, the nose and the mouth, with these chances."""

    class Net:
        def session(self, name: str) -> Any:
            return SimpleNamespace(get_inputs=lambda: [SimpleNamespace(name="chip")])

        def run(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
            covered = np.array([[0.0, eye, nose, mouth], [eye, 0.0, nose, mouth]], np.float32)
            return {"covered": covered, "kind": np.array([[0, 0, 0, 1], [0, 0, 0, 1]], np.float32)}

    return cast(Runtime, Net())


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
    assert read_occlusion(astronaut, face, net_that_answers(eye, nose, 0.7)).cause == cause


def test_lips_in_hard_light_are_free_and_a_sheet_before_them_is_none(astronaut: Pixels, face: Face) -> None:
    shut = paint_over(astronaut, face.landmarks[[78, 81, 13, 311, 308, 402, 14, 178], :2], (30, 10, 10))
    hard = hard_light(shut, face.landmarks)
    net = net_that_answers(0.0, 0.9, 0.97)
    assert read_occlusion(hard, face, net).cause == ""
    assert read_occlusion(astronaut, face, net).cause == "mouth"
    sheet = paint_over(hard, face.landmarks[[187, 411, 379, 150], :2], (250, 250, 250))
    assert read_occlusion(sheet, face, net).cause == "mouth"


def test_an_array_that_is_no_photo_is_refused(no_photo: Pixels, face: Face, runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="uint8"):
        read_occlusion(no_photo, face, runtime)
