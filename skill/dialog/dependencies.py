"""Dependencies of the dialog: the parts of the service that a turn is answered with, in one object."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from skill.clock import steady_time
from skill.dialog.context import ServiceInfo
from skill.dialog.memory import Memory
from skill.dialog.ports import AnimationService, CardPictures, NoCardPictures, TicketService, UserDataEraser
from skill.dialog.turn_limits import TurnLimits
from skill.dialog.types import Turn

LinkedAccounts = Callable[[str, str], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogDependencies:
    """The parts of the service behind one `skill.dialog.service.DialogService`."""

    animations: AnimationService
    """Jobs of users, and new wishes on their photos."""
    tickets: TicketService
    """Rights to upload one photo."""
    memory: Memory
    """Store of what the dialog remembers of a user; to be among those that `eraser` deletes from."""
    eraser: UserDataEraser
    """Deletion of everything of a user, in all parts of the service."""
    service_info: ServiceInfo = field(default_factory=ServiceInfo)
    """Name, address and times of the service, for sentences and links."""
    card_pictures: CardPictures = field(default_factory=NoCardPictures)
    """Pictures that the platform shows in cards."""
    linked_accounts: LinkedAccounts | None = None
    """(user, account of the turn's token, "" without one) → all accounts of the user; None without account linking."""
    clock: Callable[[], float] = steady_time
    """Seconds since 1970."""
    limits: TurnLimits = field(default_factory=TurnLimits)
    """Seconds that a turn and its parts may take."""

    async def identities(self, turn: Turn) -> list[str]:
        """Names under which the speaker's jobs are kept: the user and the linked accounts, each once."""
        accounts = [turn.account] if turn.account else []
        if self.linked_accounts is not None:
            accounts = list(await self.linked_accounts(turn.user, turn.account))
        return list(dict.fromkeys([turn.user, *accounts]))
