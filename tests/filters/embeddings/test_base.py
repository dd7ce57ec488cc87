"""The rule that compares embeddings, and vectors of unit length."""

from __future__ import annotations

import numpy as np
import pytest

from filters.embeddings.base import MatchRule, normalize


def test_a_distance_is_the_weighted_sum_of_those_of_the_nets() -> None:
    rule = MatchRule(
        weights=(1.0, 0.5), same=0.7, same_small=0.6, unsure=0.8, unsure_step=0.05, unsure_soft=0.9, unsure_damaged=1.0
    )
    assert rule.distance((0.3, 0.4)) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="longer"):
        rule.distance((0.3, 0.4, 0.5))


def test_a_vector_gets_the_length_one_and_keeps_its_direction() -> None:
    assert normalize(np.array([3, 4], np.float32)).tolist() == pytest.approx([0.6, 0.8])
    assert normalize(np.zeros(2, np.float32)).tolist() == [0, 0]
