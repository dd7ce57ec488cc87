"""The tables of who is refused as a minor, in markdown."""

from __future__ import annotations

from filters.bench import MinorResult
from skill.bench.filters import FilterFigures, format_markdown

RESULTS = (
    MinorResult(38, "female", "clean", is_minor=False, far_below_age=False, face_was_lost=False, seconds=0.06),
    MinorResult(38, "female", "JPEG", is_minor=True, far_below_age=False, face_was_lost=True, seconds=0.08),
)


def test_the_markdown_holds_a_table_by_damage_and_one_by_sex() -> None:
    lines = format_markdown(FilterFigures(1, "normal", RESULTS)).splitlines()
    assert lines[0] == (
        "Refused as minors, percent, level normal, 1 photos (1 of 2 looks found no face on the damaged photo),"
        " 70 ms a look:"
    )
    assert [line.split(" | ")[0] for line in lines[4:6]] == ["| clean", "| JPEG"]
    assert [line.rsplit(" | ", 1)[1] for line in lines[4:6]] == ["0 |", "100 |"]
    assert lines[7] == "Adults refused undamaged, percent:"
    assert lines[-1].startswith("| female |") or lines[-2].startswith("| female |")
