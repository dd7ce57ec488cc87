"""Fitting of thresholds: the costs are those that are stated, and a threshold stands where guesses begin to pay."""

from __future__ import annotations

import pytest

from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.thresholds import ANY, LEAST, MARGIN
from skill.train.thresholds import ASKED_AGAIN, GIVEN_UP, LEFT, WRONG_ANSWER, Case, cost, fit_thresholds


@pytest.mark.parametrize(
    ("heard", "wanted", "setting", "costs"),
    [
        (Understood(Intent.WAIT), "wait", "", 0.0),
        (Understood(Intent.GESTURE, gestures=("nod",)), "gesture", "", 0.0),
        (Understood(Intent.CHOOSE, face="left"), "choose face", "face", 0.0),
        (Understood(Intent.UNKNOWN), "wait", "", ASKED_AGAIN),
        (Understood(Intent.QUESTION, topic="price"), "question topic=gif", "", WRONG_ANSWER),
        (Understood(Intent.NEW), "wait", "", 1.0),
        (Understood(Intent.EXIT), "wait", "", LEFT),
        (Understood(Intent.DELETE, what="all"), "wait", "", GIVEN_UP),
        (Understood(Intent.YES), "unknown", "consent", float("inf")),
        (Understood(Intent.APPEAL, age=30), "no", "age", float("inf")),
    ],
)
def test_what_a_mistake_costs(heard: Understood, wanted: str, setting: str, costs: float) -> None:
    assert cost(heard, wanted, setting) == costs


def test_a_threshold_stands_where_guesses_begin_to_pay() -> None:
    wrong = [Case(LEAST, "light", "exit", 0.3, -1.0)] * 20
    right = [Case(LEAST, "light", "exit", 0.6, 0.4)] * 20
    few = [Case(MARGIN, "grave", "wait", 0.9, -1.0)] * 3
    fitted = fit_thresholds([*wrong, *right, *few])
    assert fitted[LEAST, "light", "exit"] == fitted[LEAST, "light", ANY] == pytest.approx(0.6)
    assert fitted[MARGIN, "grave", ANY] == pytest.approx(1.0)
    assert (MARGIN, "grave", "wait") not in fitted
