"""The dialogs' image API as its documentation has it, on a port of its own, with the faults of a real one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestServer
from PIL import Image

from skill.dialog.cards.api import ImageApi

TOKEN, SKILL = "y0_token", "skill-1"
ID = "1540737/"  # the platform's ids have a slash


@dataclass
class Platform:
    """`faults`: (method, fault) for the next requests of that method, one each. A fault: what makes an HTTPException;
    "cut"; a body of JSON; of an upload that arrives: "stored", its answer is a 500, "slow", there is none until
    `thaw` is set."""

    total: int = 100 * 2**20
    foreign: int = 0
    images: dict[str, bytes] = field(default_factory=dict)
    made: dict[str, float] = field(default_factory=dict)
    faults: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    on_upload: Callable[[], Any] = lambda: None
    clock: Callable[[], float] = lambda: 1_700_000_000.0
    thaw: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def used(self) -> int:
        return self.foreign + sum(map(len, self.images.values()))

    async def _fault(self, request: web.Request) -> Any:
        self.asked.append(f"{request.method} {request.path.rsplit('/', 1)[-1]}")
        if request.headers.get("Authorization") != f"OAuth {TOKEN}":
            raise web.HTTPUnauthorized(text='{"message":"Unauthorized"}', content_type="application/json")
        for index, (method, fault) in enumerate(self.faults):
            if method == request.method:
                del self.faults[index]
                return self._strike(request, fault)
        return None

    def _strike(self, request: web.Request, fault: Any) -> Any:
        if fault == "cut":
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPInternalServerError  # which nobody hears
        if callable(fault):
            raise fault()
        return fault

    async def status(self, request: web.Request) -> web.Response:
        if (strange := await self._fault(request)) is not None:
            return web.json_response(strange)
        quota = {"total": self.total, "used": self.used}
        return web.json_response({"images": {"quota": quota}, "sounds": {"quota": {"total": 2**30, "used": 0}}})

    async def upload(self, request: web.Request) -> web.Response:
        fault = await self._fault(request)
        part = await (await request.multipart()).next()
        assert part is not None
        assert part.name == "file"
        body = bytes(await part.read())  # type: ignore[union-attr,arg-type]
        if not 1024 <= len(body) <= 2**20 or self.used + len(body) > self.total:
            raise web.HTTPBadRequest(text='{"message":"wrong size"}', content_type="application/json")
        Image.open(BytesIO(body)).verify()
        key = ID + secrets.token_hex(10)
        self.images[key], self.made[key] = body, self.clock()
        got = self.on_upload()
        if asyncio.iscoroutine(got):
            await got
        if fault == "slow":
            await self.thaw.wait()
        if fault == "stored":
            raise web.HTTPInternalServerError
        return web.json_response({"image": self._told(key)}, status=201)

    async def list(self, request: web.Request) -> web.Response:
        await self._fault(request)
        return web.json_response({"images": [self._told(key) for key in self.images], "total": len(self.images)})

    async def delete(self, request: web.Request) -> web.Response:
        await self._fault(request)
        if self.images.pop(request.match_info["key"], None) is None:
            raise web.HTTPNotFound(text='{"message":"Image not found"}', content_type="application/json")
        return web.json_response({"result": "ok"})

    def _told(self, key: str) -> dict[str, Any]:
        made = datetime.fromtimestamp(self.made[key], UTC).isoformat().replace("+00:00", "Z")
        return {"id": key, "origUrl": None, "size": len(self.images[key]), "createdAt": made}


@asynccontextmanager
async def platform_server(platform: Platform) -> AsyncIterator[str]:
    """The address of a server that answers in the platform's place."""
    app = web.Application(client_max_size=2 * 2**20)
    images = f"/api/v1/skills/{SKILL}/images"
    app.add_routes(
        [
            web.get("/api/v1/status", platform.status),
            web.post(images, platform.upload),
            web.get(images, platform.list),
            web.delete(images + "/{key:.+}", platform.delete),
        ]
    )
    async with TestServer(app) as server:
        try:
            yield str(server.make_url("")).rstrip("/")
        finally:
            platform.thaw.set()


@asynccontextmanager
async def serving(platform: Platform, *, token: str = TOKEN, seconds: float = 20.0) -> AsyncIterator[ImageApi]:
    async with platform_server(platform) as address:
        timeout = ClientTimeout(total=seconds)
        async with ImageApi(address, SKILL, token, short=timeout, long=timeout) as api:
            yield api
