"""Forms that keep the reader busy."""

from __future__ import annotations

import asyncio

from skill.web.auth import TICKET_HEADER
from tests.attack.arena import Arena
from tests.attack.attack import attack


def part(name: str, value: bytes = b"1") -> bytes:
    """A part of a form with the boundary x."""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


@attack("A form of any shape is refused at once, and no turn of the dialog waits for it.")
async def forms(arena: Arena) -> None:
    """One field as often as fits into 5 and 18 MiB, lines before the first part, parts of parts."""
    field, photo = part("seed"), part("photo", b"\xff\xd8\xff\xe0" + b"pixels" * 100)
    repeated = [field * (mebibytes * 2**20 // len(field)) for mebibytes in (5, 18)]
    bodies = [*repeated, b"\r\n" * 9 * 2**20, b"y" * 18 * 2**20]
    bodies = [body + photo + b"--x--\r\n" for body in bodies] * arena.size(8, 1)
    token, statuses = (await arena.issue()).token, dict[int, int]()
    headers = {TICKET_HEADER: token, "Content-Type": "multipart/form-data; boundary=x"}

    async def send(body: bytes, *, with_length: bool) -> None:
        async def stream():  # type: ignore[no-untyped-def]
            for at in range(0, len(body), 2**18):
                yield body[at : at + 2**18]

        extra = {"Content-Length": f"{len(body)}"} if with_length else {}
        async with client.post("/api/v1/animations", data=stream(), headers={**headers, **extra}) as answer:
            statuses[answer.status] = statuses.get(answer.status, 0) + 1

    async with arena.session() as client, arena.honest_turns():
        for body in bodies:
            await asyncio.gather(*(send(body, with_length=with_length) for with_length in (True, False)))
    arena.findings.count(forms=2 * len(bodies), statuses=statuses)
    arena.findings.expect(set(statuses) == {400}, "each is refused")
    arena.findings.expect(arena.service.files("incoming") == [], "nothing of it stays on the disk")
