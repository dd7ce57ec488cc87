"""The plan of a fleet: enough workers and no more, and the right part named."""

from __future__ import annotations

import pytest

from skill.bench.capacity import Costs, describe_plans, plan_fleet, simulate_wait

COSTS = Costs(render=6.0, spread=0.0)


@pytest.mark.parametrize("rate", [10.0, 100.0])
def test_one_worker_less_is_too_few(rate: float) -> None:
    plan = plan_fleet(rate, COSTS)
    assert plan.workers >= rate / 10 and plan.wait <= 30
    assert plan.workers == 1 or simulate_wait(rate, plan.workers - 1, COSTS) > 30 or plan.workers - 1 < rate / 10


def test_nobody_waits_where_few_come() -> None:
    assert simulate_wait(0.5, 4, COSTS) == 0


def test_the_first_to_saturate_is_named_first() -> None:
    with_previews, without = plan_fleet(10, Costs(previews=60.0)), plan_fleet(10, Costs(previews=0.0))
    assert with_previews.limits[0][0] == "a node" and with_previews.nodes > without.nodes
    assert without.limits[0][0] == "a worker"
    assert describe_plans([with_previews])[-1].endswith(
        "carry, the first to saturate first: " + ", ".join(f"{name} {most:.0f}" for name, most in with_previews.limits)
    )


def test_looks_and_renewals_are_transactions_for_as_long_as_a_render_takes() -> None:
    short, long = (plan_fleet(60, Costs(render=render, spread=0.0, idle_polls=0.0)) for render in (1.0, 2.0))
    costs = Costs()
    waited = (long.wait - short.wait) * costs.looks
    assert long.transactions - short.transactions == pytest.approx(costs.looks + costs.beats + waited)
