"""Reading JSON of any shape, and names that tell nobody who is meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.dialog.codec import (
    AnswerError,
    Incoming,
    Pseudonymizer,
    fingerprint,
    number_at,
    object_at,
    parse_object,
    refuse_nulls,
    text_at,
)

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (b'{"a": 1}', {"a": 1}), (b"", {}), (b"[1]", {}), (b"{", {}), (b"null", {}), (b'{"a": NaN}', {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}), (b"[" * 60_000, {}), (b'{"a": Infinity}', {}),
    ],
)  # fmt: skip
def test_a_body_is_an_object_or_an_empty_one(body: bytes, parsed: dict[str, Any]) -> None:
    assert parse_object(body) == parsed


@given(JSON, st.lists(st.text(max_size=3), max_size=3))
def test_a_path_leads_to_an_object_or_an_empty_one(value: object, names: list[str]) -> None:
    assert isinstance(object_at(value, *names), dict)


def test_a_path() -> None:
    assert object_at({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert object_at({"a": [1]}, "a", "b") == {}


@pytest.mark.parametrize(("value", "text"), [(" да ", "да"), ("а" * 2000, "а" * 1024), (5, ""), (None, ""), ("", "")])
def test_a_text(value: object, text: str) -> None:
    assert text_at({"a": value}, "a") == text
    assert text_at({}, "a") == ""


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0), (3, 3), (3.0, 3), ("3", 3), (2**53 - 1, 2**53 - 1), (2**53, None), (-1, None), (1.5, None),
        (True, None),         ("-3", None), ("9" * 17, None), ("³", None), (None, None), ([1], None), (1e300, None),
    ],
)  # fmt: skip
def test_a_whole_number(value: object, number: int | None) -> None:
    assert number_at({"a": value}, "a") == number


def test_a_fingerprint_is_of_the_value_and_not_of_its_order() -> None:
    assert fingerprint({"a": [{"b": 1, "c": "я"}], "d": 2}) == fingerprint({"d": 2, "a": [{"c": "я", "b": 1}]})
    others = [{}, {"a": 1}, {"a": "1"}, {"a": [1]}, {"a": [1, 2]}, {"a": [2, 1]}, None, "\ud800"]
    assert len({fingerprint(one) for one in others}) == len(others)


@given(JSON)
def test_any_value_has_a_fingerprint(value: object) -> None:
    assert fingerprint(value) == fingerprint(value)


def test_nulls_are_refused_where_they_are() -> None:
    refuse_nulls({"a": [{"b": 1}], "state": {"gone": None}}, allowed="state")
    with pytest.raises(AnswerError, match=r"a\.b: null"):
        refuse_nulls({"a": [{"b": None}]})


def test_a_pseudonym_is_a_matter_of_the_secret_and_of_each_part() -> None:
    pseudonym = Pseudonymizer("s" * 64)
    assert pseudonym("alice", "user") == Pseudonymizer("s" * 64)("alice", "user")
    others = {pseudonym("alice", "other"), pseudonym("aliceuser"), Pseudonymizer("t" * 64)("alice", "user")}
    assert pseudonym("alice", "user") not in others
    assert len(pseudonym("\ud800")) == 22


def test_a_message_in_a_log_has_no_token() -> None:
    shown = repr(Incoming(None, token="AgAAAAAB4vpb", echo={"uuid": "d2d6da62"}))
    assert "AgAAAAAB4vpb" not in shown
    assert "d2d6da62" not in shown
