"""Endpoints for those who keep the service running."""

from __future__ import annotations

from http import HTTPStatus
from math import nan

from aiohttp import web

from skill.database.errors import DatabaseDownError
from skill.web.app_keys import ANIMATIONS, DRAINING, FILTERS, METRICS, READINESS


async def healthz(request: web.Request) -> web.Response:
    """GET /healthz: the process lives and its event loop turns; the state of each filter."""
    filters = request.app[FILTERS].current  # no thread is asked: whatever hangs, this answers
    return web.json_response({"ok": True, "filters": filters.states() if filters else {}})


async def readyz(request: web.Request) -> web.Response:
    """GET /readyz: 200 when models, queue, store and disk work, otherwise 503; each by name, and why not. 503 at once
    from SIGTERM on."""
    if request.app[DRAINING].is_set():
        return web.json_response({"ok": False, "stopping": True}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    faults = await request.app[READINESS].check()
    parts, why = {name: not fault for name, fault in faults.items()}, {n: f for n, f in faults.items() if f}
    if not why:
        return web.json_response({"ok": True, **parts})
    return web.json_response({"ok": False, **parts, "why": why}, status=HTTPStatus.SERVICE_UNAVAILABLE)


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics: of this process; workers in others have their own, see `ozhivi worker --metrics-port`."""
    animations = request.app[ANIMATIONS]
    try:
        length, seconds = await animations.waiting()
        request.app[METRICS].set_queue(length, seconds, await animations.oldest(), await animations.workers())
    except DatabaseDownError:  # the other metrics are given all the same
        request.app[METRICS].set_queue(nan, nan, nan, nan)
    return await request.app[METRICS].response()


def routes() -> list[web.RouteDef]:
    """The routes of these endpoints."""
    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
