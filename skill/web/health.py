"""For those who keep the service running."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from math import nan

from aiohttp import web

from skill.filter_status import in_force
from skill.jobs.queue import QueueError
from skill.web.app_keys import ANIMATIONS, METRICS, READINESS, SETTINGS


async def healthz(request: web.Request) -> web.Response:
    """The process lives and its event loop turns; which filters are in force."""
    filters = await asyncio.to_thread(in_force, request.app[SETTINGS])
    return web.json_response({"ok": True, "filters": filters.states()})


async def readyz(request: web.Request) -> web.Response:
    """200 when models, queue and store work, otherwise 503; each by name."""
    parts = await request.app[READINESS].check()
    ready = all(parts.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return web.json_response({"ok": ready, **parts}, status=status)


async def metrics(request: web.Request) -> web.Response:
    """Of this process: workers in others tell their own, see `ozhivi worker --metrics-port`."""
    animations = request.app[ANIMATIONS]
    try:
        length, seconds = await animations.waiting()
        request.app[METRICS].queue(length, seconds, await animations.oldest())
    except QueueError:  # what else there is to tell is told all the same
        request.app[METRICS].queue(nan, nan, nan)
    return await request.app[METRICS].answer()


def routes() -> list[web.RouteDef]:
    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
