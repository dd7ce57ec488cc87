"""`ozhivi bench kinds`: what the whole service says of photos of many kinds, beside what a person would say."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filters.errors import NoPhotosError
from pipeline.errors import FaceError, PhotoError, Reason
from pipeline.run import Wish, prepare
from skill.filter_setup import FilterGate
from skill.local_render import open_runtime
from skill.settings import load
from weights.store import WeightStore

TABLE: Final = "expected.tsv"
ANIMATE: Final = "animate"
_COLUMNS: Final = ("file", "kind", "expected")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One photo and what a person would say of it."""

    path: Path
    """The file."""
    kind: str
    """The kind of photo, a row of the table."""
    expected: tuple[str, ...]
    """The answers that are right: "animate", a reason, or a reason and its cause, "face_covered.mask"."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One photo and what the service says of it."""

    photo: Expectation
    """The photo."""
    answer: str
    """ "animate", or the reason and the cause of the refusal."""

    @property
    def is_right(self) -> bool:
        """Whether the answer, or its reason alone, is expected."""
        return bool({self.answer, self.answer.partition(".")[0]} & set(self.photo.expected))

    @property
    def is_harmful(self) -> bool:
        """Whether a photo is animated that must not be."""
        return self.answer == ANIMATE and not self.is_right


def read_expectations(folder: Path) -> tuple[Expectation, ...]:
    """The rows of `expected.tsv` in a folder: file (also in a folder below), kind, and the answers with commas between.

    Raises:
        NoPhotosError: There is no such table, or a row is wrong; says what to do.
    """
    try:
        text = (folder / TABLE).read_text(encoding="utf-8")
    except OSError:
        raise NoPhotosError(f"the folder holds no {TABLE}: write one with the columns {', '.join(_COLUMNS)}") from None
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return tuple(_expectation(folder, number, row) for number, row in enumerate(rows, start=2))


def _expectation(folder: Path, line: int, row: dict[str, str]) -> Expectation:
    if any(not row.get(column) for column in _COLUMNS):
        raise NoPhotosError(f"{TABLE}, line {line}: give {', '.join(_COLUMNS)}, with tabs between")
    path = folder / row["file"]
    expected = tuple(answer.strip() for answer in row["expected"].split(","))
    unknown = {answer.partition(".")[0] for answer in expected} - {ANIMATE, *map(str, Reason)}
    if unknown:
        raise NoPhotosError(f"{TABLE}, line {line}: no answer {min(unknown)!r}; there are animate and the reasons")
    if not path.is_file():
        raise NoPhotosError(f"{TABLE}, line {line}: there is no file {row['file']}")
    return Expectation(path, row["kind"], expected)


def judge_kinds(photos: Iterable[Expectation], ask: Callable[[Path, Wish], None]) -> Iterator[Judged]:
    """Ask the service about each photo, and where it asks who is meant, about everybody.

    Args:
        photos: The photos.
        ask: Prepares a photo for a wish; raises FaceError or PhotoError for a refusal.
    """
    for photo in photos:
        answer = _answer(photo.path, Wish(), ask)
        if answer.startswith(Reason.SEVERAL_FACES) and Reason.SEVERAL_FACES not in photo.expected:
            answer = _answer(photo.path, Wish(face="all"), ask)
        yield Judged(photo, answer)


def _answer(path: Path, wish: Wish, ask: Callable[[Path, Wish], None]) -> str:
    try:
        ask(path, wish)
    except (FaceError, PhotoError) as error:
        return f"{error.reason}.{error.cause}".rstrip(".")
    return ANIMATE


def open_service() -> Callable[[Path, Wish], None]:
    """The service that `judge_kinds` asks, with the models, filters and settings of this machine.

    Raises:
        WrongSettings: A setting can't be used.
    """
    runtime = open_runtime()
    gate = FilterGate(load(), runtime, WeightStore())

    def ask(path: Path, wish: Wish) -> None:
        prepare(path, wish, runtime=runtime, gate=gate)

    return ask


def format_markdown(judged: Sequence[Judged], *, numbered: bool = False) -> str:
    """The table by kind, its sum, and each wrong answer below it, in markdown.

    Args:
        judged: The photos and the answers.
        numbered: Photos are named by their places in the table, not by their files.
    """
    lines = ["| kind | photos | right | animated that must not be |", "| --- | --- | --- | --- |"]
    for kind in (*dict.fromkeys(one.photo.kind for one in judged), "all"):
        mine = [one for one in judged if kind in ("all", one.photo.kind)]
        right, harmful = sum(one.is_right for one in mine), sum(one.is_harmful for one in mine)
        lines.append(f"| {kind} | {len(mine)} | {right} | {harmful} |")
    if not all(one.is_right for one in judged):
        lines += ["", "| photo | kind | expected | given |", "| --- | --- | --- | --- |"]
    for number, one in enumerate(judged, start=1):
        if not one.is_right:
            name = str(number) if numbered else one.photo.path.name
            lines.append(f"| {name} | {one.photo.kind} | {', '.join(one.photo.expected)} | {one.answer} |")
    return "\n".join(lines) + "\n"
