"""Messages about a wrong setting: one line of plain English that names the setting and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from skill.settings.values import Allowed

PREFIX: Final = "OZHIVI_"


class WrongSettings(ValueError):  # noqa: N818  (settings that are wrong, not an error of ours)
    """A setting that can't be used; the message is one line, with its name and what is allowed."""


def message(name: str, fields: Mapping[str, FieldInfo]) -> str:
    """The line about a value that does not fit; the value itself may be a secret and is not quoted."""
    return f"{PREFIX}{name.upper()}: should be {allowed(fields[name])}"


def allowed(field: FieldInfo) -> str:
    """The values that a setting may have, in words that end a sentence."""
    explicit = next((one.text for one in field.metadata if isinstance(one, Allowed)), "")
    return explicit or _by_type(field.annotation, field.metadata)


def _by_type(kind: Any, constraints: list[Any]) -> str:
    if get_origin(kind) is Literal:
        return _either([str(one) for one in get_args(kind)])
    if kind is bool:
        return "true or false (1 or 0, yes or no)"
    if kind in {int, float}:
        least = next(one.ge for one in constraints if isinstance(one, Ge))
        most = next(one.le for one in constraints if isinstance(one, Le))
        return f"a {'whole ' if kind is int else ''}number from {least} to {most}"
    return "a text"


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
