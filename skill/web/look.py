"""The page that only shows a clip: for whoever is sent the link. It can delete nothing and ends with the clip."""

from __future__ import annotations

import structlog
from aiohttp import web

from skill.jobs.model import Job, JobState
from skill.web.app_keys import ANIMATIONS, JOB_ID_SIGNER, LOOK_SIGNER, SETTINGS, TEMPLATES
from skill.web.errors import not_found
from skill.web.openapi import LOOK
from skill.web.responses import json_response
from skill.web.schemas import LookView

_FILES = {"clip.mp4": "mp4", "poster.jpg": "jpg"}


async def link(request: web.Request) -> web.Response:
    """GET /animations/{id}/look: the address of the page."""
    name = request.app[JOB_ID_SIGNER].verify(request.match_info["id"])
    job = await _done(request, name)
    return json_response(LookView(page=f"/v/{request.app[LOOK_SIGNER].sign(job.id)}"))


async def page(request: web.Request) -> web.Response:
    """GET /v/{look}: the clip, with a preview for messengers."""
    look = request.match_info["look"]
    await _done(request, request.app[LOOK_SIGNER].verify(look))
    return request.app[TEMPLATES].render("look.html", path=f"/v/{look}", address=request.app[SETTINGS].address)


async def file(request: web.Request) -> web.Response:
    """GET /v/{look}/{file}: on to the file, whose own address is good for a quarter of an hour; this one stays."""
    job = await _done(request, request.app[LOOK_SIGNER].verify(request.match_info["look"]))
    wanted = _FILES[request.match_info["file"]]
    for found in await request.app[ANIMATIONS].links(job):
        if found.format == wanted:
            raise web.HTTPFound(found.download if "save" in request.query else found.url)
    raise not_found()


def routes() -> list[web.RouteDef]:
    """The routes of the page, and the operation that leads to it."""
    look = "/v/{look:[A-Za-z0-9_-]{24,96}}"
    return [LOOK.route(link), web.get(look, page), web.get(look + "/{file:clip[.]mp4|poster[.]jpg}", file)]


async def _done(request: web.Request, name: str | None) -> Job:
    """The job with this id in the queue, which is done. Raises ApiError 404."""
    job = await request.app[ANIMATIONS].get(name) if name else None
    if job is None or job.state is not JobState.DONE:
        raise not_found()
    structlog.contextvars.bind_contextvars(job=job.id)
    return job
