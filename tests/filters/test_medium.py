"""Photo, painting, drawing, statue or animal: a photo passes, a bronze does not; what is no answer is an error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import cv2
import numpy as np
import pytest

from filters.face_features import FaceFeatures
from filters.medium import MediumReading, is_cold, read_medium
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=["CPUExecutionProvider"], threads=2)


def photo_of_astronaut() -> Pixels:
    return read_photo(astronaut())


@pytest.fixture(scope="module")
def face(runtime: Runtime) -> Face:
    return FaceFinder(runtime).find(photo_of_astronaut())[0]


def test_a_photo_is_one_also_without_colours(runtime: Runtime, face: Face) -> None:
    photo = photo_of_astronaut()
    grey = np.repeat(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    for pixels in (photo, np.asarray(grey, np.uint8)):
        reading = read_medium(FaceFeatures(pixels, face, runtime))
        assert (reading.kind, reading.is_surely_photo) == ("", True)


def test_a_face_in_a_few_flat_colours_is_no_photo(runtime: Runtime, face: Face) -> None:
    smooth = photo_of_astronaut()
    for _ in range(6):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 9, 60, 9), np.uint8)
    drawn = np.asarray(smooth // 48 * 48 + 24, np.uint8)
    edges = cv2.dilate(cv2.Canny(smooth, 40, 90), np.ones((2, 2), np.uint8))
    drawn[edges > 0] = 0
    reading = read_medium(FaceFeatures(drawn, face, runtime))
    assert reading.kind == "drawing"
    assert not reading.is_surely_photo


@pytest.mark.parametrize(
    ("chances", "kind"),
    [
        ((0.1, 0.0, 0.7, 0.2, 0.0), "drawing"),
        ((0.1, 0.0, 0.6, 0.3, 0.0), "statue"),
        ((0.1, 0.0, 0.0, 0.2, 0.7), "animal"),
        ((0.0, 1.0, 0.0, 0.0, 0.0), ""),
        ((0.3, 0.0, 0.7, 0.0, 0.0), ""),
    ],
)
def test_drawing_statue_and_animal_count_together(chances: tuple[float, ...], kind: str) -> None:
    assert MediumReading(chances).kind == kind


def test_a_face_of_few_pixels_has_to_be_a_surer_statue() -> None:
    """A woman on a scan of 260 pixels was called one."""
    chances = (0.12, 0.01, 0.0, 0.87, 0.0)
    assert [MediumReading(chances, width).kind for width in (59, 160)] == ["", "statue"]
    assert MediumReading((0.02, 0.0, 0.0, 0.98, 0.0), 59).kind == "statue"


def test_a_face_of_one_cold_colour_that_is_no_sure_photo_is_a_statue() -> None:
    """Weathered copper is taken for a painting by the net."""
    painting, photo = (0.0, 0.99, 0.0, 0.01, 0.0), (0.6, 0.4, 0.0, 0.0, 0.0)
    assert [MediumReading(one, 160, is_cold=True).kind for one in (painting, photo)] == ["statue", ""]
    assert MediumReading(painting, 160).kind == ""


def test_copper_is_cold_and_no_skin_is_nor_grey_nor_sepia(runtime: Runtime, face: Face) -> None:
    chip = FaceFeatures(photo_of_astronaut(), face, runtime).level_chip(mirrored=False)
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
    copper, sepia = (np.asarray((grey * tone).clip(0, 255), np.uint8) for tone in ((0.8, 1.0, 0.93), (1.0, 0.85, 0.65)))
    plain = np.asarray(np.repeat(grey, 3, axis=2), np.uint8)
    assert [is_cold(one) for one in (copper, chip, plain, sepia)] == [True, False, False, False]


def test_an_answer_that_is_no_number_is_an_error(face: Face) -> None:
    class Broken:
        def session(self, name: str) -> Any:
            return SimpleNamespace(get_inputs=lambda: [SimpleNamespace(name="pixels")])

        def run(self, name: str, feeds: dict[str, Any]) -> dict[str, Any]:
            return {"global_pooling_Mean_o": np.zeros((1, 1024)), "logits": np.full((1, 5), np.nan)}

    with pytest.raises(ValueError, match="medium"):
        read_medium(FaceFeatures(photo_of_astronaut(), face, cast(Runtime, Broken())))
