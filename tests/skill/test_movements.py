"""Movements of the page against the wishes that they make."""

from __future__ import annotations

import re

import pytest

from pipeline.limits import AUTO, PRESETS
from pipeline.motion.gestures import GESTURES
from pipeline.previews import compose_preview
from skill.movements import MOVEMENTS, PREVIEWED, Movement


def test_every_preset_and_every_gesture_is_offered_once() -> None:
    assert sorted(one.value for one in MOVEMENTS) == sorted(
        [*(f"motion:{name}" for name in (AUTO, *PRESETS)), *(f"gesture:{name}" for name in GESTURES)]
    )
    assert (MOVEMENTS[0].motion, len(MOVEMENTS) >= PREVIEWED == 12) == (AUTO, True)
    assert len({one.label for one in MOVEMENTS}) == len(MOVEMENTS)
    assert not [one.label for one in MOVEMENTS if re.search(r"(?<!с)ть(ся)?\b", one.label)]  # nouns, no verbs


@pytest.mark.parametrize("movement", MOVEMENTS[1:], ids=lambda one: one.value)
def test_a_movement_makes_a_wish_that_can_be_met(movement: Movement) -> None:
    motion = compose_preview(movement.motion, movement.gestures, seed=0)
    assert any(abs(curve).max() > 0 for curve in motion.curves.values())
