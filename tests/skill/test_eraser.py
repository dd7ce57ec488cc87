"""«Удали всё»: the proof is a listing of all that is kept."""

from __future__ import annotations

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.database.database import Database
from skill.eraser import Deletion, NotForgottenError, UserEraser
from skill.ticket_model import UnknownTicketError
from skill.tickets import Tickets
from tests.skill.conftest import Assembled

pytestmark = pytest.mark.asyncio


class Notes:
    """What a dialog remembers of people."""

    def __init__(self, *, broken: bool = False) -> None:
        self.of = {"anna": ["likes smiles", "has a granny"], "boris": ["winks"]}
        self.broken = broken

    async def forget(self, user: str) -> int:
        if self.broken:
            raise OSError("the disk is gone")
        return len(self.of.pop(user, ()))


@pytest_asyncio.fixture
async def tickets(sqlite: Database) -> Tickets:
    return Tickets(sqlite, b"secret")


async def test_nothing_of_a_user_is_left_and_all_of_others(assembled: Assembled, tickets: Tickets) -> None:
    notes, eraser = Notes(), UserEraser()
    for name, part in (("tickets", tickets), ("jobs", assembled.animations), ("notes", notes)):
        eraser.add(name, part)
    issued = [await tickets.issue(user) for user in ("anna", "anna", "boris")]
    await tickets.redeem(issued[0].token, "d")
    others = await assembled.finish(await assembled.ask("boris"))
    await assembled.finish(await assembled.ask("anna"))
    waits = await assembled.ask("anna", Wish(seed=1))
    runs = await assembled.ask("anna", Wish(seed=2), digest="another")
    assert await assembled.queue.lease("w", 30.0) is not None
    assert len(await assembled.keys()) == 6

    assert await eraser.forget("anna") == Deletion({"tickets": 2, "jobs": 3, "notes": 2})
    assert await assembled.queue.of("anna") == []
    assert [await assembled.queue.get(job.id) for job in (waits, runs)] == [None, None]
    assert await assembled.keys() == {key for _, key in others.results}
    for one in issued[:2]:
        with pytest.raises(UnknownTicketError):
            await tickets.get(one.token)
    assert "anna" not in notes.of

    assert (await tickets.get(issued[2].token)).user == "boris"
    assert list(await assembled.queue.of("boris")) == [others]
    assert notes.of == {"boris": ["winks"]}
    assert (await eraser.forget("anna")).total == 0


async def test_one_that_can_not_delete_is_named_and_the_others_do(tickets: Tickets) -> None:
    eraser, broken, notes = UserEraser(), Notes(broken=True), Notes()
    for name, part in (("broken", broken), ("tickets", tickets), ("notes", notes)):
        eraser.add(name, part)
    issued = await tickets.issue("anna")
    with pytest.raises(NotForgottenError, match="ask again later: broken") as caught:
        await eraser.forget("anna")
    assert caught.value.parts == ("broken",) and "disk" not in str(caught.value)
    with pytest.raises(UnknownTicketError):
        await tickets.get(issued.token)
    assert "anna" not in notes.of
    broken.broken = False
    assert (await eraser.forget("anna")).things == {"broken": 2, "tickets": 0, "notes": 0}


async def test_two_of_one_name_are_refused(tickets: Tickets) -> None:
    eraser = UserEraser()
    eraser.add("tickets", tickets)
    with pytest.raises(ValueError, match="already"):
        eraser.add("tickets", tickets)
