"""Renditions of a clip, over HTTP."""

from __future__ import annotations

import structlog
from aiohttp import web

from skill.animations import GoneError
from skill.jobs.model import JobState
from skill.renditions.maker import RenditionUnavailableError
from skill.web.app_keys import ANIMATIONS, JOB_ID_SIGNER, RENDITIONS
from skill.web.errors import not_found, rendition_unavailable
from skill.web.openapi import RENDER
from skill.web.responses import json_response
from skill.web.schemas import ResultView

log = structlog.get_logger(__name__)


async def make(request: web.Request) -> web.Response:
    """POST /animations/{id}/renditions/{rendition}: its addresses; made the first time."""
    name = request.app[JOB_ID_SIGNER].verify(request.match_info["id"])
    job = await request.app[ANIMATIONS].get(name) if name else None
    if job is None or job.state is not JobState.DONE:
        raise not_found()
    structlog.contextvars.bind_contextvars(job=job.id)
    wanted = request.match_info["rendition"]
    try:
        job = await request.app[RENDITIONS].ensure(job, wanted)
    except RenditionUnavailableError as error:
        log.warning("rendition_unavailable", reason=str(error))
        raise rendition_unavailable() from None
    except GoneError:
        raise not_found() from None
    for link in await request.app[ANIMATIONS].links(job):
        if link.format == wanted:
            return json_response(ResultView.model_validate(link, from_attributes=True))
    raise not_found()


def routes() -> list[web.RouteDef]:
    """The operation that makes them."""
    return [RENDER.route(make)]
