"""The table of kinds: what is right, what is harmful, and what is wrong in the folder's own table."""

from __future__ import annotations

from pathlib import Path

import pytest

from filters.errors import NoPhotosError
from pipeline.errors import FaceError, Reason
from pipeline.run import Wish
from skill.bench.kinds import format_markdown, judge_kinds, read_expectations

HEADING = "file\tkind\texpected\n"
ANSWERS = {
    "a.jpg": FaceError(Reason.FACE_COVERED, cause="mask"),
    "b.jpg": FaceError(Reason.FACE_COVERED, cause="mask"),
    "c.jpg": None,
    "d.jpg": FaceError(Reason.SEVERAL_FACES),
    "e.jpg": FaceError(Reason.CHILD, cause="appeal"),
}


def ask(path: Path, wish: Wish) -> None:
    error = ANSWERS[path.name]
    if error is not None and wish.face is None:
        raise error


def folder_of(folder: Path, rows: str) -> Path:
    for name in ANSWERS:
        (folder / name).touch()
    (folder / "expected.tsv").write_text(HEADING + rows, encoding="utf-8")
    return folder


def test_reasons_and_causes_are_compared_and_what_must_not_move_is_counted(tmp_path: Path) -> None:
    rows = (
        "a.jpg\tmasks\tface_covered\nb.jpg\tmasks\thard_angle, face_covered.mask\nc.jpg\tstatues\tundetermined\n"
        "d.jpg\tgroups\tanimate\ne.jpg\tportraits\tanimate\n"
    )
    judged = list(judge_kinds(read_expectations(folder_of(tmp_path, rows)), ask))
    assert [one.answer for one in judged] == ["face_covered.mask"] * 2 + ["animate"] * 2 + ["child.appeal"]
    lines = format_markdown(judged, numbered=True).splitlines()
    assert lines[2:7] == [
        "| masks | 2 | 2 | 0 |", "| statues | 1 | 0 | 1 |", "| groups | 1 | 1 | 0 |", "| portraits | 1 | 0 | 0 |",
        "| all | 5 | 3 | 1 |",
    ]  # fmt: skip
    assert lines[-1] == "| 5 | portraits | animate | child.appeal |"


@pytest.mark.parametrize(
    ("rows", "message"),
    [("a.jpg\tmasks\tmask\n", "'mask'"), ("z.jpg\tmasks\tanimate\n", "no file z.jpg"), ("a.jpg\tmasks\n", "line 2")],
)
def test_a_wrong_table_says_where(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(NoPhotosError, match=message):
        read_expectations(folder_of(tmp_path, rows))


def test_without_a_table_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(NoPhotosError, match=r"expected\.tsv"):
        read_expectations(tmp_path)
