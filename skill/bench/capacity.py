"""`ozhivi bench capacity`: the nodes, workers and connections that so many clips a minute need, by simulation.

People come by chance (Poisson); each is a conversation, a photo, a render and a page that looks. The costs were
measured on a machine of two cores (docs/figures.md); on another one the proportions are what counts.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MINUTES: Final = 120
"""Minutes that are simulated."""
_WAIT: Final = 30.0
"""Seconds that 95 of 100 people wait for a worker at most."""
_BUSY: Final = 0.7
"""Share of a node's core that is planned for: the rest is for minutes that are busier than others."""


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of one clip, from the first words to the last look."""

    render: float = 4.5
    """Seconds of a worker with two cores, 4 to 5 as measured."""
    spread: float = 0.25
    """Standard deviation of that, as a share."""
    turns: int = 8
    """Turns of the dialog."""
    turn: float = 0.006
    """Seconds of a node's core for a turn."""
    previews: float = 3.3
    """Seconds of a node's core for the page's previews; 0.0 where OZHIVI_PREVIEWS is off."""
    requests: float = 0.3
    """Seconds of a node's core for the page, the photo, the looks at the job and its files."""
    looks: float = 4.0
    """Looks a second at a job that runs or waits, a transaction each."""
    beats: float = 2.5
    """Times a second that a worker renews its lease of a job."""
    transactions: int = 45
    """Transactions besides those and the leases of idle workers: 4 of each turn, 13 of ticket, photo and job."""
    transaction: float = 0.0015
    """Seconds of a connection for one of them, with its way there and back: the median of the bench of the database."""
    idle_polls: float = 5.0
    """Looks a second of an idle worker at the queue."""
    megabytes: float = 10.0
    """Bytes of photo and files, in MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The needs of a rate of clips."""

    rate: float
    """Clips a minute."""
    workers: int
    """Workers of two cores."""
    nodes: int
    """`serve` processes, a core each."""
    connections: int
    """Connections to PostgreSQL that are busy at a time, on average, rounded up."""
    most_connections: int
    """Connections at most, as each process opens them: six of a node, two of a worker."""
    transactions: float
    """Transactions a second."""
    megabits: float
    """Traffic, Mbit/s."""
    wait: float
    """Seconds that 95 of 100 people wait at most until a worker begins."""
    limits: tuple[tuple[str, float], ...]
    """Clips a minute that one worker, one node, and one connection can carry, the first to saturate first."""


def plan_fleet(rate: float, costs: Costs | None = None, *, seed: int = 1) -> Plan:
    """The smallest fleet for a rate.

    Args:
        rate: Clips a minute, above 0.
        costs: Of one clip; None for those that were measured.
        seed: Of the people's arrivals.
    """
    costs = costs or Costs()
    workers = max(1, math.ceil(rate / 60 * costs.render))
    while (wait := simulate_wait(rate, workers, costs, seed=seed)) > _WAIT:
        workers += 1
    node = costs.turns * costs.turn + costs.previews + costs.requests
    each = costs.transactions + costs.looks * (costs.render + wait) + costs.beats * costs.render
    busy = rate / 60 * costs.render / workers
    transactions = rate / 60 * each + workers * (1 - busy) * costs.idle_polls
    nodes = max(1, math.ceil(rate / 60 * node / _BUSY))
    limits = {
        "a worker": 60 / costs.render,
        "a node": 60 / node * _BUSY,
        "a connection": 60 / (each * costs.transaction),
    }
    return Plan(
        rate,
        workers,
        nodes,
        math.ceil(transactions * costs.transaction),
        6 * nodes + 2 * workers,
        transactions,
        rate / 60 * costs.megabytes * 8,
        wait,
        tuple(sorted(limits.items(), key=lambda one: one[1])),
    )


def simulate_wait(rate: float, workers: int, costs: Costs, *, seed: int = 1) -> float:
    """Seconds that 95 of 100 people wait for a worker at most; the queue begins empty.

    Args:
        rate: Clips a minute.
        workers: Number of workers.
        costs: Of one clip.
        seed: Of the arrivals and of how long each render takes.
    """
    chance, free, now, waits = random.Random(seed), [0.0] * workers, 0.0, []
    while now < _MINUTES * 60:
        now += chance.expovariate(rate / 60)
        begins = max(now, heapq.heappop(free))
        waits.append(begins - now)
        heapq.heappush(free, begins + max(0.5, chance.gauss(costs.render, costs.spread * costs.render)))
    return sorted(waits)[int(0.95 * len(waits))]


def describe_plans(plans: Sequence[Plan]) -> list[str]:
    """Lines for people."""
    rows: list[tuple[str, list[str]]] = [
        ("clips a minute", [f"{one.rate:g}" for one in plans]),
        ("workers of two cores", [f"{one.workers}" for one in plans]),
        ("nodes, a core each", [f"{one.nodes}" for one in plans]),
        ("connections, busy", [f"{one.connections}" for one in plans]),
        ("connections, at most", [f"{one.most_connections}" for one in plans]),
        ("transactions a second", [f"{one.transactions:.0f}" for one in plans]),
        ("traffic, Mbit/s", [f"{one.megabits:.0f}" for one in plans]),
        ("wait of 95 %, s", [f"{one.wait:.1f}" for one in plans]),
    ]
    lines = [f"{name:24}" + "".join(f"{value:>10}" for value in values) for name, values in rows]
    limits = ", ".join(f"{name} {most:.0f}" for name, most in plans[-1].limits)
    return [*lines, f"clips a minute that one can carry, the first to saturate first: {limits}"]
