"""Identities that a stranger makes by opening pages."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from html import unescape

import aiohttp

from skill.web.auth import TICKET_HEADER
from tests.attack.arena import Arena
from tests.attack.attack import attack

JPEG = b"\xff\xd8\xff\xe0" + b"pixels" * 100
QUERY = {"response_type": "code", "client_id": "attack", "state": "x"}


def form(number: int, seed: int = 0) -> bytes:
    """A form with a photo of its own."""
    field = b"--x\r\nContent-Disposition: form-data; name=seed\r\n\r\n%d\r\n" % seed
    photo = b"--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n%b%d\r\n--x--\r\n" % (JPEG, number)
    return field + photo


async def send(client: aiohttp.ClientSession, token: str, body: bytes) -> int:
    """The status of an upload."""
    headers = {TICKET_HEADER: token, "Content-Type": "multipart/form-data; boundary=x"}
    async with client.post("/api/v1/animations", data=body, headers=headers) as answer:
        return answer.status


@attack(
    "However many identities a stranger makes, the dialog's users find a place in the queue.",
    oauth_client_id="attack",
    oauth_client_secret="s" * 32,
    queue_limit=50,
)
async def identities(arena: Arena) -> None:
    """The page of account linking, opened again and again from one address and then from many, with photos for each."""
    statuses, number = Counter[int](), 0

    async def fill(source: str, pages: int) -> int:
        """How many photos of new identities are taken from an address."""
        nonlocal number
        taken = 0
        async with arena.session(source) as client:
            for _ in range(pages):
                async with client.get("/oauth/authorize", params=QUERY) as page:
                    token = unescape(re.findall(r'data-token="([^"]+)"', await page.text())[0])
                number += 1
                answered = await asyncio.gather(*(send(client, token, form(number, seed)) for seed in range(3)))
                statuses.update(answered)
                taken += answered.count(202)
        return taken

    async with arena.honest_turns():
        of_one = await fill("127.0.0.2", arena.size(40, 17))
        of_many = of_one + sum([await fill(f"127.0.1.{source}", 2) for source in range(2, arena.size(60, 12))])
        honest = Counter[int]()
        async with arena.session("127.0.0.1") as client:
            for person in range(arena.size(25, 25)):
                token = (await arena.issue(f"person {person}")).token
                honest[await send(client, token, form(1_000_000 + person))] += 1
    arena.findings.count(pages=number, statuses=dict(statuses), of_one_address=of_one, of_all=of_many)
    arena.findings.count(dialog_s_users=dict(honest))
    arena.findings.expect(of_one <= 6, f"one address has few places: {of_one}")
    arena.findings.expect(of_many <= 25, f"half of the places are kept: {of_many}")
    arena.findings.expect(honest == {202: 25}, f"the dialog's users have their places: {dict(honest)}")
