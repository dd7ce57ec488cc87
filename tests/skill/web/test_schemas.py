"""Messages of the API: what their schemas say is what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from skill.web.schemas import PhotoFile, WishForm

SCHEMAS: Final = WishForm.model_json_schema()["properties"]
PATTERNED: Final = st.sampled_from(["face", "gesture"]).flatmap(
    lambda name: st.tuples(st.just(name), st.from_regex(SCHEMAS[name]["pattern"], fullmatch=True))
)


@settings(max_examples=200, deadline=None)
@given(PATTERNED)
def test_what_a_pattern_allows_is_taken(field: tuple[str, str]) -> None:
    name, value = field
    photo = PhotoFile(Path("photo"), "digest", "image/jpeg")
    assert WishForm.model_validate({"photo": photo, name: value}).model_dump()[name]


@pytest.mark.parametrize(
    ("name", "value"), [("face", "0"), ("face", "right-0"), ("face", "uncle"), ("gesture", ",".join(["nod"] * 7))]
)
def test_what_a_pattern_forbids_is_not_taken(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        WishForm.model_validate({"photo": PhotoFile(Path("photo"), "digest", "image/jpeg"), name: value})
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.Draft202012Validator(SCHEMAS[name]).validate(value)
