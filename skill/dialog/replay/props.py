"""What stands on the stage beside the real parts: a clock that is set, pictures, breakdowns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.run import Wish
from skill.animations import Animations
from skill.dialog.ports import NoPosters
from skill.jobs.model import Job
from skill.jobs.queue import QueueDownError
from skill.web.tickets import Issued, Tickets


class Clock:
    """Seconds since 1970, from the time the scene begins."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    def later(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Breakdown:
    """What does not work at the moment: reading the jobs, new wishes, how long one waits, tickets."""

    jobs: bool = False
    wishes: bool = False
    waiting: bool = False
    tickets: bool = False

    def mended(self) -> None:
        self.jobs = self.wishes = self.waiting = self.tickets = False


class StageWorks(Animations):
    """The service's jobs, which may break down. `busy`: seconds until a new one would begin, said by the scene: jobs
    on the stage take no time."""

    broken: Breakdown
    busy: float = 0.0

    async def of(self, user: str) -> Sequence[Job]:
        if self.broken.jobs:
            raise QueueDownError("the scene says that it is down")
        return await super().of(user)

    async def again(self, job: str, wish: Wish) -> Job:
        if self.broken.wishes:
            raise QueueDownError("the scene says that it is down")
        return await super().again(job, wish)

    async def waiting(self) -> tuple[int, float]:
        if self.broken.waiting:
            raise QueueDownError("the scene says that it is down")
        count, seconds = await super().waiting()
        return count, seconds + self.busy


class StageTickets(Tickets):
    """The service's tickets, which may break."""

    broken: Breakdown

    async def issue(self, user: str, *, typed: bool = True) -> Issued:
        if self.broken.tickets:
            raise OSError("the scene says that there are none")
        return await super().issue(user, typed=typed)


class Pictures(NoPosters):
    """Posters of jobs, as if the platform had taken them."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def poster(self, job: str) -> str:
        return self.known.get(job, "")
