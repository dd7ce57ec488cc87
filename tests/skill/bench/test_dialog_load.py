"""The load of turns: simulated users, and the results of their turns."""

from __future__ import annotations

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from skill.bench.dialog_load import SimulatedUser, send_turns

pytestmark = pytest.mark.asyncio


class Webhook:
    """A webhook that answers one turn wrongly and fails at another."""

    def __init__(self) -> None:
        self.turns = 0

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.turns += 1
        if self.turns == 2:
            return web.Response(status=500)
        if self.turns == 3:
            return web.json_response({"version": "1.0"})
        answer = {"text": "Здравствуйте", "end_session": False}
        return web.json_response({
            "version": "1.0", "response": answer, "session_state": {"last": body["request"]["command"]},
        })  # fmt: skip


@pytest_asyncio.fixture
async def server() -> TestServer:
    app = web.Application()
    app.router.add_post("/alice", Webhook().answer)
    async with TestServer(app) as started:
        yield started


async def test_every_turn_has_a_result(server: TestServer) -> None:
    results = await send_turns(str(server.make_url("/alice")), rate=20, seconds=0.5)
    assert len(results) == 10
    errors = sorted(result.error for result in results if result.error)
    assert len(errors) == 2
    assert errors[1] == "status 500" or errors[0] == "status 500"
    assert all(result.latency > 0 for result in results)
    assert max(result.due for result in results) == pytest.approx(9 / 20)


async def test_a_user_begins_again_after_the_last_utterance() -> None:
    user = SimulatedUser(1)
    bodies = [user.next_request() for _ in range(9)]
    assert [body["session"]["new"] for body in bodies] == [True, *[False] * 7, True]
    assert len({body["session"]["session_id"] for body in bodies}) == 2
    assert bodies[0]["session"]["user"] == {"user_id": "user-1"}
