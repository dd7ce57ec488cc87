"""A gesture with a place is one face's alone, one without is everybody's."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import MotionError
from pipeline.motion.roles import Part, Role, cast_face, name_faces, parse_role, spell_role_pattern, split_parts

ROLES = ("1@smile", "right-1@wink:left", "blink:2", "2@doze", "2@pride")


@pytest.mark.parametrize("text", ROLES)
def test_a_role_is_read_as_it_is_written(text: str) -> None:
    assert str(parse_role(text)) == text
    assert re.fullmatch(spell_role_pattern(), text)
    assert parse_role("3@turn-left") == Role("turn:left", "3")


@pytest.mark.parametrize("text", ["0@smile", "left@smile", "@smile", "1@moonwalk", "doze", "1@2@smile", "100@smile"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(MotionError, match="named"):
        parse_role(text)
    assert not re.fullmatch(spell_role_pattern(), text)


def test_each_face_has_its_part() -> None:
    assert cast_face(ROLES, 1, 3) == Part("", ("smile", "blink:2"))
    assert cast_face(ROLES, 3, 3) == Part("", ("wink:left", "blink:2"))
    assert cast_face(ROLES, 2, 3) == Part("", ("blink:2",))  # gestures take a story's place
    assert cast_face(("2@doze", "2@pride"), 2, 2) == Part("pride", ())
    assert cast_face(("1@smile",), 2, 2) == cast_face((), 1, 1) == Part()
    assert cast_face(("1@smile", "right-1@wink"), 1, 1) == Part("", ("smile", "wink"))


def test_every_part_can_be_tried_without_a_photo() -> None:
    assert split_parts(ROLES) == (
        Part("", ("smile", "blink:2")),
        Part("", ("wink:left", "blink:2")),
        Part("", ("blink:2",)),
    )
    assert split_parts(()) == (Part(),)
    assert split_parts(("1@doze",)) == (Part("doze"),)


def test_places_choose_the_faces_where_nothing_is_everybodys() -> None:
    assert name_faces(("1@smile", "right-1@wink", "1@nod")) == "1,right-1"
    assert name_faces(("1@smile", "nod")) is name_faces(()) is name_faces(("nod",)) is None
