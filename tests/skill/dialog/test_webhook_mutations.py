"""Thousands of spoilt messages: always a valid answer, or turned away before the conversation; each done once.

`OZHIVI_FUZZ=20000` for the full number, `OZHIVI_FUZZ_SEED` for other ones.
"""

from __future__ import annotations

import io
import json
import logging
import os
from pathlib import Path
from random import Random

import pytest

from skill.dialog.alice.schema import check_answer
from skill.dialog.salute.schema import check_salute
from skill.logs import configure
from tests.skill.dialog import message_mutations, messages
from tests.skill.dialog.webhook_fixture import SECRET, EchoDialog, WebhookClient, open_webhook_client

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(580)]

COUNT = int(os.environ.get("OZHIVI_FUZZ", "1500"))
SEED = int(os.environ.get("OZHIVI_FUZZ_SEED", "4"))


async def send(client: WebhookClient, name: str, raw: bytes, keys: set[str]) -> None:
    """Send it and check the answer; into `keys` goes that of the turn which the conversation must have had."""
    path = f"/{name}/{SECRET}"
    status, answer = await client.post(raw, path)
    if status == 413:
        assert len(raw) > 64 * 2**10
        return
    assistant = client.webhook.endpoints[name].assistant
    incoming = assistant.decode(raw)
    if incoming.silent:
        assert (status, answer) == (204, b"")
        return
    assert status == 200
    message = json.loads(answer)
    if name == "alice":
        first = incoming.turn and incoming.key not in keys  # else it is an answer to another device
        check_answer(message, incoming.turn.surface if incoming.turn and first else None)
    else:
        check_salute(message)
    if Random(raw).random() < 0.1:
        assert (await client.post(raw, path)) == (200, answer)
    if incoming.turn:
        keys.add(incoming.key)


@pytest.mark.parametrize(("name", "seeds"), [("alice", messages.ALICE), ("salute", messages.SALUTE)])
async def test_always_a_valid_answer(name: str, seeds: list[dict[str, object]], tmp_path: Path) -> None:
    log = io.StringIO()
    configure("warning", log)
    handlers = list(logging.getLogger().handlers)
    dialog = EchoDialog()
    keys: set[str] = set()
    count = COUNT if name == "alice" else COUNT // 4
    async with open_webhook_client(tmp_path, dialog) as client:
        for raw in message_mutations.bodies(seeds, Random(SEED), count):
            await send(client, name, raw, keys)
    assert len(dialog.turns) == len(keys)
    assert len(keys) > count // 3
    assert '"places"' not in log.getvalue()  # no exception anywhere
    logging.getLogger().handlers[:] = [one for one in handlers if type(one).__module__ != "skill.logs"]
