"""Codes that are guessed, and one ticket for many photos."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from skill.guess_pace import FREE_GUESSES, NETWORK_SECONDS
from skill.web.auth import TICKET_HEADER
from tests.attack.arena import Arena
from tests.attack.attack import attack

JPEG = b"\xff\xd8\xff\xe0" + b"pixels" * 100


@attack("Guessing withdraws no code and locks nobody out: a right code passes, few wrong ones are looked at.")
async def codes(arena: Arena) -> None:
    """Guesses from one address, at once and again and again, beside a right code of the same address and of another."""
    seconds = arena.size(60, 6)
    statuses, stop = Counter[int](), time.monotonic() + seconds
    victim, neighbour = await arena.issue("granny"), await arena.issue("neighbour")

    async def guess() -> None:
        async with arena.session("127.0.0.2") as client:
            for number in range(seconds * 20):
                data = {"code": f"{(int(victim.code) + 1 + number) % 1_000_000:06}"}
                async with client.post("/code", data=data, allow_redirects=False) as answer:
                    statuses[answer.status] += 1
                await asyncio.sleep(0.05)

    async def enter(code: str, source: str) -> float:
        """Seconds until a right code leads to its page, tried again as a person would."""
        began = time.monotonic()
        async with arena.session(source) as client:
            while time.monotonic() < stop + 30:
                async with client.post("/code", data={"code": code}, allow_redirects=False) as answer:
                    if answer.status == 303:
                        return time.monotonic() - began
                await asyncio.sleep(0.5)
        arena.findings.expect(False, f"a right code from {source} passes")
        return time.monotonic() - began

    async with arena.honest_turns():
        guessers = [asyncio.create_task(guess()) for _ in range(4)]
        await asyncio.sleep(2)
        elsewhere = await enter(victim.code, "127.0.0.1")
        await asyncio.sleep(stop - time.monotonic())
        for guesser in guessers:
            guesser.cancel()
        await asyncio.wait(guessers)
        beside = await enter(neighbour.code, "127.0.0.2")
    arena.findings.count(statuses=dict(statuses), elsewhere=f"{elsewhere:.1f} s", same_address=f"{beside:.1f} s")
    arena.findings.expect(elsewhere < arena.seconds(1), "a right code from elsewhere passes at once")
    arena.findings.expect(
        beside <= arena.seconds(NETWORK_SECONDS + 1), "a right code from the same address waits for one turn at most"
    )
    most = FREE_GUESSES[0] + seconds // NETWORK_SECONDS + 2
    arena.findings.expect(statuses[404] <= most, f"at most {most:.0f} wrong codes are looked at")
    arena.findings.expect(statuses[303] == 0, "nothing is found")


@attack("One ticket is one photo, however many come at once.")
async def photos(arena: Arena) -> None:
    """Different photos at once on one ticket, again and again with new tickets."""
    taken, statuses = list[int](), Counter[int]()

    async def send(token: str, number: int) -> int:
        form = b"--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n" + JPEG + b"%d\r\n--x--\r\n" % number
        headers = {TICKET_HEADER: token, "Content-Type": "multipart/form-data; boundary=x"}
        async with client.post("/api/v1/animations", data=form, headers=headers) as answer:
            return answer.status

    async with arena.session() as client:
        for turn in range(arena.size(30, 3)):
            token = (await arena.issue(f"stranger {turn}")).token
            answered = await asyncio.gather(*(send(token, number) for number in range(20)))
            statuses.update(answered)
            taken.append(answered.count(202))
    arena.findings.count(tickets=len(taken), photos=20 * len(taken), statuses=dict(statuses))
    arena.findings.expect(set(taken) == {1}, f"one of twenty is taken: {taken}")
    arena.findings.expect(set(statuses) <= {202, 409, 429}, "the others hear that the ticket is used")
    stored = len(arena.service.files("media"))
    arena.findings.expect(stored == len(taken), f"the others are not kept: {stored}")
