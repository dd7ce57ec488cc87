"""The reason where no face is sure: what a person sees, and nothing of an animal but a mask."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from pipeline.errors import FaceError, Reason
from pipeline.faces import covered_head
from pipeline.faces.crop import Square
from pipeline.faces.finder import Face, HiddenFace
from pipeline.faces.head_pose import Pose
from pipeline.faces.hidden import refuse_hidden, refuse_masked, refuse_small
from pipeline.faces.hse import EMBEDDING_OUTPUT
from pipeline.faces.mesh_topology import LEFT_EAR, RIGHT_EAR
from pipeline.runtime import Runtime

MASK = FaceError(Reason.FACE_COVERED, cause="mask")
EYES = FaceError(Reason.FACE_COVERED, cause="eyes")
PROFILE = FaceError(Reason.HARD_ANGLE, cause="profile")
CHILD = FaceError(Reason.CHILD, cause="appeal")
COVERED = (Reason.FACE_COVERED, "")


def hidden(width: float, *, is_person: bool) -> HiddenFace:
    points = np.zeros((478, 3), np.float32)
    points[RIGHT_EAR, 0], points[LEFT_EAR, 0] = 0, width
    return HiddenFace(Face(np.zeros(4, np.float32), points, Pose(0, 0, 0), 1.0, 0.8), is_person)


@pytest.mark.parametrize(
    ("is_person", "width", "refusal", "given"),
    [
        (False, 100, MASK, (Reason.FACE_COVERED, "mask")),
        (False, 100, EYES, None),
        (False, 100, None, None),
        (True, 100, EYES, (Reason.FACE_COVERED, "eyes")),
        (True, 100, PROFILE, (Reason.HARD_ANGLE, "profile")),
        (True, 100, CHILD, COVERED),
        (True, 100, None, COVERED),
        (True, 20, None, None),
    ],
)
def test_a_hidden_face_is_refused_for_what_is_seen(
    is_person: bool, width: float, refusal: FaceError | None, given: tuple[Reason, str] | None
) -> None:
    def judge(face: Face) -> None:
        if refusal is not None:
            raise refusal

    reason = None
    try:
        refuse_hidden([hidden(width, is_person=is_person)], judge)
    except FaceError as error:
        reason = (error.reason, error.cause)
    assert reason == given


@pytest.mark.parametrize(
    ("places", "given"),
    [([(20, True), (30, False)], True), ([(20, False)], False), ([(100, True)], False), ([], False)],
)
def test_a_person_s_head_that_is_small_is_too_small(places: list[tuple[float, bool]], given: bool) -> None:
    reason, detail = None, ""
    try:
        refuse_small([hidden(width, is_person=is_person) for width, is_person in places])
    except FaceError as error:
        reason, detail = error.reason, str(error)
    assert (reason is Reason.FACE_TOO_SMALL) is given
    assert ("20 px" in detail) is given


@pytest.mark.parametrize(("refusal", "given"), [(MASK, True), (EYES, False), (CHILD, False), (None, False)])
def test_a_face_that_is_too_small_is_covered_where_the_widest_wears_a_mask(
    refusal: FaceError | None, given: bool
) -> None:
    small, wide = (hidden(width, is_person=True).face for width in (20, 40))
    assert small is not None
    assert wide is not None
    asked: list[Face] = []

    def judge(face: Face) -> None:
        asked.append(face)
        if refusal is not None:
            raise refusal

    covered = False
    try:
        refuse_masked([small, wide], judge)
    except FaceError as error:
        covered = error is MASK
    assert covered is given
    assert [face is wide for face in asked] == [True]


@pytest.mark.parametrize(("is_person", "width", "given"), [(True, 100, True), (True, 20, False), (False, 100, False)])
def test_a_head_without_landmarks_is_covered_where_it_is_a_person_s(is_person: bool, width: float, given: bool) -> None:
    def judge(face: Face) -> None:
        raise AssertionError("there is no face to judge")

    covered = False
    try:
        refuse_hidden([HiddenFace(None, is_person, width)], judge)
    except FaceError as error:
        covered = error.reason is Reason.FACE_COVERED
    assert covered is given


@pytest.mark.parametrize(
    ("person", "masked", "given"), [(0.85, 0.0, True), (0.6, 0.9, True), (0.6, 0.5, False), (0.4, 0.99, False)]
)
def test_a_place_is_a_head_by_itself_or_by_its_mask(
    monkeypatch: pytest.MonkeyPatch, person: float, masked: float, given: bool
) -> None:
    class Net:
        def run(self, model: str, feeds: object) -> dict[str, np.ndarray]:
            chances = np.array([[person, masked]]).clip(1e-6)
            return {"logits": np.log(chances / (1 - chances))}

    embedding = {EMBEDDING_OUTPUT: np.zeros((1, 1024), np.float32)}
    monkeypatch.setattr(covered_head, "run_hse", lambda runtime, chips: embedding)
    photo = np.zeros((100, 100, 3), np.uint8)
    assert covered_head.is_head(cast("Runtime", Net()), photo, Square(50, 50, 60, 0)) == given
