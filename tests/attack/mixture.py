"""A thousand requests a second of every kind that strangers send."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

from skill.http_limits import ConnectionLimits
from tests.attack.arena import Arena
from tests.attack.attack import attack

MEBIBYTES = 32.0
"""Growth of the server's memory in the second half, above which something is kept."""
CONNECTIONS = 64
"""Connections of the strangers, each from an address of its own, one request after the other."""


FORM = b"Content-Type: multipart/form-data; boundary=x\r\n"
"""Header of a form."""


def random_name(rng: Random) -> bytes:
    """A token, or an id, that nobody has."""
    return bytes(rng.choices(b"abcdefghijkmnopqrstuvwxyz0123456789", k=43))


def random_form(rng: Random) -> bytes:
    """A form with the same field again and again."""
    return b"--x\r\nContent-Disposition: form-data; name=seed\r\n\r\n1\r\n" * rng.randint(1, 30)


def request(method: bytes, path: bytes, body: bytes = b"", headers: bytes = b"") -> bytes:
    """A whole request."""
    return b"%b %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n%b" % (method, path, headers, len(body), body)


KINDS: tuple[Callable[[Random], bytes], ...] = (
    lambda _: request(b"GET", b"/"),
    lambda _: request(b"GET", b"/privacy"),
    lambda rng: request(b"GET", b"/u/" + random_name(rng)),
    lambda _: request(b"GET", b"/static/0123456789ab/page.js"),
    lambda rng: request(b"GET", b"/m/" + random_name(rng)),
    lambda rng: request(b"GET", b"/nowhere/" + random_name(rng)),
    lambda _: request(b"GET", b"/healthz"),
    lambda _: request(b"GET", b"/api/v1/openapi.json"),
    lambda rng: request(b"GET", b"/api/v1/animations/" + random_name(rng)),
    lambda rng: request(b"GET", b"/api/v1/animations/" + random_name(rng) + b"/events"),
    lambda rng: request(b"DELETE", b"/api/v1/animations/" + random_name(rng)),
    lambda _: request(b"BREW", b"/"),
    lambda rng: request(b"GET", b"/oauth/authorize?response_type=code&client_id=attack&state=" + random_name(rng)),
    lambda rng: request(
        b"POST",
        b"/oauth/token",
        b"grant_type=refresh_token&refresh_token=" + random_name(rng),
        b"Content-Type: x\r\n",
    ),
    lambda rng: request(
        b"POST", b"/alice/" + random_name(rng), b'{"request": {}}', b"Content-Type: application/json\r\n"
    ),
    lambda rng: request(b"POST", b"/code", b"code=%06d" % rng.randrange(10**6), b"Sec-Fetch-Site: cross-site\r\n"),
    lambda _: request(b"POST", b"/code", b"code=12"),
    lambda rng: request(b"POST", b"/api/v1/animations", random_form(rng), FORM),
    lambda rng: request(
        b"POST", b"/api/v1/animations", random_form(rng), FORM + b"X-Ozhivi-Ticket: " + random_name(rng) + b"\r\n"
    ),
    lambda rng: request(
        b"POST", b"/api/v1/faces", random_form(rng), FORM + b"X-Api-Key: " + random_name(rng) + b"\r\n"
    ),
)
"""Makers of one request of each kind."""


class Stranger:
    """A connection that sends one request after the other, and connects anew where it was cut."""

    def __init__(self, arena: Arena, source: str, statuses: Counter[str]) -> None:
        self.arena, self.source, self.statuses = arena, source, statuses

    async def go_on(self, rate: float, seconds: float, rng: Random) -> None:
        """Send so many requests a second."""
        began, sent = time.monotonic(), 0
        while time.monotonic() < began + seconds:
            reader, writer = await self.arena.connect(self.source)
            try:
                while time.monotonic() < began + seconds:
                    await asyncio.sleep(max(0.0, began + sent / rate - time.monotonic()))
                    writer.write(rng.choice(KINDS)(rng) if sent % 50 else b"nonsense\r\n\r\n")
                    sent += 1
                    status = await self._answer(reader)
                    self.statuses[status] += 1
            except (OSError, asyncio.IncompleteReadError):
                self.statuses["cut"] += 1
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> str:
        """The status of an answer, which is read to its end."""
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if length:
            await reader.readexactly(int(length))
        else:
            await reader.readuntil(b"0\r\n\r\n")
        return head[9:12].decode()


@attack(
    "1,000 requests a second of a hostile mixture keep no honest person waiting, nor do memory and files grow.",
    oauth_client_id="attack",
    oauth_client_secret="s" * 32,
)
async def mixture(arena: Arena) -> None:
    """Everything at once, from many addresses, beside honest turns."""
    seconds, rate = arena.size(60, 5), arena.size(1000, 300)
    statuses, rng = Counter[str](), Random(7)
    strangers = [
        Stranger(arena, f"127.0.{number % 8 + 1}.{number // 8 + 2}", statuses) for number in range(CONNECTIONS)
    ]

    async def attack_for(span: float) -> tuple[float, int]:
        """The server's memory after so many seconds, in MiB, and the number of files that it has open."""
        each = rate / CONNECTIONS
        await asyncio.gather(*(one.go_on(each, span, Random(rng.random())) for one in strangers))
        return arena.service.memory(), arena.service.open_files()

    async with arena.honest_turns():
        before, open_before = await attack_for(seconds / 2)
        after, open_after = await attack_for(seconds / 2)
    total = statuses.total()
    failed = {status: number for status, number in statuses.items() if status >= "500" and status != "cut"}
    arena.findings.count(requests=total, a_second=round(total / seconds), statuses=dict(sorted(statuses.items())))
    arena.findings.count(memory=f"{before:.0f} → {after:.0f} MiB", open_files=f"{open_before} → {open_after}")
    # each stranger's last connection may still be open at one of the two moments
    arena.findings.expect(open_after - open_before <= CONNECTIONS, "no file or connection stays open")
    # the strangers share the machine with the service: on one that is busy with other things fewer can be sent
    arena.findings.expect(total > 0.25 * rate * seconds, f"too few were sent to tell: {total}")
    arena.findings.expect(not failed, f"none is an error of ours: {failed}")
    arena.findings.expect(after - before < MEBIBYTES, "the memory does not grow")
    files = arena.service.files("incoming", "media", "work")
    arena.findings.expect(files == [], f"no file is left: {len(files)}")
    assert ConnectionLimits().network >= CONNECTIONS
