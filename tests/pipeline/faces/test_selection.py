"""The faces that are meant are chosen by size, side and number."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import Face, Pose, cheek_width
from pipeline.faces.people import people_message
from pipeline.faces.selection import count_left_out, from_left, select_faces
from pipeline.limits import MAX_ANIMATED_FACES


def face_of(x: float, width: float) -> Face:
    """A face of `width` px between the cheeks about (x, 300)."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, :2] = (x, 300)
    landmarks[234, 0], landmarks[454, 0] = x - width / 2, x + width / 2
    box = np.array([x - width / 2, 300 - width / 2, x + width / 2, 300 + width / 2], np.float32)
    return Face(box, landmarks, Pose(0.0, 0.0, 0.0), 1.0, 0.9)


def test_one_face_or_a_dominating_one_needs_no_question() -> None:
    large, small, tiny = face_of(300, 200), face_of(500, 100), face_of(700, 20)
    for choice in (None, "auto", "largest"):
        assert select_faces((large, small, tiny), choice) == (large,)
    assert select_faces((tiny, small), None) == (small,)


def test_numbers_count_from_the_left_small_ones_too() -> None:
    faces = (face_of(600, 200), face_of(300, 30), face_of(100, 150))
    assert select_faces(faces, "1") == (faces[2],)
    assert select_faces(faces, "3") == (faces[0],)
    assert select_faces(faces, "all") == (faces[0], faces[2])


def test_several_numbers_are_several_people_without_those_that_are_too_small() -> None:
    faces = (face_of(600, 200), face_of(300, 30), face_of(100, 150), face_of(900, 180))
    assert select_faces(faces, "3,1") == (faces[0], faces[2])
    assert select_faces(faces, "2,4,4") == (faces[3],)
    assert select_faces(faces, "right-1,1") == (faces[2], faces[3])


def test_places_from_the_right_and_the_middle() -> None:
    faces = (face_of(600, 200), face_of(300, 30), face_of(100, 150), face_of(200, 90))
    assert select_faces(faces, "right-1") == select_faces(faces, "right") == (faces[0],)
    assert select_faces(faces, "right-3") == (faces[3],)
    assert select_faces(faces, "middle") == (faces[3],), "the small one is nobody who is meant"
    assert select_faces(faces[:1], "middle") == faces[:1]


@pytest.mark.parametrize(
    ("count", "choice", "cause"),
    [
        (1, "2", "of_1"),
        (1, "right-2", "of_1"),
        (2, "3", "of_2"),
        (2, "right-3", "of_2"),
        (2, "middle", "even_2"),
        (4, "middle", "even_4"),
    ],
)
def test_who_is_not_there_is_asked_back_with_the_number_of_people(count: int, choice: str, cause: str) -> None:
    with pytest.raises(FaceError) as refused:
        select_faces(tuple(face_of(100 * place, 60) for place in range(1, count + 1)), choice)
    assert (refused.value.reason, refused.value.cause) == (Reason.SEVERAL_FACES, cause)
    assert (refused.value.sentence, refused.value.advice) == people_message(cause)


def test_of_a_crowd_the_largest_faces_are_meant() -> None:
    """100 of them kept a worker for 300 s, three times; small ones do not count."""
    crowd = (*(face_of(100.0 * number, 50 + number % 37) for number in range(100)), face_of(9_000, 20))
    meant = select_faces(crowd, "all")
    assert len(meant) == MAX_ANIMATED_FACES
    chosen = {id(face) for face in meant}
    least = min(cheek_width(face) for face in meant)
    assert all(cheek_width(face) <= least for face in crowd if id(face) not in chosen)
    assert count_left_out(crowd, "all") == 100 - MAX_ANIMATED_FACES
    assert [id(face) for face in crowd if id(face) in chosen] == [id(face) for face in meant]
    numbers = ",".join(map(str, range(1, 51)))
    assert select_faces(crowd, numbers) == select_faces(crowd[:50], "all")
    assert count_left_out(crowd, numbers) == 50 - MAX_ANIMATED_FACES
    family = crowd[:MAX_ANIMATED_FACES]
    assert select_faces(family, "all") == family
    assert [count_left_out(family, "all"), count_left_out(crowd, "largest"), count_left_out(crowd, None)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("faces", "choice", "reason"),
    [
        ((), None, Reason.NO_FACE),
        ((), "all", Reason.NO_FACE),
        ((face_of(100, 40),), None, Reason.FACE_TOO_SMALL),
        ((face_of(100, 40), face_of(300, 200)), "left", Reason.FACE_TOO_SMALL),
        ((face_of(100, 40), face_of(300, 200), face_of(500, 40)), "1,3", Reason.FACE_TOO_SMALL),
        ((face_of(100, 200), face_of(400, 150)), "1,3", Reason.SEVERAL_FACES),
        ((face_of(100, 200), face_of(400, 150)), "auto", Reason.SEVERAL_FACES),
    ],
)
def test_refusals(faces: tuple[Face, ...], choice: str | None, reason: Reason) -> None:
    with pytest.raises(FaceError) as refused:
        select_faces(faces, choice)
    assert refused.value.reason is reason


def test_an_unknown_choice_is_the_callers_mistake() -> None:
    for choice in ("grandma", "0", "right-0", "left-2", "left,right", "1,"):
        with pytest.raises(ValueError, match="unknown choice"):
            select_faces((face_of(100, 200),), choice)


def test_from_left_goes_by_the_middle_of_the_box() -> None:
    wide, narrow = face_of(300, 400), face_of(250, 60)
    assert wide.box[0] < narrow.box[0]
    assert from_left((wide, narrow)) == [narrow, wide]
