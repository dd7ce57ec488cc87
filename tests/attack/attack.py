"""An attack: what the service promises, how a stranger tries to break it, and what was found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.attack.arena import Arena


@dataclass(slots=True)
class Findings:
    """What an attack found."""

    counts: dict[str, object] = field(default_factory=dict)
    """Numbers for the report, by name."""
    broken: list[str] = field(default_factory=list)
    """Each expectation that did not hold."""

    def count(self, **counts: object) -> None:
        """Add numbers to the report; underscores of a name are spaces there."""
        self.counts |= {name.replace("_", " "): value for name, value in counts.items()}

    def expect(self, holds: bool, expectation: str) -> None:
        """Note an expectation that does not hold."""
        if not holds:
            self.broken.append(expectation)


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack on a service of its own."""

    name: str
    """Name on the command line: "forms"."""
    promise: str
    """What holds, however the stranger tries; a sentence in English."""
    settings: dict[str, Any]
    """Settings of the service, beside those of every arena."""
    run: Callable[[Arena], Awaitable[None]]
    """Attacks; what was found is in the arena's findings."""


ATTACKS: Final[dict[str, Attack]] = {}
"""All attacks by name, in the order in which they are run."""

_Run = Callable[["Arena"], Awaitable[None]]


def attack(promise: str, **settings: Any) -> Callable[[_Run], _Run]:
    """Register a function as an attack under its own name.

    Args:
        promise: What holds, however the stranger tries.
        settings: Settings of the service, in lower case and without OZHIVI_.
    """

    def register(run: _Run) -> _Run:
        name = run.__name__
        assert name not in ATTACKS, name
        ATTACKS[name] = Attack(name, promise, settings, run)
        return run

    return register
