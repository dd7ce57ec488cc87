"""A person with a speaker and a phone: from the first words to a clip, and to «удали»; whoever fails is asked again."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final, TypeVar

import aiohttp
from PIL import Image, ImageDraw
from yarl import URL

from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import Answer
from skill.dialog.replay.device import build_device
from skill.dialog.replay.script import Mode
from skill.web.auth import TICKET_HEADER
from tests.small_portrait import SIDE, small_portrait

_BITS: Final = 8
"""Bits of a person's number in the photo's top row, a block each."""
_PATIENCE: Final = 600.0
"""Seconds after which a person who is not served has lost."""
_UPLOAD_SECONDS: Final = 0.5
"""Seconds of an upload."""
_MAGIC: Final = {"mp4": b"ftyp", "gif": b"GIF8", "jpg": b"\xff\xd8\xff"}
_READY: Final = frozenset({"ready_page", "ready_screen", "ready_pushed", "ready_again"})
_LATER: Final = frozenset({408, 429})
"""Answers after which a person comes again: a request that was too slow on a busy machine, or too many of them."""
T = TypeVar("T")


class WrongError(Exception):
    """A promise is broken."""


@dataclass
class Experience:
    """What a person has met."""

    number: int
    """Number of the person."""
    job: str = ""
    """Public id of the job."""
    again: Counter[str] = field(default_factory=Counter)
    """How often something was tried again, by what came instead of an answer."""
    trouble: str = ""
    """The promise that was broken; empty where all went well."""
    deleted: bool = False
    """Whether the person had everything deleted at the end."""


def numbered_portrait(number: int) -> bytes:
    """A portrait that bears a number in blocks along its upper edge, by which the clip's poster is known again."""
    image, file, side = Image.open(BytesIO(small_portrait())), BytesIO(), SIDE // _BITS
    draw = ImageDraw.Draw(image)
    for bit in range(_BITS):
        draw.rectangle((bit * side, 0, (bit + 1) * side - 1, 13), fill="white" if number >> bit & 1 else "black")
    image.save(file, format="JPEG", quality=92)
    return file.getvalue()


