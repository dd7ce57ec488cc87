"""The samples are made of the demo portrait, and those that lie there are the ones of today's movements."""

from __future__ import annotations

import pytest

from skill import movement_samples
from skill.movement_samples import FOLDER, make_samples
from skill.movements import MOVEMENTS
from weights.store import WeightStore


def test_the_samples_are_made(built_weights: WeightStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movement_samples, "MOVEMENTS", MOVEMENTS[:1])
    monkeypatch.setattr(movement_samples, "MEASURED_SIZE", (640, 480))
    made = make_samples()
    assert set(made) == {"sample.jpg", "sample-auto.mp4"}
    assert all((FOLDER / name).exists() and 2_000 < len(data) < 30_000 for name, data in made.items())
