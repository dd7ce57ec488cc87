"""The deletion of everything of a user («Удали всё»), in all parts of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class UserStore(Protocol):
    """A part of the service that stores things of users: jobs with their photos and clips, tickets, the dialog."""

    async def forget(self, user: str) -> int:
        """Delete all that is the user's; the number of things. May be asked again."""
        ...


@dataclass(frozen=True, slots=True)
class Deletion:
    """The deletion of everything of a user."""

    things: Mapping[str, int] = field(default_factory=dict)
    """Number of things that were deleted, by the name of the part."""

    @property
    def total(self) -> int:
        return sum(self.things.values())


class NotForgottenError(Exception):
    """Some parts could not delete what they have of a user; the others did. Ask again."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        self.parts = parts
        """Names of the parts that failed."""
        super().__init__(f"not all could be deleted, ask again later: {', '.join(parts)}")


class UserEraser:
    """All parts that store things of users, in the order in which they are asked to delete: who lets new things in
    comes first, so that nothing comes after what was deleted."""

    def __init__(self) -> None:
        self._parts: dict[str, UserStore] = {}

    def add(self, name: str, part: UserStore) -> None:
        """Add a part. Raises ValueError where there is one of that name: one of the two would keep what it has."""
        if name in self._parts:
            raise ValueError(f"there is a part of the name {name} already")
        self._parts[name] = part

    async def forget(self, user: str) -> Deletion:
        """Delete all of the user, everywhere.

        Raises:
            NotForgottenError: after all were asked; it names those that failed.
        """
        things, failed = {}, []
        for name, part in self._parts.items():
            try:
                things[name] = await part.forget(user)
            except Exception as error:  # noqa: BLE001  (whatever one of them has: the others delete what they have)
                log.warning("not_forgotten", keeper=name, reason=type(error).__name__)
                failed.append(name)
        if failed:
            raise NotForgottenError(tuple(failed))
        log.info("forgotten", **things)
        return Deletion(things)
