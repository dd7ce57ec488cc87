"""The page that only shows a clip: for whoever is sent the link. It can delete nothing and ends with the clip."""

from __future__ import annotations

import structlog
from aiohttp import web

from pipeline.limits import RENDITIONS
from skill.jobs.model import Job, JobState
from skill.web.app_keys import ANIMATIONS, JOB_ID_SIGNER, LOOK_SIGNER, SETTINGS, TEMPLATES
from skill.web.errors import not_found
from skill.web.openapi import LOOK
from skill.web.responses import json_response
from skill.web.schemas import LookView

_FILES = {"clip.mp4": "mp4", "poster.jpg": "jpg"}
_BETWEEN = "."  # a job's id, and the rendition that alone is shown


async def link(request: web.Request) -> web.Response:
    """GET /animations/{id}/look: the address of the page, of the clip or of a rendition that was made."""
    name = request.app[JOB_ID_SIGNER].verify(request.match_info["id"])
    job = await _done(request, name)
    rendition = request.query.get("rendition", "")
    if rendition and rendition not in RENDITIONS:
        raise not_found()
    shown = f"{job.id}{_BETWEEN}{rendition}" if rendition else job.id
    return json_response(LookView(page=f"/v/{request.app[LOOK_SIGNER].sign(shown)}"))


async def page(request: web.Request) -> web.Response:
    """GET /v/{look}: the clip, with a preview for messengers."""
    job, rendition = await _shown(request)
    path = f"/v/{request.match_info['look']}"
    address = request.app[SETTINGS].address
    return request.app[TEMPLATES].render(
        "look.html", path=path, address=address, poster=not rendition, until=round(job.expires)
    )


async def file(request: web.Request) -> web.Response:
    """GET /v/{look}/{file}: on to the file, whose own address is good for a quarter of an hour; this one stays."""
    job, rendition = await _shown(request)
    wanted = _FILES[request.match_info["file"]]
    if rendition:  # its poster would show who is beside the person
        wanted = rendition if wanted == "mp4" else ""
    for found in await request.app[ANIMATIONS].links(job):
        if found.format == wanted:
            raise web.HTTPFound(found.download if "save" in request.query else found.url)
    raise not_found()


def routes() -> list[web.RouteDef]:
    """The routes of the page, and the operation that leads to it."""
    look = "/v/{look:[A-Za-z0-9_.-]{24,96}}"
    return [LOOK.route(link), web.get(look, page), web.get(look + "/{file:clip[.]mp4|poster[.]jpg}", file)]


async def _shown(request: web.Request) -> tuple[Job, str]:
    """The job that a page shows, and the rendition; empty for the clip itself. Raises ApiError 404."""
    name, _, rendition = (request.app[LOOK_SIGNER].verify(request.match_info["look"]) or "").partition(_BETWEEN)
    return await _done(request, name), rendition


async def _done(request: web.Request, name: str | None) -> Job:
    """The job with this id in the queue, which is done. Raises ApiError 404."""
    job = await request.app[ANIMATIONS].get(name) if name else None
    if job is None or job.state is not JobState.DONE:
        raise not_found()
    structlog.contextvars.bind_contextvars(job=job.id)
    return job