def number_of(poster: bytes) -> int:
    """The number that a picture bears."""
    image, side = Image.open(BytesIO(poster)).convert("L"), SIDE // _BITS
    bits = [image.getpixel((bit * side + side // 2, 6)) for bit in range(_BITS)]
    return sum(1 << bit for bit, light in enumerate(bits) if isinstance(light, int) and light > 127)


class Person:
    """One person, who comes from an address of loopback of their own.

    Args:
        number: of the person, from 0.
        address: of the service.
        webhook: path of the assistant's webhook.
        deletes: whether everything is deleted at the end.
    """

    def __init__(self, number: int, address: str, webhook: str, *, deletes: bool) -> None:
        self.met = Experience(number)
        self._number, self._webhook, self._deletes = number, webhook, deletes
        self._device = build_device("alice", Mode())
        source = f"127.{1 + number // 40_000}.{number // 200 % 200}.{2 + number % 200}"
        connector = aiohttp.TCPConnector(ssl=False, local_addr=(source, 0), force_close=True)
        self._web = aiohttp.ClientSession(address, connector=connector, timeout=aiohttp.ClientTimeout(total=25))

    async def live(self) -> Experience:
        """The whole scene."""
        try:
            async with self._web, asyncio.timeout(_PATIENCE):
                token = await self._come()
                job = await self._insist("send", lambda: self._send(token))
                self.met.job = job
                results = await self._insist("wait", lambda: self._result(job))
                links = {one["format"]: one["url"] for one in results}
                await self._see(links)
                await self._say_until("готово?", lambda heard: bool(heard.phrases & _READY))
                takes = await self._insist("takes", lambda: self._takes(token))
                if len(takes) != 1:
                    raise WrongError(f"{len(takes)} takes instead of one")
                if self._deletes:
                    await self._delete(job, links)
        except TimeoutError:
            self.met.trouble = "lost: not served in time"
        except WrongError as error:
            self.met.trouble = str(error)
        return self.met

    async def _come(self) -> str:
        """Words, a code, and the token of the page that it opens."""
        await self._say_until("", lambda heard: "welcome" in heard.phrases)
        heard = await self._say_until("оживи фото", lambda heard: "да" in heard.text.lower() or bool(heard.code))
        while not heard.code:
            heard = await self._say_until("да", lambda heard: True)
            if not heard.code:
                heard = await self._say_until("оживи фото", lambda heard: True)

        async def page() -> str | None:
            async with self._web.post("/code", data={"code": heard.code}, allow_redirects=False) as answer:
                found = re.search(r"/u/([\w-]+)", answer.headers.get("Location", ""))
                return found[1] if found else self._again(answer.status)

        return await self._insist("code", page)

    async def _send(self, token: str) -> str | None:
        photo = numbered_portrait(self._number % 2**_BITS)

        async def slow_line() -> AsyncIterator[bytes]:
            """Half of the photo, and the rest after a while, in which the node may die."""
            yield photo[: len(photo) // 2]
            await asyncio.sleep(_UPLOAD_SECONDS)
            yield photo[len(photo) // 2 :]

        form = aiohttp.FormData({"seconds": "2"})
        form.add_field("photo", slow_line(), filename="photo.jpg")
        async with self._web.post("/api/v1/animations", data=form, headers={TICKET_HEADER: token}) as answer:
            if answer.status == 202:
                return str((await answer.json())["id"])
            return self._again(answer.status)

    async def _result(self, job: str) -> list[dict[str, str]] | None:
        async with self._web.get(f"/api/v1/animations/{job}") as answer:
            if answer.status != 200:
                return self._again(answer.status)
            shown = await answer.json()
        if shown["state"] in {"waiting", "running"}:
            await asyncio.sleep(0.4)
            return self._again(0)
        if shown["state"] != "done":
            raise WrongError(f"lost: {shown['state']} {shown.get('reason', '')}")
        return list(shown["results"])

    async def _takes(self, token: str) -> list[Any] | None:
        async with self._web.get("/api/v1/animations", headers={TICKET_HEADER: token}) as answer:
            return list((await answer.json())["animations"]) if answer.status == 200 else self._again(answer.status)

    async def _see(self, links: dict[str, str]) -> None:
        """Open every link, and know the photo again."""
        if sorted(links) != sorted(_MAGIC):
            raise WrongError(f"links to {sorted(links)}")
        for kind, link in links.items():
            status, body = await self._insist("link", lambda link=link: self._open(link))
            if status != 200 or _MAGIC[kind] not in body[:12]:
                raise WrongError(f"the link to {kind} answers {status}")
            if kind == "jpg" and number_of(body) != self._number % 2**_BITS:
                raise WrongError("the clip of somebody else")

    async def _open(self, link: str) -> tuple[int, bytes]:
        async with self._web.get(URL(link, encoded=True)) as answer:
            return answer.status, await answer.read()

    async def _delete(self, job: str, links: dict[str, str]) -> None:
        """«Удали», until nothing is there."""

        async def gone() -> bool | None:
            await self._say_until("удали всё", lambda heard: True)
            await self._say_until("да", lambda heard: True)
            async with self._web.get(f"/api/v1/animations/{job}") as answer:
                return True if answer.status == 404 else self._again(0 if answer.status == 200 else answer.status)

        self.met.deleted = await self._insist("delete", gone)
        for kind, link in links.items():
            status, _ = await self._insist("link", lambda link=link: self._open(link))
            if status != 404:
                raise WrongError(f"after «удали» the link to {kind} answers {status}")

    async def _say_until(self, text: str, fits: Callable[[Answer], bool]) -> Answer:
        """Say something until the answer fits; a message that was not answered is sent again as it was."""

        async def say() -> Answer | None:
            message = self._device.utterance(text)
            async with self._web.post(self._webhook, data=compact_json(message)) as answer:
                body = await answer.read()
                if answer.status != 200:
                    return self._again(answer.status)
            if fault := self._device.check(body, message):
                raise WrongError(f"«{text}»: {fault}")
            heard = self._device.receive(body)
            return heard if "ready_made" not in heard.phrases and fits(heard) else self._again(0)

        return await self._insist(f"say {text}", say)

    def _again(self, status: int) -> None:
        """Nothing yet. Raises WrongError where an answer is final, and should not be."""
        if status and status < 500 and status not in _LATER:
            raise WrongError(f"an answer {status}")

    async def _insist(self, what: str, ask: Callable[[], Awaitable[T | None]]) -> T:
        """Ask until there is an answer."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                found = await ask()
                if found is not None:
                    return found
            self.met.again[what] += 1
            await asyncio.sleep(0.3)
