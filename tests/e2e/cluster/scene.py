"""Many people at a fleet whose parts are killed: who was served, who was not, and what is left behind."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skill.components import build_components, open_database
from skill.jobs import housekeeping
from skill.secrets import signing_secrets
from skill.settings import load
from tests.e2e.cluster.fleet import SECRET, Fleet
from tests.e2e.cluster.person import Experience, Person


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it."""

    people: Sequence[Experience]
    """What each person has met."""
    kills: dict[str, int]
    """Number of processes that were killed, by kind."""
    twice: int
    """People who have more than one job."""
    rows: int
    """Jobs at the end."""
    strays: int
    """Objects that no job knew before the sweep."""
    left: int
    """Those after it."""
    missing: int
    """Objects that a job knows and that are not there."""
    on_disks: int
    """Photos and clips on the disks of nodes and workers."""
    seconds: float
    """Seconds until the last person was served."""

    def broken(self) -> list[str]:
        """The promises that were broken."""
        found = [f"person {one.number}: {one.trouble}" for one in self.people if one.trouble]
        counts = {"people have two jobs": self.twice, "objects are left": self.left, "objects are gone": self.missing}
        counts |= {"files are on disks of nodes and workers": self.on_disks}
        return found + [f"{count} {what}" for what, count in counts.items() if count]

    def lines(self) -> list[str]:
        """The report for people."""
        again = sum((one.again for one in self.people), Counter[str]())
        deleted = sum(one.deleted for one in self.people)
        lost = sum(one.trouble.startswith("lost") for one in self.people)
        return [
            f"{len(self.people)} people in {self.seconds:.0f} s, {deleted} of them deleted everything",
            f"killed with -9: {', '.join(f'{kind} {count}' for kind, count in self.kills.items())}",
            f"lost {lost}, twice {self.twice}, objects that no job knew {self.strays}, after the sweep {self.left}",
            f"photos and clips on the disks of nodes and workers {self.on_disks}",
            f"asked again: {', '.join(f'{what} {count}' for what, count in again.most_common())}",
            *(self.broken() or ["every promise held"]),
        ]


async def play(
    fleet: Fleet, people: int, *, seed: int, at_once: int, pause: float, victims: Sequence[str] = ()
) -> Report:
    """Let people come while processes are killed.

    Args:
        fleet: that serves them.
        people: number of them, each with one photo.
        seed: of what is random.
        at_once: people at a time.
        pause: seconds from one kill to the next, on average.
        victims: those that are killed, in their order; empty for anybody, again and again.
    """
    choice, room, over = random.Random(seed), asyncio.Semaphore(at_once), asyncio.Event()

    async def come(number: int) -> Experience:
        async with room:
            return await Person(number, fleet.address, f"/alice/{SECRET}", deletes=number % 4 == 0).live()

    began = time.monotonic()
    killing = asyncio.create_task(fleet.kill_now_and_then(choice, pause, over, victims))
    met = await asyncio.gather(*(come(number) for number in range(people)))
    seconds = time.monotonic() - began
    over.set()
    kills = await killing
    for one in met:
        if one.trouble:
            one.trouble += f" ({fleet.story(one.job)}; killed: {fleet.killed})" if one.job else ""
    return Report(met, kills, *await _look_behind(fleet), seconds=seconds)


async def _look_behind(fleet: Fleet) -> tuple[int, int, int, int, int, int]:
    """People with two jobs, jobs, strays before and after the sweep, objects that are missing, files on disks."""
    settings = load({**fleet.settings(), "data_dir": Path(fleet.folder) / "observer"})
    components = build_components(settings, signing_secrets(settings))
    database = await open_database(settings)
    try:
        queue, store = components.make_queue(database), components.store
        count_jobs = 'SELECT "user", count(*) FROM ozhivi_jobs GROUP BY "user"'
        users = await database.rows(count_jobs)
        await housekeeping.sweep(queue, store)
        strays = housekeeping.StraySweep(queue, store, seconds=0.0)
        await strays.look()
        before = await strays.look()
        listing = store.keys()
        stored, known = {key async for key in listing}, await queue.media()
        twice = sum(count > 1 for _, count in users)
        missing, left, rows = len(known - stored), len(stored - known), sum(count for _, count in users)
        return twice, rows, before, left, missing, len(fleet.files_on_disks())
    finally:
        await database.close()
        await components.close_store()
