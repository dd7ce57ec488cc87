"""Sentences on the number of people."""

from __future__ import annotations

import pytest

from filters.messages import find_message
from pipeline.faces.people import ONLY_ONE, cause_beyond, cause_even, people_in, people_message


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (ONLY_ONE, "На снимке только один человек."),
        (cause_beyond(3), "На снимке только три человека."),
        (cause_beyond(12), "На снимке только 12 человек."),
        (cause_beyond(22), "На снимке только 22 человека."),
        (cause_even(2), "На снимке два человека, посередине никого нет."),
        (cause_even(4), "На снимке четыре человека, посередине двое."),
        (cause_even(8), "На снимке восемь человек, посередине двое."),
    ],
)
def test_a_sentence(cause: str, sentence: str) -> None:
    found = people_message(cause)
    assert found is not None and found[0] == sentence and found[1]
    assert find_message(cause) == found


@pytest.mark.parametrize("cause", ["", "of_0", "of_", "even_x", "appeal", "of_12345", "xof_3"])
def test_other_causes_are_none_of_these(cause: str) -> None:
    assert people_message(cause) is None
    assert people_in(cause) == ""
