"""For those who keep the service running."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from skill.web.keys import ANIMATIONS, METRICS, READINESS


async def healthz(_: web.Request) -> web.Response:
    """The process lives and its event loop turns."""
    return web.json_response({"ok": True})


async def readyz(request: web.Request) -> web.Response:
    """200 when models, queue and store work, otherwise 503; each by name."""
    parts = await request.app[READINESS].look()
    ready = all(parts.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return web.json_response({"ok": ready, **parts}, status=status)


async def metrics(request: web.Request) -> web.Response:
    request.app[METRICS].queue(*await request.app[ANIMATIONS].waiting())
    return web.Response(body=request.app[METRICS].text(), headers={"Content-Type": "text/plain; version=0.0.4"})


def routes() -> list[web.RouteDef]:
    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
