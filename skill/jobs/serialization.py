"""The form in which the queue stores jobs: wishes as JSON, the end of a job as columns, a row as a job."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from pipeline.run import Wish
from skill.jobs.model import Done, Failed, Job, JobEnd, JobState, Refusal

_DEFAULTS: Final[dict[str, Any]] = asdict(Wish())
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    field.name: (str, type(None)) if field.name == "face" else (type(_DEFAULTS[field.name]),) for field in fields(Wish)
}

_COLUMN_NAMES: Final = tuple(field.name for field in fields(Job))
COLUMNS: Final = ", ".join(f'"{name}"' for name in _COLUMN_NAMES)
"""The columns of the table of jobs of which `to_job` makes a job."""


def dump_wish(wish: Wish) -> str:
    """The wish as canonical JSON: sorted, no spaces, seconds always with a point."""
    values = asdict(wish) | {"seconds": float(wish.seconds)}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_wish(text: str) -> Wish:
    """The wish of `dump_wish`. A field that is not there has its default, one of a later version is passed over.

    Raises:
        ValueError: a value has a wrong type.
    """
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError("a wish is a JSON object")
    values = {name: _value(name, read[name]) for name in _TYPES if name in read}
    return Wish(**values)


def end_columns(end: JobEnd) -> dict[str, str]:
    """The columns that say how a job ended: its state, the reason (of a refusal as text, of a failure, or the remark on
    a clip), and the results as JSON, a list of [format, media key]."""
    match end:
        case Done(results, reason):
            return {"state": JobState.DONE, "reason": reason, "results": json.dumps(results)}
        case Refusal():
            return {"state": JobState.REFUSED, "reason": str(end), "results": "[]"}
        case Failed(reason):
            return {"state": JobState.FAILED, "reason": reason, "results": "[]"}


def dump_result(name: str, key: str) -> str:
    """A result as it stands in the column of results of `end_columns`."""
    return json.dumps([name, key])


def load_results(stored: str) -> tuple[tuple[str, str], ...]:
    """(format, media key) of each result in the column of results."""
    return tuple((name, key) for name, key in json.loads(stored))


def to_job(row: Sequence[Any]) -> Job:
    """The job of a row of COLUMNS."""
    values = dict(zip(_COLUMN_NAMES, row, strict=True))
    return Job(
        **values
        | {
            "wish": load_wish(values["wish"]),
            "state": JobState(values["state"]),
            "results": load_results(values["results"]),
        }
    )


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    if type(value) not in _TYPES[name]:
        raise ValueError(f"{name!r} of a wish can't be {type(value).__name__}")
    return value
