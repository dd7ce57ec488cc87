"""«Удали всё»: nothing of a user is left with anybody who keeps something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class Keeper(Protocol):
    """Somebody who keeps things of users: jobs with their photos and clips, tickets, what a dialog remembers."""

    async def forget(self, user: str) -> int:
        """Delete all that is the user's; how many things there were. May be asked again."""
        ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many things of a user were deleted, by keeper."""

    things: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.things.values())


class NotForgottenError(Exception):
    """Some keepers could not delete; the others did. Ask again. `keepers`: their names."""

    def __init__(self, keepers: tuple[str, ...]) -> None:
        self.keepers = keepers
        super().__init__(f"not all could be deleted, ask again later: {', '.join(keepers)}")


class Privacy:
    """Knows everybody who keeps something, in the order in which they were added: who lets new things in comes first,
    so that nothing comes after what was deleted."""

    def __init__(self) -> None:
        self._keepers: dict[str, Keeper] = {}

    def add(self, name: str, keeper: Keeper) -> None:
        """Raises ValueError where there is one of that name: one of the two would keep what it has."""
        if name in self._keepers:
            raise ValueError(f"there is a keeper of {name} already")
        self._keepers[name] = keeper

    async def forget(self, user: str) -> Forgotten:
        """Delete all of the user, everywhere. All are asked, then NotForgottenError names those who failed."""
        things, failed = {}, []
        for name, keeper in self._keepers.items():
            try:
                things[name] = await keeper.forget(user)
            except Exception as error:  # noqa: BLE001  (whatever one of them has: the others delete what they have)
                log.warning("not_forgotten", keeper=name, reason=type(error).__name__)
                failed.append(name)
        if failed:
            raise NotForgottenError(tuple(failed))
        log.info("forgotten", **things)
        return Forgotten(things)
