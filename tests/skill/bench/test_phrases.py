"""The table of phrases by their length."""

from __future__ import annotations

from pipeline.errors import Reason
from skill.bench.phrases import format_rows, measure_phrases
from skill.dialog.nlg.phrase_book import PHRASES


def test_every_variant_is_in_the_table_the_longest_first() -> None:
    lengths = measure_phrases()
    assert len(lengths) == sum(map(len, PHRASES.values())) + len(Reason)
    assert [one.seconds for one in lengths] == sorted((one.seconds for one in lengths), reverse=True)


def test_a_row_says_seconds_name_and_text() -> None:
    (row, *_) = format_rows(measure_phrases())
    assert " s  " in row
    assert len(format_rows(measure_phrases()[:3])) == 3
