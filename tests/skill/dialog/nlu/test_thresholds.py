"""The table of thresholds: whole, and with a line for whatever has none of its own."""

from __future__ import annotations

from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.thresholds import ANY, FEW, FILE, LEAST, MARGIN, REFUSAL, read_thresholds, threshold


def test_every_threshold_has_a_value() -> None:
    table = read_thresholds(FILE.read_text(encoding="utf-8"))
    assert all(0 <= score <= 1 for score in table.values())
    assert {intent for _, _, intent in table} <= {ANY, *map(str, Intent), "consent", "deletion", "age", "owner"}
    for expecting in ("", "offer", "consent", "deletion", "age", "owner"):
        for kind in (LEAST, FEW):
            assert 0 < threshold(kind, expecting, "nothing of the kind") <= 1
        assert 0 <= threshold(MARGIN, expecting, "nothing of the kind") <= 1


def test_a_refusal_is_guessed_only_where_it_is_clear() -> None:
    assert min(threshold(REFUSAL, expecting, expecting) for expecting in ("consent", "age", "owner")) >= 0.3
