"""What the dialog needs of the service: small ports, so that tests may put less behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from pipeline.run import Wish
from skill.jobs.model import CHILD_APPEAL, Job
from skill.tickets import IssuedTicket, Ticket


class Expected(Protocol):
    @property
    def ends(self) -> float: ...


class AnimationService(Protocol):
    """skill.animations.Animations."""

    async def of(self, user: str) -> Sequence[Job]: ...

    async def again(self, job: str, wish: Wish) -> Job:
        """Another wish on the photo of a job that is done. Raises GoneError, QueueFullError."""
        ...

    async def estimate(self, job: str) -> Expected:
        """`ends`: seconds until it is done."""
        ...

    async def delete(self, job: str) -> bool: ...

    async def waiting(self) -> tuple[int, float]: ...


class TicketService(Protocol):
    """skill.tickets.Tickets."""

    async def issue(self, user: str) -> IssuedTicket: ...

    async def get(self, token: str) -> Ticket: ...

    async def redeem(self, token: str, digest: str) -> Ticket: ...

    async def set_job(self, token: str, job: str) -> None: ...


class UserDataEraser(Protocol):
    """skill.privacy.Privacy: everybody who keeps something, our memory among them."""

    async def forget(self, user: str) -> object: ...


class CardPictures(Protocol):
    """Pictures that the platform knows, only of those who agreed to it."""

    async def poster(self, job: str) -> str:
        """The platform's id of a job's picture, empty where there is none."""
        ...

    async def follow(self, before: str, job: str) -> None:
        """`job` is another wish on the photo of `before`: what was agreed to there holds here."""
        ...

    async def forget(self, jobs: Sequence[str]) -> None:
        """Their pictures are not shown any more, and deleted at the platform."""
        ...


class Appeals(Protocol):
    """What the filters leave room for."""

    def allowed(self, job: Job) -> bool:
        """Whether the person may say that everybody on a refused photo is of age."""
        ...

    def of_age(self, wish: Wish) -> Wish:
        """The same wish, with the person's word that everybody is."""
        ...


class NoPosters:
    async def poster(self, job: str) -> str:
        return ""

    async def follow(self, before: str, job: str) -> None:
        pass

    async def forget(self, jobs: Sequence[str]) -> None:
        pass


class NoAppeals:
    def allowed(self, job: Job) -> bool:
        return False

    def of_age(self, wish: Wish) -> Wish:
        return wish


class AdultAppeals(Appeals):
    """A person may say that a refused adult is an adult; the wish carries the word, the filters weigh it."""

    def allowed(self, job: Job) -> bool:
        return job.refusal == CHILD_APPEAL

    def of_age(self, wish: Wish) -> Wish:
        return replace(wish, adult=True)
