"""Ports of the dialog: the small interfaces behind which it finds jobs, tickets, card pictures and deletion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from pipeline.run import Wish
from skill.jobs.model import Job
from skill.ticket_model import IssuedTicket, Ticket


class JobEstimate(Protocol):
    """The time that a job is expected to need; `skill.jobs.estimate.Estimate` is one."""

    @property
    def ends(self) -> float:
        """Seconds from now until the job is done."""
        ...


class AnimationService(Protocol):
    """Jobs of users, and new wishes on their photos; `skill.animations.Animations` is one."""

    async def of(self, user: str) -> Sequence[Job]:
        """The user's jobs, the newest first."""
        ...

    async def again(self, job: str, wish: Wish) -> Job:
        """The job of another wish on the photo of the ended job with the id `job`.

        Raises:
            GoneError: nothing of the photo is kept any more.
            QueueError: the queue is full.
            DatabaseDownError: the queue does not answer.
        """
        ...

    async def estimate(self, job: str) -> JobEstimate:
        """The time that the job with the id `job` still needs."""
        ...

    async def delete(self, job: str) -> bool:
        """Delete the job with its photo and clips; False where there was none."""
        ...

    async def waiting(self) -> tuple[int, float]:
        """The number of waiting jobs, and the seconds until a new one would begin."""
        ...


class TicketService(Protocol):
    """Rights to upload one photo; `skill.tickets.Tickets` is one."""

    async def issue(self, user: str, *, cards: bool = False) -> IssuedTicket:
        """A new ticket of the user, with a link's token and six digits. `cards`: whether the user's assistant shows
        pictures in cards."""
        ...

    async def get(self, token: str) -> Ticket:
        """The ticket of a link. Raises UnknownTicketError."""
        ...

    async def redeem(self, token: str, digest: str) -> Ticket:
        """The ticket, used up by the photo with the digest `digest`. Raises UnknownTicketError, UsedTicketError."""
        ...

    async def withdraw(self, token: str) -> None:
        """End the ticket of a link unless its photo has come; nothing where there is none."""
        ...

    async def jobs(self, token: str) -> tuple[str, ...]:
        """Queue's ids of all jobs of a ticket, the oldest first. Raises UnknownTicketError."""

    async def set_job(self, token: str, job: str) -> None:
        """Let the ticket's page lead to the job with the id `job`. Raises UnknownTicketError."""
        ...


class UserDataEraser(Protocol):
    """Deletion of all that any part of the service keeps of a user; `skill.eraser.UserEraser` is one."""

    async def forget(self, user: str) -> object:
        """Delete everything of the user, in the dialog's own memory as well."""
        ...


CARD_PLATFORM: Final = "alice"
"""The only assistant that shows pictures in cards: its platform stores them."""


class CardPictures(Protocol):
    """Pictures that the platform shows in cards, only of people who agreed to it."""

    async def picture_id(self, job: str) -> str:
        """The platform's id of the job's picture, empty where there is none."""
        ...

    async def inherit_agreement(self, before: str, job: str) -> None:
        """Let an agreement on the job `before` hold for `job`, another wish on the same photo."""
        ...

    async def forget(self, jobs: Sequence[str]) -> None:
        """Stop showing the jobs' pictures and delete them at the platform."""
        ...


class NoCardPictures(CardPictures):
    """Cards without pictures: the service has no token for the platform's image storage."""

    async def picture_id(self, job: str) -> str:
        return ""

    async def inherit_agreement(self, before: str, job: str) -> None:
        pass

    async def forget(self, jobs: Sequence[str]) -> None:
        pass
