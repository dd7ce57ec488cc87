from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from skill.settings.values import Origin, Pages, PathSecretList, Seconds, SecretList


def read(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400.0), ("24 h", 86400.0), ("2D", 172800.0), ("61", 61.0), (60, 60.0)]
)
def test_a_time_may_have_a_unit(text: object, seconds: float) -> None:
    assert read(Seconds, text) == seconds


@pytest.mark.parametrize("text", ["59", "31d", "soon", "1w", "-1h", ""])
def test_another_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        read(Seconds, text)


def test_an_address_has_no_slash_at_its_end() -> None:
    assert read(Origin, "https://photo.example.ru:8443/") == "https://photo.example.ru:8443"
    assert read(Origin, "") == ""


@pytest.mark.parametrize(
    "text", ["photo.example.ru", "https://a.ru/path", "https://u:p@a.ru", "ftp://a.ru", "https://a b"]
)
def test_another_address_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        read(Origin, text)


def test_lists_are_separated_by_commas() -> None:
    assert read(Pages, "https://a.ru/b, https://c.ru/d,") == ("https://a.ru/b", "https://c.ru/d")
    secrets = read(SecretList, f"{'s' * 32} , {'t' * 40}")
    assert [len(one.get_secret_value()) for one in secrets] == [32, 40]
    assert read(SecretList, "") == ()


@pytest.mark.parametrize(
    ("kind", "text"), [(SecretList, "s" * 31), (PathSecretList, "s" * 31 + "/"), (PathSecretList, "я" * 32)]
)
def test_a_short_or_strange_secret_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError):
        read(kind, text)
