"""Two nodes on one PostgreSQL: whatever one has given out is something to the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from skill.dialog.memory import Memory
from skill.dialog.reply_cache import Claim, ReplyCache
from skill.guess_pace import FREE_GUESSES
from skill.ticket_model import UnknownTicketError, UsedTicketError
from skill.web import app_keys
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.oauth.linking_fixture import get_code, linking_service, request_tokens
from tests.skill.web.conftest import Service

pytestmark = pytest.mark.asyncio

SECRET = "s" * 32


@pytest_asyncio.fixture
async def nodes(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[tuple[Service, Service]]:
    shared = {"queue": "postgres", "postgres": postgres.emptied(), "secrets": SECRET, "identity_secret": "i" * 32}
    async with linking_service(tmp_path / "a", **shared) as a, linking_service(tmp_path / "b", **shared) as b:
        yield a, b


async def test_what_one_node_gave_out_the_other_takes(nodes: tuple[Service, Service]) -> None:
    a, b = nodes
    issued = await a.issue("anna")
    assert (await b.client.get(f"/u/{issued.token}")).status == 200
    token = await b.tickets.token_for_code(issued.code, "192.0.2.1")
    assert (await a.client.get(f"/u/{token}")).status == 200
    redeemed = await asyncio.gather(
        *(one.tickets.redeem(issued.token, digest) for one in nodes for digest in ("1", "2", "3")),
        return_exceptions=True,
    )
    # the same photo may come by both, another one by none
    assert [type(one) for one in redeemed].count(UsedTicketError) == 4

    status, pair = await request_tokens(b.client, grant_type="authorization_code", code=await get_code(a.client))
    assert status == 200
    status, _ = await request_tokens(a.client, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert status == 200


async def test_wrong_codes_are_counted_together(nodes: tuple[Service, Service]) -> None:
    a, b = nodes
    waits = list[float]()

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        raise TimeoutError

    b.tickets._line._sleep = wait
    for number in range(FREE_GUESSES[0]):
        with pytest.raises(UnknownTicketError):
            await a.tickets.token_for_code(f"{number}", "192.0.2.1")
    with pytest.raises(TimeoutError):
        await b.tickets.token_for_code("x", "192.0.2.1")
    assert 0 < waits[0] <= 20


async def test_a_conversation_goes_on_at_the_other_node_and_is_forgotten_by_either(
    nodes: tuple[Service, Service],
) -> None:
    a, b = nodes
    databases = [one.client.app[app_keys.DATABASE] for one in nodes]
    memories = [Memory(database, b"i" * 32) for database in databases]
    replies = [ReplyCache(database, b"i" * 32) for database in databases]
    await memories[0].record_consent("anna", 1)
    await memories[0].save_turn("anna", "morning", {"number": 1})
    record = await memories[1].load("anna", "morning")
    assert (record.consent, record.state) == (1, {"number": 1})
    assert [await one.claim("message") for one in replies] == [Claim.MINE, Claim.OTHERS]
    replies[0].keep("message", b"reply")
    await replies[0].close()
    assert await replies[1].claim("message") == b"reply"
    issued = await a.issue("anna")
    await b.client.app[app_keys.ERASER].forget("anna")
    assert (await memories[0].load("anna", "morning")).consent == 0
    with pytest.raises(UnknownTicketError):
        await a.tickets.get(issued.token)
