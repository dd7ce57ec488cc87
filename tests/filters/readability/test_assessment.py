"""The right reason for each thing that hinders, and none for a good face, however old its print."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from filters.messages import find_message
from filters.readability.assessment import assess_face
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime
from tests.filters.readability import changes
from tests.filters.readability.changes import Change
from weights.train import damage

HINDRANCES: dict[str, tuple[Change, Reason, set[str]]] = {
    "glasses": (changes.dark_glasses, Reason.FACE_COVERED, {"dark_glasses"}),
    "mask": (changes.mask, Reason.FACE_COVERED, {"mask"}),
    "bar": (changes.bar, Reason.FACE_COVERED, {"eyes"}),
    "scribble": (changes.scribble, Reason.FACE_COVERED, {"mouth"}),
    "mosaic": (changes.mosaic, Reason.LOW_QUALITY, {"mosaic"}),
    "blur": (changes.blur(22), Reason.LOW_QUALITY, {"blur"}),
    "enlarged": (changes.enlarge_tiny, Reason.LOW_QUALITY, {"blur"}),
    "dark": (changes.light(0.1), Reason.LOW_QUALITY, {"dark"}),
    "burnt": (changes.light(9.0), Reason.LOW_QUALITY, {"burnt"}),
    "pale": (changes.light(0.05, 120), Reason.LOW_QUALITY, {"pale"}),
}

HARMLESS: dict[str, Change] = {
    "as it is": lambda pixels, _points: pixels,
    "grain": changes.with_seed(lambda pixels, rng: damage.add_grain(pixels, rng, 14)),
    "sepia": lambda pixels, _points: damage.fade(damage.to_sepia(pixels), 0.6),
    "scratches": changes.with_seed(lambda pixels, rng: damage.add_scratches(pixels, rng, 8, 10)),
    "soft": changes.blur(5),
    "compressed": lambda pixels, _points: damage.compress_jpeg(pixels, 20),
    "old": changes.with_seed(damage.imitate_old_scan),
    "dim": changes.light(0.5),
    "spectacles": changes.spectacles,
    "small": lambda pixels, _points: np.asarray(cv2.resize(cv2.resize(pixels, (180, 180)), (900, 900)), np.uint8),
}


@pytest.mark.parametrize("name", HINDRANCES)
def test_each_hindrance_is_named(name: str, runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    change, reason, causes = HINDRANCES[name]
    found = assess_face(change(astronaut, face.landmarks[:, :2]), face, runtime)
    assert (found.reason, found.cause in causes) == (reason, True), found
    assert found.message == find_message(found.cause)
    assert found.message is not None


@pytest.mark.parametrize("name", HARMLESS)
def test_a_face_that_a_person_can_read_passes(name: str, runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    found = assess_face(HARMLESS[name](astronaut, face.landmarks[:, :2]), face, runtime)
    assert (found.reason, found.cause) == (None, ""), found
    assert found.message is None
    assert not found.eyes.no_blink
    assert not found.drawing.is_drawing


def test_a_smear_that_hides_the_eyes_is_a_blur(runtime: Runtime, astronaut: Pixels, face: Face) -> None:
    found = assess_face(astronaut, face, runtime)
    smeared = replace(found, occlusion=replace(found.occlusion, left_eye=0.9, kind="thing", cause="eyes"))
    assert smeared.cause == "eyes"
    soft = replace(smeared, quality=replace(found.quality, softness=0.025))
    assert (soft.reason, soft.cause) == (Reason.LOW_QUALITY, "blur")
    turned = replace(soft, angle=replace(found.angle, cause="profile"))
    assert turned.cause == "profile"


def test_an_array_that_is_no_photo_is_refused(no_photo: Pixels, face: Face, runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="uint8"):
        assess_face(no_photo, face, runtime)


def test_a_face_outside_the_photo_is_refused(astronaut: Pixels, face: Face, runtime: Runtime) -> None:
    away = replace(face, landmarks=face.landmarks + np.float32([5000, 5000, 0]), box=face.box + 5000)
    with pytest.raises(ValueError, match="outside"):
        assess_face(astronaut, away, runtime)
